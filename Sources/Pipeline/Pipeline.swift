public import Basics
public import Logging
public import Store
public import TwilioVerify
public import Wire

/// A job's way: read, begin, call, finish. What comes out is on disk and only has to be published and acknowledged.
///
/// Throws ``StoreError`` when the store is away: then nothing is answered and the message must be kept.
public struct Pipeline: Sendable {
    let store: any LoginStore
    let caller: Caller
    let reconciler: Reconciler
    let settings: PipelineSettings
    let clocks: Clocks
    let decoder = JobDecoder()
    /// A job whose work was begun this often by workers that died at it is not begun again.
    static let mostBegins = 5
    /// A job that came back this often, and of which there is no record, kills workers before they can write one.
    static let mostDeliveries = 50

    public init(
        store: any LoginStore, twilio: TwilioClient, settings: PipelineSettings, clocks: Clocks = .system,
        observer: (any CallObserver)? = nil, logger: Logger
    ) {
        self.store = store
        self.settings = settings
        self.clocks = clocks
        let budget = CallBudget(store: store, limits: settings.callLimits, clocks: clocks, logger: logger)
        reconciler = Reconciler(
            store: store, twilio: twilio.over { BudgetedTransport(transport: $0, budget: budget) }, settings: settings,
            clocks: clocks)
        caller = Caller(
            store: store, twilio: twilio, reconciler: reconciler, budget: budget,
            circuits: CircuitBreakers(clocks: clocks, observer: observer, logger: logger), settings: settings,
            clocks: clocks, observer: observer)
    }

    /// Carries one message through to its recorded outcome.
    public func process(_ envelope: Envelope, slot: any Slot) async throws(StoreError) -> Disposition {
        let read = decoder.read(envelope)
        var disposition = try await readably(envelope, read) { () async throws(StoreError) in
            try await process(envelope, read, slot)
        }
        disposition.unknownFields = read.unknownFields
        return disposition
    }

    private func process(
        _ envelope: Envelope, _ read: ReadJob, _ slot: any Slot
    ) async throws(StoreError) -> Disposition {
        if case .unexpected = read.content { return try await bury(envelope, read, .unexpected) }
        let admission = Admission(settings).judge(envelope, read)
        let address: ReplyAddress
        switch admission {
        case .unauthenticated: return try await bury(envelope, read, .unauthenticated)
        case .replyToRefused: return try await bury(envelope, read, .replyToRefused)
        case .refused(let reason, let to):
            let answer = audited(
                ReplyDraft(read).answer(.notAllowed, reason, at: clocks.wall()), envelope, read)
            return try await refuse(envelope, read, answer, to)
        case .admitted(let to): address = to
        }
        if try await isPoison(envelope, read) {
            let answer = audited(poison(ReplyDraft(read), envelope, read), envelope, read)
            return try await refuse(envelope, read, answer, address)
        }
        switch read.content {
        case .unexpected: return Disposition()
        case .invalid(let reason, let problems, let dead):
            return try await refuse(
                ReplyDraft(read), reason, problems, dead, envelope, read, address)
        case .late:
            let answer = audited(ReplyDraft(read).answer(.late, at: clocks.wall()), envelope, read)
            let answered = try await refuse(envelope, read, answer, address)
            // A record that is still there counts no longer.
            return answered.fresh == nil
                ? disposition(answer.body, answer.outcome, nil, envelope, address) : answered
        case .job(let job):
            return try await carry(job, read, envelope, address, slot)
        }
    }

    /// Notes what became of a published reply.
    public func settle(_ disposition: Disposition, as state: ReplyState) async throws(StoreError) {
        guard let key = disposition.key else { return }
        try await store.settle(key, as: state)
    }

    private func carry(
        _ job: Job, _ read: ReadJob, _ envelope: Envelope, _ address: ReplyAddress, _ slot: any Slot
    ) async throws(StoreError) -> Disposition {
        guard let messageID = read.messageID else { return Disposition() }
        var new = newJob(job, messageID, read, envelope)
        let draft = ReplyDraft(new)
        switch prepare(job, draft, &new) {
        case .options(let rules):
            let situation = try await store.situation(of: job.login, wanted: rules.wanted)
            let isLate = new.deadline - situation.now < ReplyDraft.leastTime
            let reply = isLate ? draft.reply(.late, at: situation.now) : rules.reply(draft, situation)
            return disposition(reply.encoded(), reply.outcome, nil, envelope, address)
        case .outcome(let id):
            return try await lookUp(id, of: new, draft, envelope, address)
        case .invalid(let reason, let problems):
            let dead: DeadLetterReason? = problems.allSatisfy(\.isMistyped) ? nil : .malformed
            return try await refuse(draft, reason, problems, dead, envelope, read, address)
        case .rules(let prepared, let code):
            let rules = try await withLetters(prepared, new)
            if job.kind.onlyReads { return try await look(rules, envelope, address) }
            new.wanted = rules.wanted
            return try await run(
                new, code, { keptIfInvalid(rules.decide($0), envelope, read) }, envelope, read, address, slot)
        }
    }

