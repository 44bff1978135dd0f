import Basics

/// The administrators' jobs (contract, section 2).
extension FieldReader {
    mutating func administration(_ kind: JobKind, _ action: (inout FieldReader) -> AdminAction?) -> Job? {
        administrator = line("operator", length: 1...128)
        if kind.concernsOneUser { user = canonicalUser("user") }
        if kind == .adminExplain { application = required("application", Application.self) }
        guard let action = action(&self), problems.isEmpty, let administrator else { return nil }
        return Job(
            kind: kind, login: Job.Login(user: user ?? "", application: application ?? .web),
            request: .admin(AdminRequest(administrator: administrator, action: action)))
    }

    mutating func reason() -> String? { line("reason", length: 1...500) }

    mutating func userList() -> AdminAction? {
        let filter = choice("filter", UserFilter.self)
        let after = text("after", length: 1...128)
        return .userList(filter: filter, after: after, limit: number("limit", in: 1...500) ?? 100)
    }

    mutating func userReset() -> AdminAction? {
        let what = choice("what", ResetScope.self) ?? .all
        let ticket = flag("ticket") ?? false
        return reason().map { .userReset(reason: $0, what: what, ticket: ticket) }
    }

    mutating func userBypass() -> AdminAction? {
        let minutes = requiredNumber("minutes", in: 1...1440)
        let create = flag("create") ?? false
        guard let reason = reason(), let minutes else { return nil }
        return .userBypass(reason: reason, minutes: minutes, create: create)
    }

    mutating func optionsSet() -> AdminAction? {
        let dryRun = flag("dry_run") ?? false
        guard let member = member("options") else {
            note("options", "missing")
            return nil
        }
        guard case .object(let values) = member, !values.isEmpty else {
            note("options", "wrong_type")
            return nil
        }
        var changes: [String: String?] = [:]
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            switch value {
            case .null: changes.updateValue(nil, forKey: name)
            case .string(let text): changes[name] = text
            case .bool, .number, .array, .object: note("options.\(name)", "wrong_type")
            }
        }
        return .optionsSet(changes, dryRun: dryRun)
    }

    mutating func userSet() -> AdminAction? {
        let required = flag("required")
        let grace = timeOrNull("grace_until")
        let phone = text("phone", length: 1...64).map { Redacted($0) }
        let ticket = flag("ticket") ?? false
        return .userSet(UserSettings(required: required, graceUntil: grace, phone: phone, ticket: ticket))
    }

    mutating func auditList() -> AdminAction? {
        var selection = AuditSelection(limit: number("limit", in: 1...500) ?? 100)
        if optional("user") != nil { selection.user = canonicalUser("user") }
        if optional("by") != nil { selection.administrator = line("by", length: 1...128) }
        (selection.since, selection.until) = (time("since"), time("until"))
        if let member = member("after") { selection.after = number(of: member) }
        return .auditList(selection)
    }

    mutating func deadReplay() -> AdminAction? {
        guard let selection = selection(isList: false) else { return nil }
        let rate = number("rate", in: 1...1000) ?? 10
        return .deadReplay(selection, perSecond: rate, evenLate: flag("late") ?? false)
    }

    mutating func deadDiscard() -> AdminAction? {
        guard let selection = selection(isList: false) else { return nil }
        return .deadDiscard(selection, reason: optional("reason") != nil ? reason() : nil)
    }

    mutating func selection(isList: Bool) -> DeadSelection? {
        var selection = DeadSelection()
        if isList, let member = member("after") { selection.after = number(of: member) }
        selection.limit = number("limit", in: 1...10_000)
        if let member = optional("ids") { selection.ids = ids(member) }
        if let member = optional("filter") { readFilter(member, into: &selection) }
        return problems.isEmpty ? selection : nil
    }

    /// `next` of a reply: the number of a letter, or of an entry of the audit trail.
    private mutating func number(of member: JSONValue) -> Int64? {
        switch member {
        case .string(let text):
            if let id = Int64(text), id >= 0 { return id }
            note("after", "malformed")
        case .null: return nil
        case .number, .bool, .array, .object: note("after", "wrong_type")
        }
        return nil
    }

    private mutating func ids(_ member: JSONValue) -> [Int64]? {
        guard case .array(let elements) = member, (1...10_000).contains(elements.count) else {
            note("ids", "wrong_type")
            return nil
        }
        let ids = elements.compactMap { if case .number(let text) = $0 { Int64(text) } else { nil } }
        if ids.count != elements.count { note("ids", "wrong_type") }
        return ids
    }

    private mutating func readFilter(_ member: JSONValue, into selection: inout DeadSelection) {
        guard case .object(let members) = member else { return note("filter", "wrong_type") }
        var reader = FieldReader(members: members)
        selection.reason = reader.choice("reason", DeadLetterReason.self)
        selection.state = reader.choice("state", DeadLetterState.self)
        selection.routingKey = reader.text("key", length: 1...255)
        selection.frontEnd = reader.text("front_end", length: 0...255)
        problems += reader.problems.map { FieldProblem("filter.\($0.field)", $0.reason) }
    }
}
