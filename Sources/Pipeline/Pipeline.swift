public import Basics
public import Logging
import SitePolicy
public import Store
public import TwilioVerify
public import Wire

/// A job's way: read, begin, call, finish.
///
/// What comes out is on disk and only has to be published and acknowledged.
///
/// Throws ``StoreError`` when the store is away: then nothing is answered and the message must be kept.
public final class Pipeline: Sendable {
    let store: any LoginStore
    let caller: Caller
    let reconciler: Reconciler
    let settings: PipelineSettings
    let clocks: Clocks
    /// A job whose work was begun this often by workers that died at it is not begun again.
    static let mostBegins = 5
    /// A job that came back this often, and of which there is no record, kills workers before they can write one.
    static let mostDeliveries = 50

    /// Puts it together; nothing is asked or written before a job comes.
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

    /// Tries whether the store can be written.
    public func probeStore() async throws(StoreError) {
        try await store.probe()
    }

    /// How the calls to Twilio stand in this worker.
    public var calls: CallLoad { caller.budget.load }

    /// Whether Twilio is called, by operation; of those that were called since the start.
    public var circuits: [(operation: String, standing: CircuitStanding)] { caller.circuits.standings }

    /// The same of every operation, under names for metrics.
    public var circuitStates: [(call: String, standing: CircuitStanding)] { caller.circuits.labelled }

    /// The operations whose calls are told apart, as metrics name them: a closed list.
    public static var calls: [String] { CalledOperation.all.map(\.label) }

    /// The methods that the site's options switch off, or an operator for everyone.
    public func methodsOff() async throws(StoreError) -> Set<Wire.Method> {
        let situation = try await store.situation(of: Job.Login(user: ""))
        let (options, brakes) = (SiteOptions(situation.options), situation.brakes)
        return Set(
            Wire.Method.allCases.filter { method in
                let isStopped = method.channel.map { brakes.isOff($0, at: situation.now) } ?? false
                return isStopped || !options.usesProvider || !options.allows(method)
            })
    }

    /// Carries one message through to its recorded outcome, which is in the context then.
    public func process(_ context: JobContext) async throws(StoreError) {
        context.reset()
        try await readably(context) { () async throws(StoreError) in try await execute(context) }
        context.disposition.unknownFields = context.read.unknownFields
    }

    private func execute(_ context: JobContext) async throws(StoreError) {
        switch context.read.content {
        case .unexpected: try await bury(context, .unexpected)
        case .invalid(let reason, let problems, let dead):
            guard try await isAdmitted(context) else { return }
            try await refuse(context, ReplyDraft(context), reason, problems, dead)
        case .late:
            guard try await isAdmitted(context) else { return }
            try await answerLate(context)
        case .job(let job):
            guard try await isAdmitted(context) else { return }
            try await execute(job, context)
        }
    }

    @inline(never)
    private func answerLate(_ context: JobContext) async throws(StoreError) {
        let answer = audited(ReplyDraft(context).answer(.late, at: clocks.wall()), context)
        try await refuse(context, answer)
        // A record that is still there counts no longer.
        if context.disposition.fresh == nil {
            context.disposition = Disposition()
            context.answer(answer.body, answer.outcome)
        }
    }

    /// Whether a message may be worked on.
    ///
    /// One that may not is answered, or kept.
    private func isAdmitted(_ context: JobContext) async throws(StoreError) -> Bool {
        switch Admission(settings).judge(context.envelope, context.read) {
        case .unauthenticated:
            try await bury(context, .unauthenticated)
            return false
        case .replyToRefused:
            try await bury(context, .replyToRefused)
            return false
        case .refused(let reason, let to):
            context.address = to
            try await refuse(
                context, audited(ReplyDraft(context).answer(.notAllowed, reason, at: clocks.wall()), context))
            return false
        case .admitted(let to): context.address = to
        }
        guard try await isPoison(context) else { return true }
        try await refuse(context, audited(poison(ReplyDraft(context), context), context))
        return false
    }

    /// Notes what became of a published reply.
    public func settle(_ context: JobContext, as state: ReplyState) async throws(StoreError) {
        guard let key = context.disposition.key else { return }
        try await store.settle(key, as: state)
    }

    private func execute(_ job: Job, _ context: JobContext) async throws(StoreError) {
        guard let messageID = context.read.messageID else { return }
        var new = newJob(job, messageID, context)
        let draft = ReplyDraft(new)
        switch prepare(job, draft, &new) {
        case .options(let rules):
            try await answer(context, rules, draft, deadline: new.deadline)
        case .outcome(let id): try await lookUp(id, of: new, draft, context)
        case .invalid(let reason, let problems):
            let dead: DeadLetterReason? = problems.allSatisfy(\.isMistyped) ? nil : .malformed
            try await refuse(context, draft, reason, problems, dead)
        case .rules(let prepared, let code):
            let rules = prepared is AdminRules ? try await withLetters(prepared, new) : prepared
            if job.kind.onlyReads { return try await look(rules, context) }
            new.wanted = rules.wanted
            try await run(BegunJob(new, code, deciding(by: rules, context)), context)
        }
    }

