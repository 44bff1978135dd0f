import Basics
import Wire

/// What ``LoginStore`` promises, written once over any store's rows.
extension StoreRows {
    package mutating func begin(
        _ job: NewJob, decide: (Situation) -> Decision
    ) throws(Failure) -> Begun {
        let print = fingerprint(job.kind, job.body.revealed)
        var row = JobRow(
            key: job.key, kind: job.kind, fingerprint: print, login: job.login, begunAt: clocks.wall(),
            deadline: job.deadline)
        row.receivedAt = job.receivedAt
        while true {
            let loaded = try load(JobQuery(job))
            if let known = loaded.job {
                guard known.fingerprint == print else { return .reused }
                if let reply = known.recorded { return .recorded(reply, fresh: false) }
                if known.state == .begun {
                    return try leaseIsAlive(known) ? .inProgress : .abandoned(takeOver(known))
                }
                (row.fence, row.begins) = (known.fence, known.begins)
            }
            let situation = try loaded.situation.get()
            guard let holder = loaded.holder else { return try begin(job, &row, situation, decide) }
            if try isAlive(holder.worker), clocks.monotonic() < holder.leaseUntil { return .busy(holder.key) }
            if let abandoned = try takeOver(holder) { return .abandoned(abandoned) }
            // It waits for its own message, which ends it, and holds up nobody else.
            try dropLock(of: holder.key)
        }
    }

    /// Nothing stands in the way: the job is decided.
    private mutating func begin(
        _ job: NewJob, _ row: inout JobRow, _ situation: Situation, _ decide: (Situation) -> Decision
    ) throws(Failure) -> Begun {
        row.generation = situation.user?.generation ?? 0
        let context = ChangeContext(key: job.key, login: job.login, place: situation.place, now: situation.now)
        switch decide(situation) {
        case .answer(let answer):
            let facts = OutcomeFacts(job.kind, asked: job.asked, situation, situation.place)
            return .recorded(try record(row, answer, facts, context), fresh: true)
        case .call(let call, let changes):
            try apply(changes, context)
            row.call = call
            row.state = .begun
            row.begins += 1
            lease(&row)
            try put(row)
            guard let intent = row.intent() else { throw damaged(row.key) }
            return .intent(intent)
        }
    }

    package mutating func finish(
        _ intent: Intent, wanted: Wanted, conclude: (Situation) -> Answer
    ) throws(Failure) -> Finished {
        let loaded = try load(
            JobQuery(
                key: intent.key, kind: intent.kind, login: intent.login, place: intent.call.place, wanted: wanted))
        guard let row = loaded.job, isOwn(row, intent) else { return .superseded }
        var situation = try loaded.situation.get()
        // Erasing and renaming mark the rows of what is under way; a reset raises the person's own number.
        situation.wasReset =
            row.generation != intent.generation || (situation.user?.generation ?? 0) != intent.generation
        var context = ChangeContext(
            key: intent.key, login: intent.login, place: situation.place, now: situation.now)
        var answer = conclude(situation)
        var facts = OutcomeFacts(intent, answer, situation, situation.place)
        if row.hasOtherUser(than: intent) {
            (answer, context.place) = (answer.withoutPerson, nil)
            facts.forgetNames()
        }
        return .recorded(try record(row, answer, facts, context))
    }

    /// Ends an intent without a look at what it is about, for that cannot be read.
    package mutating func end(_ intent: Intent, _ answer: Answer) throws(Failure) -> Finished {
        guard let row = try own(intent) else { return .superseded }
        var context = ChangeContext(
            key: intent.key, login: intent.login, place: intent.call.place, now: clocks.wall())
        var answer = answer
        var facts = OutcomeFacts(intent, answer, nil, intent.call.place)
        if row.hasOtherUser(than: intent) {
            (answer, context.place) = (answer.withoutPerson, nil)
            facts.forgetNames()
        }
        return .recorded(try record(row, answer, facts, context))
    }

    package mutating func release(_ intent: Intent) throws(Failure) {
        guard var row = try own(intent) else { return }
        row.state = .released
        row.call = nil
        row.leaseUntil = MonotonicTime(nanoseconds: 0)
        try put(row)
    }

    package mutating func renew(_ intent: Intent) throws(Failure) -> Intent? {
        guard var row = try own(intent) else { return nil }
        let user = row.login.user
        row.call = intent.call
        row.login = intent.login
        // Erasing and renaming have told the row who it belongs to now.
        row.login.user = user
        row.leaseUntil = clocks.monotonic() + Lease.length
        try put(row)
        var renewed = intent
        renewed.leaseUntil = row.leaseUntil
        return renewed
    }

