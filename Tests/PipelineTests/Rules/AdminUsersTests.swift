import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Contract 2: administrators and people")
struct AdminUsersTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    @Test("2 admin.user.get: profile, also for a user never seen; 3 profile")
    func get() throws {
        let rules = scene.admin(.adminUserGet, .userGet)
        let situation = scene.situation {
            $0.user = scene.user {
                ($0.required, $0.graceUntil, $0.lastApprovedAt) = (true, scene.now, scene.now - .seconds(5))
                $0.authenticator = Authenticator(factorSID: "YF", identity: "i", registeredAt: scene.now)
            }
            $0.tallies = [.wrongCodesOfUser: scene.tally(20, used: 20)]
        }
        var expected = Reply.Profile(user: "u1", known: true, required: true, authenticator: true)
        (expected.phone, expected.graceUntil) = ("+1········42", scene.now.description)
        expected.phoneRegisteredAt = (scene.now - .seconds(86_400)).description
        expected.authenticatorRegisteredAt = scene.now.description
        expected.lastApprovedAt = (scene.now - .seconds(5)).description
        expected.lockedUntil = (scene.now + .seconds(3540)).description
        #expect(try rules.answer(situation).reply.profile == expected)
        let nobody = try rules.answer(scene.situation { $0.user = nil })
        #expect(nobody.outcome == .done)
        #expect(
            try nobody.reply.profile == Reply.Profile(user: "u1", known: false, required: false, authenticator: false))
        #expect(rules.wanted.tallies == [.wrongCodesOfUser: 20])
    }

    @Test("2 admin.user.set: required, grace_until, what is absent stays; the person is known from then on")
    func set() throws {
        func user(_ settings: UserSettings, _ before: UserRecord?) throws -> UserRecord? {
            let answer = try scene.admin(.adminUserSet, .userSet(settings)).answer(scene.situation { $0.user = before })
            #expect(answer.outcome == .done)
            #expect(try answer.reply.profile?.user == "u1")
            return answer.changes.users.first
        }
        let fresh = try #require(try user(UserSettings(), nil))
        #expect(fresh.isKnown && !fresh.required && fresh.graceUntil == nil)
        let before = scene.user { ($0.required, $0.graceUntil, $0.generation) = (true, scene.now, 7) }
        #expect(try user(UserSettings(), before) == before)
        let changed = try #require(try user(UserSettings(required: false, graceUntil: .clear), before))
        #expect(!changed.required && changed.graceUntil == nil && changed.phone == before.phone)
        #expect(try user(UserSettings(graceUntil: .set(scene.now)), nil)?.graceUntil == scene.now)
    }

    @Test("2 admin.user.set: phone, already proven elsewhere; 6 a registered one is changed by a reset only")
    func setPhone() throws {
        let settings = UserSettings(phone: Redacted("+14155550142"))
        func answer(_ before: UserRecord?) throws -> Answer {
            try scene.admin(.adminUserSet, .userSet(settings), place: scene.place).answer(
                scene.situation { $0.user = before })
        }
        #expect(try answer(nil).changes.users.map(\.phone) == [scene.phone(scene.number)])
        #expect(try answer(scene.user()).changes.users.map(\.phone) == [scene.user().phone])
        let refused = try answer(scene.user { $0.phone = scene.phone(scene.other) })
        #expect(refused.outcome == .notAllowed && refused.reason == .contactAdministrator)
        #expect(try refused.reply.errors == [FieldProblem("phone", "registered")])
        #expect(refused.changes.users.isEmpty)
        #expect(try answer(nil).audit?.detail == #"{"phone":"+1········42"}"#)
    }

    @Test("6 site.tickets: admin.user.set hands one out, for 72 hours, not in the record")
    func setTicket() throws {
        let answer = try scene.admin(.adminUserSet, .userSet(UserSettings(ticket: true))).answer(scene.situation())
        guard case .ticket("u1", let ticket, let until)? = answer.changes.first(where: { "\($0)".hasPrefix("ticket") })
        else {
            Issue.record("no ticket")
            return
        }
        #expect(ticket.revealed == "AB-CD" && until == scene.now + .seconds(72 * 3600))
        #expect(answer.withheld == .ticket && !String(decoding: answer.body, as: UTF8.self).contains("AB-CD"))
        #expect(try scene.admin(.adminUserSet, .userSet(UserSettings())).answer(scene.situation()).withheld == nil)
    }

    @Test("2 admin.user.list: users, and next only where there are more")
    func list() throws {
        let rules = scene.admin(.adminUserList, .userList(filter: .required, after: "a", limit: 2), user: "")
        let page = ["b", "c", "d"].map { UserRecord(name: $0) }
        let full = try rules.answer(scene.situation { $0.page = page }).reply
        #expect(full.users?.map(\.user) == ["b", "c"] && full.next == "c" && full.user == nil)
        let last = try rules.answer(scene.situation { $0.page = Array(page.prefix(2)) }).reply
        #expect(last.users?.count == 2 && last.next == nil)
        #expect(
            rules.wanted.page?.limit == 3 && rules.wanted.page?.after == "a" && rules.wanted.page?.filter == .required)
    }

    @Test("8 replies: 48 KiB at most; a list of people ends earlier and names the last")
    func bounded() throws {
        let rules = scene.admin(.adminUserList, .userList(filter: nil, after: nil, limit: 500), user: "")
        let page = (100..<601).map { UserRecord(name: String(repeating: "é", count: 120) + String($0)) }
        let answer = try rules.answer(scene.situation { $0.page = page })
        let reply = try answer.reply
        #expect(answer.body.count <= 48 * 1024 && (reply.users?.count ?? 0) > 100)
        #expect(reply.next == reply.users?.last?.user && reply.next != nil)
    }

    @Test("2 admin.user.unlock: limits and tries of the user cleared, and what they were")
    func unlock() throws {
        let situation = scene.situation {
            $0.tallies = [.wrongCodesOfUser: scene.tally(20, used: 20), .userSends: scene.tally(10, used: 3)]
            $0.liveCodes = [scene.code { $0.checksBegun = 4 }]
        }
        let answer = try scene.admin(.adminUserUnlock, .userUnlock).answer(situation)
        #expect(answer.outcome == .done && answer.changes.kinds == ["unlock", "audit"])
        let reply = try answer.reply
        #expect(reply.counts == ["wrong_codes_per_user_hour": 20, "sends_per_user_hour": 3, "codes": 0])
        #expect(reply.before?.lockedUntil != nil && reply.profile?.lockedUntil == nil)
        #expect(reply.limits == nil && reply.retryAt == nil && reply.message == "Done.")
    }

    @Test("2 admin.user.unlock: tries that are used up at Twilio stay there, and until when")
    func unlockAtTwilio() throws {
        let code = scene.code { $0.checksBegun = 5 }
        let answer = try scene.admin(.adminUserUnlock, .userUnlock).answer(scene.situation { $0.liveCodes = [code] })
        let reply = try answer.reply
        #expect(answer.changes.kinds == ["unlock", "audit"] && reply.retryAt == code.expiresAt.description)
        #expect(
            reply.limits == [
                Reply.LimitState(
                    name: "checks_per_code", used: 5, allowed: 5, retryAt: code.expiresAt.description)
            ])
        #expect(reply.message == "Done, but the provider takes no other code for the number before then.")
    }

    @Test("2 admin.user.unlock: a code whose sends, or tries by our own limit, are used up ends at Twilio and here")
    func unlockCode() throws {
        for (change, sent) in [({ $0.checksBegun = 3 }, 5), ({ $0.attempts = ["1", "2"] }, 2)]
            as [((inout LiveCode) -> Void, Int)]
        {
            let rules = scene.admin(.adminUserUnlock, .userUnlock) {
                ($0.limits.checksPerCode, $0.limits.sendsPerCode) = (3, sent)
            }
            let decision = rules.decide(scene.situation { $0.liveCodes = [scene.code(change)] })
            guard case .cancel(let cancel)? = decision.call else {
                Issue.record("nothing is ended")
                continue
            }
            #expect(cancel.codes == [OpenCode(number: "+14155550142", sid: "VE1")])
            #expect(decision.changes.kinds == ["unlock", "audit"])
            let intent = scene.intent(.cancel(cancel), kind: .adminUserUnlock)
            let done = try #require(CancelConclusions(intent)).ended(left: [], scene.situation())
            #expect(done.changes.kinds == ["endCode"] && done.outcome == .done)
            #expect(try done.reply.counts?["codes"] == 1 && done.reply.providerPending == nil)
            let pending = try #require(CancelConclusions(intent))
                .ended(left: [.cancelVerification(sid: "VE1")], scene.situation())
            #expect(
                try pending.changes.chores == [.cancelVerification(sid: "VE1")] && pending.reply.providerPending == true
            )
        }
    }

    @Test("8 admin.user.* on a person without any record: known false, and a warning")
    func unknown() throws {
        let nobody = scene.situation { $0.user = nil }
        let warning = [FieldProblem("user", "unknown_user")]
        for (kind, action) in [
            (.adminUserUnlock, .userUnlock), (.adminUserErase, .userErase(reason: "left")),
            (.adminUserReset, .userReset(reason: "lost", what: .all, ticket: false)),
        ] as [(JobKind, AdminAction)] {
            let reply = try scene.admin(kind, action).answer(nobody).reply
            #expect(reply.outcome == .done && reply.profile?.known == false && reply.warnings == warning, "\(kind)")
        }
        let reset = try scene.admin(.adminUserReset, .userReset(reason: "lost", what: .all, ticket: true)).answer(
            nobody)
        #expect(try reset.withheld == nil && reset.reply.profile?.ticketUntil == nil)
        #expect(!reset.changes.kinds.contains("ticket"))
        let set = try scene.admin(.adminUserSet, .userSet(UserSettings())).answer(nobody).reply
        #expect(set.before?.known == false && set.profile?.known == true && set.warnings == warning)
        #expect(set.message == "Done. Nobody of this name was known before.")
        #expect(
            try scene.admin(.adminUserSet, .userSet(UserSettings())).answer(scene.situation()).reply.warnings == nil)
    }

    @Test("8 admin.user.bypass: for a person without any record only with create, and they are known from then on")
    func bypassCreates() throws {
        let nobody = scene.situation { $0.user = nil }
        func answer(_ create: Bool) throws -> Answer {
            try scene.admin(.adminUserBypass, .userBypass(reason: "r", minutes: 5, create: create)).answer(nobody)
        }
        let refused = try answer(false)
        #expect(refused.outcome == .invalid && refused.changes.kinds == ["audit"] && refused.withheld == nil)
        #expect(try refused.reply.errors == [FieldProblem("user", "unknown_user")])
        #expect(try refused.reply.message == "Nobody of this name is known.")
        let made = try answer(true)
        #expect(made.outcome == .done && made.changes.users.map(\.isKnown) == [true] && made.withheld == .code)
        #expect(try made.reply.warnings == [FieldProblem("user", "unknown_user")])
        #expect(made.audit?.detail.contains(#""create":"true""#) == true)
    }

    @Test("2 admin.user.set: a grace that is past and a number that nothing may be sent to are warned of")
    func setWarnings() throws {
        func warnings(_ settings: UserSettings, place: NumberPlace? = nil) throws -> [FieldProblem]? {
            try scene.admin(.adminUserSet, .userSet(settings), place: place)
                .answer(scene.situation { $0.user?.phone = nil }).reply.warnings
        }
        #expect(try warnings(UserSettings(graceUntil: .set(scene.now))) == [FieldProblem("grace_until", "past")])
        #expect(try warnings(UserSettings(graceUntil: .set(scene.now + .seconds(1)))) == nil)
        let german = scene.place(scene.other, region: "DE")
        #expect(try warnings(UserSettings(), place: german) == [FieldProblem("phone", "country_not_allowed")])
        #expect(try warnings(UserSettings(), place: scene.place(scene.other, isLandline: true)) == nil)
    }

    @Test("3 profile: a ticket and a bypass code that are open")
    func handedOut() throws {
        let rules = scene.admin(.adminUserGet, .userGet)
        let until = scene.now + .seconds(60)
        let profile = try rules.answer(scene.situation { $0.handedOut = HandedOut(ticketUntil: until) }).reply.profile
        #expect(profile?.ticketUntil == until.description && profile?.bypassUntil == nil && rules.wanted.handedOut)
    }

    @Test("8 admin.audit.list: entries, and next only where there are more")
    func trail() throws {
        var rules = scene.admin(.adminAuditList, .auditList(AuditSelection(limit: 2)), user: "")
        let entry = AuditEntry(
            at: scene.now, administrator: "eve", frontEnd: "desk", kind: .adminUserRename, messageID: "a-1", user: "u2",
            formerUser: "u1", outcome: .done, reason: nil, detail: "{}")
        rules.trail = [3, 2, 1].map { AuditRow(id: $0, entry: entry) }
        let full = try rules.answer(scene.situation()).reply
        #expect(full.entries?.map(\.id) == [3, 2] && full.next == "2")
        let first = try #require(full.entries?.first)
        #expect(first.administrator == "eve" && first.key == "admin.user.rename" && first.formerUser == "u1")
        rules.trail = Array(rules.trail.prefix(2))
        #expect(try rules.answer(scene.situation()).reply.next == nil)
        let query = try #require(rules.trailQuery)
        #expect(query.limit == 3 && query.before == nil && scene.admin(.adminUserGet, .userGet).trailQuery == nil)
    }

    @Test("8 replies: 48 KiB at most; a page of the audit trail ends earlier and names its last")
    func boundedTrail() throws {
        var rules = scene.admin(.adminAuditList, .auditList(AuditSelection(limit: 500)), user: "")
        let entry = AuditEntry(
            at: scene.now, administrator: "eve", frontEnd: "desk", kind: .adminUserReset, messageID: nil, user: "u2",
            outcome: .done, reason: nil, detail: String(repeating: "é", count: 500))
        rules.trail = (0..<501).map { AuditRow(id: Int64(1000 - $0), entry: entry) }
        let answer = try rules.answer(scene.situation())
        let reply = try answer.reply
        #expect(answer.body.count <= 48 * 1024 && (reply.entries?.count ?? 0) > 10)
        #expect(reply.next == reply.entries?.last.map { String($0.id) })
    }

    @Test("2 admin.user.bypass: code, one use, for so many minutes; never in the record")
    func bypass() throws {
        let rules = scene.admin(.adminUserBypass, .userBypass(reason: "phone at home", minutes: 30, create: false))
        let answer = try rules.answer(scene.situation())
        guard case .bypass("u1", let code?, let until)? = answer.changes.first else {
            Issue.record("no code")
            return
        }
        #expect(code.revealed == "12345678" && until == scene.now + .seconds(1800))
        #expect(answer.withheld == .code)
        #expect(try answer.reply.code == nil && answer.reply.expiresAt == until.description)
        let detail = try #require(answer.audit?.detail)
        #expect(detail.contains("phone at home") && !detail.contains("12345678"))
    }

    @Test("2 admin.user.erase: the name is in nothing that is kept, the reply of now excepted")
    func erase() throws {
        let answer = try scene.admin(.adminUserErase, .userErase(reason: "left")).answer(scene.situation())
        #expect(answer.changes.kinds == ["erase", "audit"] && answer.withheld == .user)
        #expect(try answer.reply.user == nil)
        #expect(answer.audit?.user == "erased-1" && answer.audit?.detail == #"{"reason":"left"}"#)
        let open = scene.situation { $0.openCodes = [OpenCode(number: "n", sid: "VE1")] }
        let rules = scene.admin(.adminUserErase, .userErase(reason: "left"))
        #expect(try rules.answer(open).changes.chores == [.cancelVerification(sid: "VE1")] && rules.wanted.openCodes)
        let named = try scene.admin(.adminUserErase, .userErase(reason: "u1 left, not u12")).answer(scene.situation())
        #expect(named.audit?.detail == #"{"reason":"erased-1 left, not u12"}"#)
    }

    @Test("2 admin.user.rename: to a name that is free, of somebody who is there")
    func rename() throws {
        let rules = scene.admin(.adminUserRename, .userRename(to: "u2"))
        let answer = try rules.answer(scene.situation())
        #expect(answer.outcome == .done && answer.changes.kinds == ["rename", "audit"])
        #expect(answer.audit?.user == "u2" && answer.audit?.formerUser == "u1")
        #expect(rules.wanted.otherUser == "u2")
        for (change, field) in [
            ({ $0.otherUserExists = true }, FieldProblem("to", "exists")),
            ({ $0.user = nil }, FieldProblem("user", "unknown_user")),
        ] as [((inout Situation) -> Void, FieldProblem)] {
            let refused = try rules.answer(scene.situation(change))
            #expect(refused.outcome == .invalid && refused.changes.kinds == ["audit"])
            #expect(try refused.reply.errors == [field])
        }
    }

    @Test("4 late: an administrator's job too, and it is in the trail")
    func late() throws {
        for (kind, action) in [
            (JobKind.adminUserErase, AdminAction.userErase(reason: "r")), (.adminUserUnlock, .userUnlock),
            (.adminUserReset, .userReset(reason: "r", what: .all, ticket: false)),
        ] {
            let answer = try scene.admin(kind, action, patience: .milliseconds(1999)).answer(scene.situation())
            #expect(answer.outcome == .late && answer.changes.kinds == ["audit"])
        }
    }

    @Test("3 Always there: user for those who concern one; no application, but for explain")
    func draft() throws {
        let unlock = try scene.admin(.adminUserUnlock, .userUnlock).answer(scene.situation()).reply
        #expect(unlock.user == "u1" && unlock.job == "m-1" && unlock.application == nil)
        #expect(try scene.admin(.adminExplain, .explain).answer(scene.situation()).reply.application == .web)
        #expect(try scene.admin(.adminOptionsGet, .optionsGet, user: "").answer(scene.situation()).reply.user == nil)
    }
}
