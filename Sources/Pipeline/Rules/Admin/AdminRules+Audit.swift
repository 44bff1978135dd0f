import Basics
import Store
import Wire

/// The audit trail, for administrators without the store's file.
extension AdminRules {
    /// What the job wants to see of the trail; `nil` for any other. One more tells whether there is a next page.
    var trailQuery: AuditQuery? {
        guard case .auditList(let selection) = request.action else { return nil }
        var query = AuditQuery()
        (query.user, query.administrator) = (selection.user, selection.administrator)
        (query.since, query.until) = (selection.since, selection.until)
        (query.before, query.limit) = (selection.after, selection.limit + 1)
        return query
    }

    func auditList(_ selection: AuditSelection, _ situation: Situation) -> Answer {
        let all = trail.map { Reply.TrailEntry($0) }
        let shown = Array(all.prefix(min(selection.limit, ReplySize.fitting(all))))
        return audited(.done, situation) {
            $0.entries = shown
            $0.next = all.count > shown.count ? shown.last.map { String($0.id) } : nil
        }
    }
}

extension Reply.TrailEntry {
    init(_ row: AuditRow) {
        let entry = row.entry
        self.init(
            id: row.id, at: entry.at.description, administrator: entry.administrator, frontEnd: entry.frontEnd,
            job: entry.messageID, key: entry.kind.rawValue, user: entry.user.isEmpty ? nil : entry.user,
            formerUser: entry.formerUser, outcome: entry.outcome, reason: entry.reason, detail: entry.detail)
    }
}