    package mutating func refuse(_ job: NewJob?, _ answer: Answer) throws(Failure) -> Begun? {
        guard let job else {
            try applyForNobody(answer.changes)
            return nil
        }
        var row = JobRow(
            key: job.key, kind: job.kind, fingerprint: fingerprint(job.kind, job.body.revealed), login: job.login,
            begunAt: clocks.wall(), deadline: job.deadline)
        row.receivedAt = job.receivedAt
        if let known = try self.job(job.key) {
            guard known.fingerprint == row.fingerprint else {
                try applyForNobody(answer.changes)
                return .reused
            }
            if let reply = known.recorded { return .recorded(reply, fresh: false) }
            if known.state == .begun, try leaseIsAlive(known) { return .inProgress }
            (row.fence, row.begins) = (known.fence, known.begins)
        }
        let context = ChangeContext(key: job.key, login: job.login, place: job.place, now: clocks.wall())
        let facts = OutcomeFacts(job.kind, asked: job.asked, nil, job.place)
        return .recorded(try record(row, answer, facts, context), fresh: true)
    }

    private mutating func applyForNobody(_ changes: [Change]) throws(Failure) {
        try apply(changes, .nobody(clocks.wall()))
    }

    package func state(of key: JobKey) throws(Failure) -> JobState {
        guard let row = try job(key) else { return .unknown }
        if let reply = row.recorded { return .recorded(reply) }
        return row.state == .begun ? .inProgress(user: row.login.user) : .unknown
    }

    package mutating func takeRead(_ kind: ReadKind, limits: [ReadLimit]) throws(Failure) -> Bool {
        guard let longest = limits.map(\.window).max() else { return true }
        let now = clocks.wall()
        for limit in limits where try reads(kind, after: now - limit.window) >= limit.count { return false }
        try addRead(kind, at: now, forgetting: now - longest)
        return true
    }

    /// Their time is put off, so that no other worker takes them; whoever carries one through says so.
    package mutating func takeDueLetters(limit: Int) throws(Failure) -> [DeadLetterRow] {
        let now = clocks.wall()
        let due = try dueLetters(at: now, limit: limit)
        guard !due.isEmpty else { return [] }
        let again = Array(repeating: now + DeadLetterRow.turn, count: due.count)
        try apply([.letters(due.map(\.id), .replaying, dueAt: again)], .nobody(now))
        return due
    }
}

extension StoreRows {
    /// The row of an intent, if it still is the acting worker's.
    private func own(_ intent: Intent) throws(Failure) -> JobRow? {
        guard let row = try job(intent.key), isOwn(row, intent) else { return nil }
        return row
    }

    private func isOwn(_ row: JobRow, _ intent: Intent) -> Bool {
        row.state == .begun && row.fence == intent.fence && row.worker == worker
    }

    /// Death wins over the time: after a reboot the clock that leases are written in starts anew.
    private func leaseIsAlive(_ row: JobRow) throws(Failure) -> Bool {
        guard try isAlive(row.worker) else { return false }
        return clocks.monotonic() < row.leaseUntil
    }

    /// Makes the row the acting worker's, under a fence that the former holder does not know.
    private func lease(_ row: inout JobRow) {
        row.fence += 1
        row.worker = worker
        row.leaseUntil = clocks.monotonic() + Lease.length
    }

    /// Another job's intent; `nil` when it cannot be read.
    private mutating func takeOver(_ holder: LockHolder) throws(Failure) -> Intent? {
        do throws(Failure) {
            guard let row = try job(holder.key) else { return nil }
            return try takeOver(row)
        } catch {
            guard (error as any Error as? StoreError)?.record != nil else { throw error }
            return nil
        }
    }

    private mutating func takeOver(_ former: JobRow) throws(Failure) -> Intent {
        var row = former
        try loadCall(of: &row)
        let now = clocks.monotonic()
        let until = try mayStillCall(former.worker) ? max(now, former.leaseUntil) : now
        row.begins += 1
        lease(&row)
        try put(row)
        guard let intent = row.intent(formerLeaseUntil: until) else { throw damaged(row.key) }
        return intent
    }

    private mutating func record(
        _ begun: JobRow, _ answer: Answer, _ facts: OutcomeFacts, _ context: ChangeContext
    ) throws(Failure) -> RecordedReply {
        try apply(answer.changes, context)
        var row = begun
        var number = context.place?.number
        // The record of the very job that erases or renames a person is theirs as well.
        for case .erase(_, let pseudonym) in answer.changes { (row.login, number) = (Job.Login(user: pseudonym), nil) }
        for case .rename(_, let to) in answer.changes { row.login.user = to }
        row.state = .recorded
        row.call = nil
        row.leaseUntil = MonotonicTime(nanoseconds: 0)
        row.outcome = answer.outcome
        row.reply = answer.body
        row.withheld = answer.withheld
        row.replyState = .pending
        row.recordedAt = clocks.wall()
        (row.calls, row.events) = (facts.calls, facts.events)
        try put(row)
        try addHistory(row, answer, facts, number: number)
        guard let reply = row.recorded else { throw damaged(row.key) }
        return reply
    }
}
