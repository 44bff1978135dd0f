import Basics
import Foundation
import GRDB
import Store

/// One table's part of a sweep, a transaction of its own: no job waits for more than one.
enum SweepStep: CaseIterable {
    case recordedJobs, begunJobs, releasedJobs, history, audit, deadLetters
    case codes, pendings, approvals, tallies, paces, clients, bypasses, tickets, enrolments, challenges, usedCodes
    case canceledSends, endedWorkers
    case fineSamples, middleSamples, coarseSamples, queueHours
    case trafficMinutes, trafficHours, codeHours, callMinutes, callHours
    case upkeep

    /// The table, and what has ended in it, by an index on its time.
    ///
    /// `nil` for what is no deleting by age.
    var rows: (table: String, condition: String)? {
        switch self {
        case .recordedJobs: ("job", "recorded_at < ?")
        // Begun or given back, and their messages never returned. Both are found by small indices of their own.
        case .begunJobs: ("job", "state = 0 AND begun_at < ?")
        case .releasedJobs: ("job", "state = 2 AND begun_at < ?")
        case .history: ("history", "at < ? AND id <= (SELECT value FROM meta WHERE name = 'counted_to')")
        case .audit: ("audit", "at < ?")
        case .deadLetters: ("dead_letter", "at < ?")
        case .codes: ("code", "expires_at < ?")
        case .pendings: ("pending", "until < ?")
        case .approvals: ("approval", "at < ?")
        case .tallies: ("tally", "at < ?")
        case .paces: ("pace", "not_before < ?")
        case .clients: ("client", "approved_at < ?")
        case .bypasses: ("bypass", "until < ?")
        case .tickets: ("ticket", "until < ?")
        case .enrolments: ("enrolment", "ended IS NOT NULL AND expires_at < ?")
        case .challenges: ("challenge", "expires_at < ?")
        case .usedCodes: ("used_code", "until < ?")
        case .canceledSends: ("canceled_send", "at < ?")
        case .endedWorkers: ("worker", "ended_at < ?")
        case .fineSamples: ("queue_sample", "grain = 0 AND at < ?")
        case .middleSamples: ("queue_sample", "grain = 1 AND at < ?")
        case .coarseSamples: ("queue_sample", "grain = 2 AND at < ?")
        case .queueHours: ("queue_hour", "start < ?")
        case .trafficMinutes, .trafficHours, .codeHours, .callMinutes, .callHours, .upkeep: nil
        }
    }

    /// The roll-ups whose old numbers are added to coarser ones, or dropped.
    var folded: RollupSeries? {
        switch self {
        case .trafficMinutes: .trafficByMinute
        case .trafficHours: .trafficByHour
        case .codeHours: .codesByHour
        case .callMinutes: .callsByMinute
        case .callHours: .callsByHour
        case .recordedJobs, .begunJobs, .releasedJobs, .history, .audit, .deadLetters, .codes, .pendings, .approvals,
            .tallies, .paces, .clients, .bypasses, .tickets, .enrolments, .challenges, .usedCodes, .canceledSends,
            .endedWorkers, .fineSamples, .middleSamples, .coarseSamples, .queueHours, .upkeep:
            nil
        }
    }

    /// Whether what goes tells of people: it must not stay in the log.
    var tellsOfPeople: Bool {
        switch self {
        case .endedWorkers, .fineSamples, .middleSamples, .coarseSamples, .queueHours, .trafficMinutes, .trafficHours,
            .codeHours, .callMinutes, .callHours:
            false
        case .recordedJobs, .begunJobs, .releasedJobs, .history, .audit, .deadLetters, .codes, .pendings, .approvals,
            .tallies, .paces, .clients, .bypasses, .tickets, .enrolments, .challenges, .usedCodes, .canceledSends,
            .upkeep:
            true
        }
    }

