public import Basics

/// The site options, a person's decision explained, and the audit trail.
extension JobDefinition {
    static let adminOptionsGet = admin(.nobody) { _ in .optionsGet }

    static let adminOptionsSet = admin(.nobody, ["options", "dry_run"]) {
        let dryRun = $0.flag("dry_run") ?? false
        return $0.siteOptions().map { .optionsSet($0, dryRun: dryRun) }
    }

    static let adminExplain = admin(.signIn) { _ in .explain }

    /// Its `user` is whom the entries concern, and nobody that the job is about.
    static let adminAuditList = admin(
        .nobody, onlyReads: true, ["user", "by", "since", "until", "after", "limit"]
    ) {
        var selection = AuditSelection(limit: $0.number("limit", in: 1...500) ?? 100)
        if $0.optional("user") != nil { selection.user = $0.canonicalUser("user") }
        if $0.optional("by") != nil { selection.administrator = $0.line("by", length: 1...128) }
        (selection.since, selection.until) = ($0.time("since"), $0.time("until"))
        if let member = $0.member("after") { selection.after = $0.number(of: member) }
        return .auditList(selection)
    }
}

extension FieldReader {
    fileprivate mutating func siteOptions() -> [String: String?]? {
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
        return changes
    }
}

/// Which entries of the audit trail are asked for, the newest first.
public struct AuditSelection: Sendable, Equatable {
    /// Only what concerned this person.
    public var user: String?
    /// Only what this administrator did.
    ///
    /// The body's `operator` is who asks, as in every administrator's job.
    public var administrator: String?
    /// From this time on.
    public var since: Timestamp?
    /// Before this time.
    public var until: Timestamp?
    /// A page's end: what is older than that entry comes next.
    public var after: Int64?
    /// Entries on a page, 500 at most.
    public var limit: Int

    package init(limit: Int = 100) {
        self.limit = limit
    }
}
