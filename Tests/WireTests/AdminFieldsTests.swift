import Basics
import Testing
import Wire

@Suite("Contract 2: fields of administrators' jobs")
struct AdminFieldsTests {
    private func read(_ key: String, _ members: String) -> ReadJob {
        Messages.read("admin." + key, #"{"operator":"ada""# + (members.isEmpty ? "" : ",") + members + "}")
    }

    private func action(_ key: String, _ members: String = "") -> AdminAction? {
        guard case .admin(let request)? = read(key, members).job?.request else { return nil }
        return request.action
    }

    private func problems(_ key: String, _ members: String = "") -> [FieldProblem] { read(key, members).problems }

    @Test("2 operator: 1 to 128 characters, no control characters")
    func administrator() {
        guard case .admin(let request)? = read("options.get", "").job?.request else {
            Issue.record("not read")
            return
        }
        #expect(request.administrator == "ada")
        for (json, reason) in [("\"\"", "too_short"), ("\"a\\nb\"", "malformed"), ("1", "wrong_type")] {
            let problems = Messages.read("admin.options.get", #"{"operator":\#(json)}"#).problems
            #expect(problems == [FieldProblem("operator", reason)])
        }
    }

    @Test("2 admin.options.set: values by name, null for the default, dry_run")
    func optionsSet() {
        guard
            case .optionsSet(let values, true)? = action(
                "options.set", #""options":{"2FA_PROVIDER":"None","2FA_VER_SMS":null},"dry_run":true"#)
        else {
            Issue.record("not read")
            return
        }
        #expect(values == ["2FA_PROVIDER": "None", "2FA_VER_SMS": nil])
        guard case .optionsSet(_, false)? = action("options.set", #""options":{"x":"y"}"#) else {
            Issue.record("a dry run by default")
            return
        }
        #expect(problems("options.set", #""options":{}"#) == [FieldProblem("options", "wrong_type")])
        #expect(problems("options.set", #""options":{"b":1,"a":true}"#).map(\.field) == ["options.a", "options.b"])
    }

    @Test("2 admin.user.get, .unlock: user")
    func oneUser() {
        let job = read("user.get", #""user":"zoë""#).job
        #expect(job?.login.user == "zoë")
        guard case .userGet? = action("user.get", #""user":"u1""#),
            case .userUnlock? = action("user.unlock", #""user":"u1""#)
        else {
            Issue.record("not read")
            return
        }
        #expect(problems("user.get", #""user":" u1""#) == [FieldProblem("user", "malformed")])
    }

    @Test("2 admin.user.set: required, grace_until or null, phone; what is absent stays")
    func userSet() throws {
        func settings(_ members: String) -> UserSettings? {
            guard case .userSet(let settings)? = action("user.set", #""user":"u1""# + members) else { return nil }
            return settings
        }
        let empty = try #require(settings(""))
        #expect(empty.required == nil && empty.graceUntil == .keep && empty.phone == nil && !empty.ticket)
        let full = try #require(
            settings(#","required":true,"grace_until":"2027-01-01T00:00:00Z","phone":"+14155550142","ticket":true"#))
        #expect(full.required == true && full.ticket)
        #expect(full.graceUntil == .set(Timestamp(seconds: 1_798_761_600)))
        #expect(full.phone?.revealed == "+14155550142" && !"\(full)".contains("555"))
        #expect(try #require(settings(#","grace_until":null"#)).graceUntil == .clear)
        #expect(
            problems("user.set", #""user":"u1","grace_until":"soon""#) == [FieldProblem("grace_until", "malformed")])
    }

    @Test("2 admin.user.list: filter, after, limit up to 500")
    func userList() {
        guard case .userList(nil, nil, 100)? = action("user.list"),
            case .userList(.unregistered?, "m"?, 500)? = action(
                "user.list", #""filter":"unregistered","after":"m","limit":500"#)
        else {
            Issue.record("not read")
            return
        }
        #expect(problems("user.list", #""limit":501"#) == [FieldProblem("limit", "out_of_range")])
        #expect(problems("user.list", #""limit":0"#) == [FieldProblem("limit", "out_of_range")])
        #expect(read("user.list", "").job?.login.user.isEmpty == true)
    }

    @Test("2 admin.user.reset: reason, what (all by default), ticket")
    func userReset() {
        guard case .userReset("lost", .all, false)? = action("user.reset", #""user":"u1","reason":"lost""#),
            case .userReset("lost", .phone, true)? = action(
                "user.reset", #""user":"u1","reason":"lost","what":"phone","ticket":true"#)
        else {
            Issue.record("not read")
            return
        }
        #expect(ResetScope.all.covers(.phone) && ResetScope.all.covers(.authenticator))
        #expect(ResetScope.phone.covers(.phone) && !ResetScope.phone.covers(.authenticator))
        #expect(ResetScope.authenticator.covers(.authenticator) && !ResetScope.authenticator.covers(.phone))
    }

    @Test("2 admin.user.bypass: reason, minutes 1 to 1440")
    func userBypass() {
        for minutes in [1, 1440] {
            guard
                case .userBypass("phone at home", minutes, false)? = action(
                    "user.bypass", #""user":"u1","reason":"phone at home","minutes":\#(minutes)"#)
            else {
                Issue.record("not read")
                return
            }
        }
        for minutes in [0, 1441] {
            let problems = problems("user.bypass", #""user":"u1","reason":"r","minutes":\#(minutes)"#)
            #expect(problems == [FieldProblem("minutes", "out_of_range")])
        }
        #expect(problems("user.bypass", #""user":"u1""#).map(\.field) == ["minutes", "reason"])
        guard
            case .userBypass(_, _, true)? = action(
                "user.bypass", #""user":"u1","reason":"r","minutes":5,"create":true"#)
        else {
            Issue.record("create not read")
            return
        }
    }

    @Test("2 admin.audit.list: user, by, since, until, after, limit up to 500; operator is who asks")
    func auditList() throws {
        func selection(_ members: String) -> AuditSelection? {
            guard case .auditList(let selection)? = action("audit.list", members) else { return nil }
            return selection
        }
        #expect(try #require(selection("")) == AuditSelection())
        let full = try #require(
            selection(
                #""user":"u1","by":"eve","since":"2027-01-01T00:00:00Z","until":"2027-02-01T00:00:00Z","after":"7","limit":500"#
            ))
        #expect(full.user == "u1" && full.administrator == "eve" && full.after == 7 && full.limit == 500)
        #expect(full.since == Timestamp(rfc3339: "2027-01-01T00:00:00Z"))
        #expect(full.until == Timestamp(rfc3339: "2027-02-01T00:00:00Z"))
        #expect(read("audit.list", #""user":"u1""#).job?.login.user.isEmpty == true)
        for (members, field, reason) in [
            (#""limit":501"#, "limit", "out_of_range"), (#""since":"soon""#, "since", "malformed"),
            (#""until":7"#, "until", "wrong_type"), (#""after":"x""#, "after", "malformed"),
            (#""user":" u""#, "user", "malformed"), (#""by":"""#, "by", "too_short"),
        ] {
            #expect(problems("audit.list", members) == [FieldProblem(field, reason)], "\(members)")
        }
    }

    @Test("8 admin.user.delivery: user, job")
    func delivery() {
        guard case .userDelivery("m-1")? = action("user.delivery", #""user":"u1","job":"m-1""#) else {
            Issue.record("not read")
            return
        }
        #expect(problems("user.delivery", #""user":"u1""#) == [FieldProblem("job", "missing")])
        #expect(problems("user.delivery", #""job":"m-1""#) == [FieldProblem("user", "missing")])
    }

    @Test("2 admin.user.erase: reason; 2 admin.user.rename: to")
    func eraseAndRename() {
        guard case .userErase("left")? = action("user.erase", #""user":"u1","reason":"left""#),
            case .userRename("u2")? = action("user.rename", #""user":"u1","to":"u2""#)
        else {
            Issue.record("not read")
            return
        }
        #expect(problems("user.rename", #""user":"u1","to":"u2 ""#) == [FieldProblem("to", "malformed")])
        #expect(problems("user.erase", #""user":"u1","reason":"""#) == [FieldProblem("reason", "too_short")])
    }

    @Test("2 admin.explain: user, application")
    func explain() {
        #expect(problems("explain", #""user":"u1""#) == [FieldProblem("application", "missing")])
        #expect(read("explain", #""user":"u1","application":"windows""#).job?.login.application == .windows)
        guard case .explain? = action("explain", #""user":"u1","application":"web""#) else {
            Issue.record("not read")
            return
        }
    }

    @Test("2 admin.dead.*: ids or filter, limit")
    func selections() throws {
        func selection(_ members: String) -> DeadSelection? {
            guard case .deadList(let selection)? = action("dead.list", members) else { return nil }
            return selection
        }
        #expect(try #require(selection("")) == DeadSelection())
        #expect(try #require(selection(#""ids":[3,1]"#)).ids == [3, 1])
        let filtered = try #require(
            selection(#""filter":{"reason":"poison","state":"waiting","key":"send","front_end":"portal"},"limit":9"#))
        #expect(filtered.reason == .poison && filtered.state == .waiting)
        #expect(filtered.routingKey == "send" && filtered.frontEnd == "portal" && filtered.limit == 9)
    }

    @Test("2 admin.dead.*: a selection that cannot be meant is invalid")
    func badSelections() {
        for (members, field, reason) in [
            (#""ids":[]"#, "ids", "wrong_type"), (#""ids":["1"]"#, "ids", "wrong_type"),
            (#""ids":[1.5]"#, "ids", "wrong_type"), (#""ids":1"#, "ids", "wrong_type"),
            (#""filter":[]"#, "filter", "wrong_type"),
            (#""filter":{"reason":"odd"}"#, "filter.reason", "unknown_value"),
            (#""filter":{"state":"dead"}"#, "filter.state", "unknown_value"),
            (#""filter":{"key":""}"#, "filter.key", "too_short"), (#""filter":{"key":1}"#, "filter.key", "wrong_type"),
        ] {
            for key in ["list", "show", "replay", "discard", "restore"] {
                #expect(problems("dead." + key, members) == [FieldProblem(field, reason)], "\(key) \(members)")
            }
        }
    }

    @Test("2 admin.dead.replay: rate, late; 2 admin.dead.discard: reason")
    func deadOperations() {
        guard case .deadReplay(_, perSecond: 10, evenLate: false)? = action("dead.replay"),
            case .deadReplay(_, perSecond: 1000, evenLate: true)? = action("dead.replay", #""rate":1000,"late":true"#),
            case .deadDiscard(_, reason: nil)? = action("dead.discard"),
            case .deadDiscard(_, reason: "stale")? = action("dead.discard", #""reason":"stale""#),
            case .deadShow? = action("dead.show"), case .deadRestore? = action("dead.restore")
        else {
            Issue.record("not read")
            return
        }
        #expect(problems("dead.replay", #""rate":0"#) == [FieldProblem("rate", "out_of_range")])
    }
}
