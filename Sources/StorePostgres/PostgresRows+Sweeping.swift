import Basics
import Store

/// One table's part of a sweep, a transaction of its own: no job waits for more than one.
enum PostgresSweep: CaseIterable {
    case recordedJobs, begunJobs, releasedJobs, history, audit, deadLetters
    case codes, pendings, approvals, tallies, paces, clients, bypasses, tickets, enrolments, challenges, usedCodes
    case canceledSends, endedWorkers
    case fineSamples, middleSamples, coarseSamples, queueHours
    case refusals
    case gathering, trafficMinutes, trafficHours, codeHours, callMinutes, callHours

    /// The table, and what has ended in it, by an index on its time.
    ///
    /// `nil` for what is no deleting by age.
    var rows: (table: String, condition: String)? {
        switch self {
        case .recordedJobs: ("job", "recorded_at < $1")
        // Begun or given back, and their messages never returned. Both are found by small indices of their own.
        case .begunJobs: ("job", "state = 0 AND begun_at < $1")
        case .releasedJobs: ("job", "state = 2 AND begun_at < $1")
        case .history: ("history", "at < $1")
        case .audit: ("audit", "at < $1")
        case .deadLetters: ("dead_letter", "at < $1")
        case .codes: ("code", "expires_at < $1")
        case .pendings: ("pending", "until < $1")
        case .approvals: ("approval", "at < $1")
        case .tallies: ("tally", "at < $1")
        case .paces: ("pace", "not_before < $1")
        case .clients: ("client", "approved_at < $1")
        case .bypasses: ("bypass", "until < $1")
        case .tickets: ("ticket", "until < $1")
        case .enrolments: ("enrolment", "ended IS NOT NULL AND expires_at < $1")
        case .challenges: ("challenge", "expires_at < $1")
        case .usedCodes: ("used_code", "until < $1")
        case .canceledSends: ("canceled_send", "at < $1")
        case .endedWorkers: ("worker", "ended_at < $1")
        case .fineSamples: ("queue_sample", "grain = 0 AND at < $1")
        case .middleSamples: ("queue_sample", "grain = 1 AND at < $1")
        case .coarseSamples: ("queue_sample", "grain = 2 AND at < $1")
        case .queueHours: ("queue_hour", "start < $1")
        case .refusals, .gathering, .trafficMinutes, .trafficHours, .codeHours, .callMinutes, .callHours: nil
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
            .endedWorkers, .fineSamples, .middleSamples, .coarseSamples, .queueHours, .refusals, .gathering:
            nil
        }
    }

    /// Whether it changes numbers that were counted: then it is one's at a time.
    var isOfRollups: Bool { self == .gathering || folded != nil }

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
        case .refusals, .gathering, .trafficMinutes, .trafficHours, .codeHours, .callMinutes, .callHours: nil
        }
    }
}

extension PostgresRows {
    /// Whether this worker sweeps, which it then goes on with.
    func maySweep() throws -> Bool {
        let now = clocks.wall()
        let row = try one(
            """
            SELECT holder.number, ends.number FROM meta AS holder JOIN meta AS ends ON ends.name = 'sweep_until'
            WHERE holder.name = 'sweeper'
            """)
        if let row {
            let lease = SweepLease(worker: try row.integer(0), until: try row.time(1))
            guard try lease.worker == worker || lease.isOver(at: now) || !isAlive(lease.worker) else { return false }
        }
        let lease = SweepLease(worker: worker, at: now)
        try note("sweeper", lease.worker)
        try note("sweep_until", lease.until.milliseconds)
        return true
    }

    /// One step, at most `limit` rows of it.
    ///
    /// - Returns: how many went.
    func sweep(_ step: PostgresSweep, _ retention: Retention, limit: Int) throws -> Int {
        let now = clocks.wall()
        if step == .audit { try allowSweep(of: retention.audit.map { now - $0 }) }
        if let series = step.folded { return try fold(series, at: now, limit: limit) }
        if step == .gathering { return try gatherRollups(limit: limit) }
        guard let (table, condition) = step.rows else {
            try tellRefusals(at: now)
            return 0
        }
        guard let oldest = step.oldest(retention, at: now) else { return 0 }
        // What somebody is writing is passed over: it is not over, and would go although it has just become new.
        return try change(
            """
            DELETE FROM \(table) WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM \(table) WHERE \(condition) LIMIT $2::bigint FOR UPDATE SKIP LOCKED))
            """, [.time(oldest), .number(limit)])
    }

    /// The trail's own trigger lets go what is older than this, and nothing else.
    private func allowSweep(of oldest: Timestamp?) throws {
        if let oldest {
            try note("audit_kept_since", oldest.milliseconds)
        } else {
            try run("DELETE FROM meta WHERE name = 'audit_kept_since'")
        }
    }
}