    /// What a job asks the store to begin, again and again while another stands in its way.
    private final class BegunJob: Sendable {
        let job: NewJob
        let code: Redacted<String>?
        let decide: @Sendable (Situation) -> Decision

        init(_ job: NewJob, _ code: Redacted<String>?, _ decide: @escaping @Sendable (Situation) -> Decision) {
            self.job = job
            self.code = code
            self.decide = decide
        }
    }

    /// Begins until there is an outcome: each turn ends with one, or waits for whoever stands in the way.
    private func run(_ begun: BegunJob, _ context: JobContext) async throws(StoreError) {
        var pause = WaitForOther()
        var resumed: [RecordedReply] = []
        while true {
            switch try await turn(begun, context) {
            case .answered:
                context.disposition.resumed = resumed
                return
            case .inTheWay: await pause.wait(context.slot)
            case .again: break
            case .resumed(let record): resumed.append(record)
            }
            try throwIfStopping()
        }
    }

    /// How a try to begin went.
    private enum Turn {
        case answered
        /// Another job, or another worker, is at it.
        case inTheWay
        /// It may begin now.
        case again
        /// Another job was in the way, left behind by its worker, and has its outcome now.
        case resumed(RecordedReply)
    }

    private func turn(_ begun: BegunJob, _ context: JobContext) async throws(StoreError) -> Turn {
        let user = begun.job.login.user
        switch try await store.begin(begun.job, decide: begun.decide) {
        case .recorded(let record, let fresh):
            try await answer(context, record, user: user, isFresh: fresh)
            return .answered
        case .reused:
            try await answerReused(begun.job, context)
            return .answered
        case .inProgress: return .inTheWay
        case .busy: return try await late(begun.job, context) ? .answered : .inTheWay
        case .intent(let intent):
            Failpoint.afterBegin.hit()
            let finished = try await seenThrough(intent, context) { () async throws(StoreError) in
                try await caller.carryOut(intent, code: begun.code)
            }
            Failpoint.afterFinish.hit()
            return try await concluded(intent, finished, user, context)
        case .abandoned(let intent): return try await resume(intent, begun, context)
        }
    }

    @inline(never)
    private func answerReused(_ job: NewJob, _ context: JobContext) async throws(StoreError) {
        let draft = ReplyDraft(job)
        let answer = audited(draft.answer(.invalid, .messageIDReused, at: clocks.wall()), context)
        if !answer.changes.isEmpty { _ = try await store.refuse(nil, answer: answer) }
        reused(draft, context)
    }

    /// Answers a job that others keep from beginning once there is no time left for it.
    @inline(never)
    private func late(_ job: NewJob, _ context: JobContext) async throws(StoreError) -> Bool {
        guard job.deadline - clocks.wall() < ReplyDraft.leastTime else { return false }
        let late = ReplyDraft(job).answer(.late, at: clocks.wall())
        guard case .recorded(let record, let fresh)? = try await store.refuse(job, answer: late) else { return false }
        try await answer(context, record, user: job.login.user, isFresh: fresh)
        return true
    }

    /// Answers by how our own job's call ended, if it still was ours.
    private func concluded(
        _ intent: Intent, _ finished: Finished?, _ user: String, _ context: JobContext
    ) async throws(StoreError) -> Turn {
        guard case .recorded(let record)? = finished else { return .again }
        caller.observer?.concluded(ConcludedJob(intent, record.outcome, at: clocks.wall()))
        try await answer(context, record, user: user, isFresh: true)
        return .answered
    }

    /// Sees through what a worker left behind: this very job, or one that is in its way.
    @inline(never)
    private func resume(_ intent: Intent, _ begun: BegunJob, _ context: JobContext) async throws(StoreError) -> Turn {
        let user = begun.job.login.user
        guard intent.key == begun.job.key else {
            let finished = try await seenThrough(intent, nil) { () async throws(StoreError) in
                try await caller.resume(intent, code: nil)
            }
            guard case .recorded(let record)? = finished else { return .again }
            caller.observer?.concluded(ConcludedJob(intent, record.outcome, at: clocks.wall()))
            return .resumed(record)
        }
        guard intent.begins <= Self.mostBegins else {
            guard case .recorded(let record) = try await poisoned(intent, context) else { return .again }
            try await answer(context, record, user: user, isFresh: true)
            context.disposition.deadLetter = .poison
            return .answered
        }
        let finished = try await seenThrough(intent, context) { () async throws(StoreError) in
            try await caller.resume(intent, code: begun.code)
        }
        return try await concluded(intent, finished, user, context)
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
