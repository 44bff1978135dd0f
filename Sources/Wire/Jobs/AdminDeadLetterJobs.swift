/// Dead letters: looked at, put through again, put away, fetched back.
extension JobDefinition {
    private static let selecting: [JobField] = ["ids", "filter", "limit"]

    static let adminDeadList = admin(.nobody, selecting + ["after"]) { $0.page().map { .deadList($0) } }

    /// The same with their bodies.
    static let adminDeadShow = admin(.nobody, listsPeople: true, selecting + ["after"]) {
        $0.page().map { .deadShow($0) }
    }

    static let adminDeadReplay = admin(.nobody, selecting + ["rate", "late"]) {
        guard let selection = $0.selection() else { return nil }
        let rate = $0.number("rate", in: 1...1000) ?? 10
        return .deadReplay(selection, perSecond: rate, evenLate: $0.flag("late") ?? false)
    }

    static let adminDeadDiscard = admin(.nobody, selecting + ["reason"]) {
        guard let selection = $0.selection() else { return nil }
        return .deadDiscard(selection, reason: $0.optional("reason") != nil ? $0.reason() : nil)
    }

    static let adminDeadRestore = admin(.nobody, selecting) { $0.selection().map { .deadRestore($0) } }
}

/// Which dead letters an operation is about: by number, or all that fit.
public struct DeadSelection: Sendable, Equatable {
    /// By number; `nil` for all that fit the rest.
    public var ids: [Int64]?
    /// Only of this reason.
    public var reason: DeadLetterReason?
    /// Only in this state.
    public var state: DeadLetterState?
    /// Only with this routing key.
    public var routingKey: String?
    /// Only of this front end; empty for those of which the broker told none.
    public var frontEnd: String?
    /// At most so many, the oldest first.
    public var limit: Int?
    /// A list begins after this one.
    public var after: Int64?

    package init() {}
}

/// What has become of a dead letter.
public enum DeadLetterState: String, Sendable, CaseIterable, Codable {
    /// Waits for an operator.
    case waiting
    /// Will be put through the pipeline again when its turn comes.
    case replaying
    case replayed
    case discarded
}

extension FieldReader {
    /// A list goes on where another ended.
    fileprivate mutating func page() -> DeadSelection? {
        let after = member("after").flatMap { number(of: $0) }
        var selection = selection()
        selection?.after = after
        return selection
    }

    fileprivate mutating func selection() -> DeadSelection? {
        var selection = DeadSelection()
        selection.limit = number("limit", in: 1...10_000)
        if let member = optional("ids") { selection.ids = ids(member) }
        if let member = optional("filter") { readFilter(member, into: &selection) }
        return problems.isEmpty ? selection : nil
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
