import Basics
import Wire

extension InMemoryRows {
    /// Memory is not written in steps: all goes at once.
    mutating func sweep(_ retention: Retention) -> Int {
        let now = clocks.wall()
        let before = size
        // One that was begun and never came back is kept as long as one that was recorded.
        for (key, row) in content.jobs where (row.recordedAt ?? row.begunAt) < now - Retention.records {
            if let number = row.call?.lock { content.begun[number]?.remove(key) }
            content.jobs[key] = nil
        }
        content.codes = content.codes.filter { $0.value.expiresAt >= now - Retention.transient }
        content.pendings = content.pendings.filter { content.codes[$0.value.number] != nil }
        content.approvals = content.approvals.filter { $0.value >= now - Retention.transient }
        content.counted.removeAll { $0.at < now - Retention.transient }
        content.bypasses.removeAll { $0.until < now }
        content.tickets.removeAll { $0.until < now }
        content.enrolments = content.enrolments.filter {
            $0.value.ended == nil || $0.value.expiresAt >= now - Retention.transient
        }
        content.challenges = content.challenges.filter { $0.value.expiresAt >= now }
        content.reserved = content.reserved.filter { $0.value.until >= now }
        content.letters.removeAll { $0.letter.at < now - retention.deadLetters }
        let over = content.refusals.filter { $0.hour < AuditRefusals.hour(of: now) }
        content.refusals.removeAll { over.contains($0) }
        content.audit += over.sorted { $0.frontEnd < $1.frontEnd }.compactMap { $0.summary(at: now) }
        if let history = retention.history {
            content.history.removeAll { $0.entry.at < now - max(history, Retention.records) }
        }
        if let audit = retention.audit { content.audit.removeAll { $0.at < now - audit } }
        return before - size
    }

    private var size: Int {
        content.jobs.count + content.codes.count + content.pendings.count + content.approvals.count
            + content.counted.count + content.bypasses.count + content.tickets.count + content.letters.count
            + content.enrolments.count + content.challenges.count + content.reserved.count
            + content.history.count + content.audit.count
    }
}