    /// What is older than this goes; `nil` keeps it all.
    func oldest(_ retention: Retention, at now: Timestamp) -> Timestamp? {
        switch self {
        case .recordedJobs, .begunJobs, .releasedJobs, .canceledSends: now - Retention.records
        case .history: retention.history.map { now - max($0, Retention.records) }
        case .audit: retention.audit.map { now - $0 }
        case .deadLetters: now - retention.deadLetters
        case .codes, .pendings, .approvals, .tallies, .enrolments: now - Retention.transient
        // The cooldown's growth is cleared by an approval only: what goes here is of people who never came back.
        case .paces, .clients: now - Retention.clients
        case .bypasses, .tickets, .challenges, .usedCodes: now
        case .endedWorkers: now - EndedWorkers.kept
        case .fineSamples: now - QueueHistory.Grain.fine.kept
        case .middleSamples: now - QueueHistory.Grain.middle.kept
        case .coarseSamples: now - QueueHistory.Grain.coarse.kept
        case .queueHours: now - QueueHour.kept
        case .trafficMinutes, .trafficHours, .codeHours, .callMinutes, .callHours, .upkeep: nil
        }
    }
}

extension SQLiteRows {
    private static var namedAtOnce: Int { 50 }

    /// Whether this worker sweeps, which it then goes on with.
    func maySweep() throws -> Bool {
        let now = clocks.wall()
        let row = try one(
            """
            SELECT holder.value, ends.value FROM meta AS holder JOIN meta AS ends ON ends.name = 'sweep_until'
            WHERE holder.name = 'sweeper'
            """, [])
        if let row {
            let lease = SweepLease(worker: try row.at(0), until: try row.time(1))
            guard lease.worker == worker || lease.isOver(at: now) || !isAlive(lease.worker) else { return false }
        }
        let lease = SweepLease(worker: worker, at: now)
        try run(
            "REPLACE INTO meta VALUES ('sweeper', ?), ('sweep_until', ?)", [lease.worker, lease.until.milliseconds])
        return true
    }

    /// One step, at most `limit` rows of it.
    ///
    /// - Returns: how many went.
    func sweep(_ step: SweepStep, _ retention: Retention, limit: Int) throws -> Int {
        let now = clocks.wall()
        if step == .audit { try allowSweep(of: retention.audit.map { now - $0 }) }
        if let series = step.folded { return try fold(series, at: now, limit: limit) }
        guard let (table, condition) = step.rows else { return try upkeep(at: now, limit: limit) }
        guard let oldest = step.oldest(retention, at: now)?.milliseconds else { return 0 }
        let gone = try delete(table, condition, oldest, limit)
        if step == .history, gone > 0 { try lowerCounted() }
        // What is deleted stays readable in the log otherwise; and a worker may have ended before it had emptied it.
        if gone > 0, step.tellsOfPeople { notes.forgets = true }
        return gone
    }

    private func delete(_ table: String, _ condition: String, _ oldest: Int64, _ limit: Int) throws -> Int {
        // Tables without a row id are deleted from by their keys.
        let keys = try db.primaryKey(table).columns.joined(separator: ", ")
        try run(
            "DELETE FROM \(table) WHERE (\(keys)) IN (SELECT \(keys) FROM \(table) WHERE \(condition) LIMIT ?)",
            [oldest, limit])
        return db.changesCount
    }

    /// The trail's own trigger lets go what is older than this, and nothing else.
    private func allowSweep(of oldest: Timestamp?) throws {
        if let oldest {
            try run("REPLACE INTO meta VALUES ('audit_kept_since', ?)", [oldest.milliseconds])
        } else {
            try run("DELETE FROM meta WHERE name = 'audit_kept_since'", [])
        }
    }

    /// Letters and entries of older versions are indexed bit by bit; while there are more, it has to come again soon.
    private func upkeep(at now: Timestamp, limit: Int) throws -> Int {
        try tellRefusals(at: now)
        let named = max(try nameLetters(limit: Self.namedAtOnce), try nameEntries(limit: Self.namedAtOnce))
        return named == Self.namedAtOnce ? limit : 0
    }
}