    /// Begins until there is an outcome: each turn ends with one, or waits for whoever stands in the way.
    private func run(
        _ job: NewJob, _ code: Redacted<String>?, _ decide: @escaping @Sendable (Situation) -> Decision,
        _ envelope: Envelope, _ read: ReadJob, _ address: ReplyAddress, _ slot: any Slot
    ) async throws(StoreError) -> Disposition {
        var pause = WaitForOther()
        var resumed: [RecordedReply] = []
        while true {
            if var result = try await turn(job, code, decide, envelope, read, address, slot, &pause, &resumed) {
                result.resumed = resumed
                return result
            }
            try throwIfStopping()
        }
    }

    /// One try to begin; `nil` when whoever stood in the way was waited for, or seen through.
    private func turn(
        _ job: NewJob, _ code: Redacted<String>?, _ decide: @escaping @Sendable (Situation) -> Decision,
        _ envelope: Envelope, _ read: ReadJob, _ address: ReplyAddress, _ slot: any Slot,
        _ pause: inout WaitForOther, _ resumed: inout [RecordedReply]
    ) async throws(StoreError) -> Disposition? {
        switch try await store.begin(job, decide: decide) {
        case .recorded(let record, let fresh):
            return try await answer(record, job.login.user, envelope, address, fresh: fresh)
        case .reused:
            let draft = ReplyDraft(job)
            let answer = audited(draft.answer(.invalid, .messageIDReused, at: clocks.wall()), envelope, read)
            if !answer.changes.isEmpty { _ = try await store.refuse(nil, answer: answer) }
            return reused(draft, envelope, address)
        case .inProgress:
            await pause.wait(slot)
        case .busy:
            if job.deadline - clocks.wall() < ReplyDraft.leastTime {
                let late = ReplyDraft(job).answer(.late, at: clocks.wall())
                if case .recorded(let record, let fresh)? = try await store.refuse(job, answer: late) {
                    return try await answer(record, job.login.user, envelope, address, fresh: fresh)
                }
            }
            await pause.wait(slot)
        case .intent(let intent):
            Failpoint.afterBegin.hit()
            let finished = try await seenThrough(intent, envelope, read) { () async throws(StoreError) in
                try await caller.carryOut(intent, code: code)
            }
            Failpoint.afterFinish.hit()
            if case .recorded(let record)? = finished {
                caller.observer?.concluded(ConcludedJob(intent, record.outcome))
                return try await answer(record, job.login.user, envelope, address, fresh: true)
            }
        case .abandoned(let intent):
            let isOurs = intent.key == job.key
            if isOurs, intent.begins > Self.mostBegins {
                let finished = try await poisoned(intent, envelope, read)
                if case .recorded(let record) = finished {
                    var poisoned = try await answer(record, job.login.user, envelope, address, fresh: true)
                    poisoned.deadLetter = .poison
                    return poisoned
                }
                return nil
            }
            let finished = try await seenThrough(intent, envelope, isOurs ? read : nil) {
                () async throws(StoreError) in try await caller.resume(intent, code: isOurs ? code : nil)
            }
            guard case .recorded(let record)? = finished else { return nil }
            caller.observer?.concluded(ConcludedJob(intent, record.outcome))
            if isOurs { return try await answer(record, job.login.user, envelope, address, fresh: true) }
            resumed.append(record)
        }
        return nil
    }

    /// Waits that grow, without holding a slot, for another job or another worker.
    private struct WaitForOther {
        var next: Duration = .milliseconds(10)

        mutating func wait(_ slot: any Slot) async {
            await slot.release()
            try? await Task.sleep(for: next)
            next = min(next * 2, .milliseconds(200))
            await slot.acquire()
        }
    }
}
