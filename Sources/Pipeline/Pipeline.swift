public import Basics
public import Logging
import PhoneNumbers
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
    private let decoder = JobDecoder()
    /// A job whose work was begun this often by workers that died at it is not begun again.
    static let mostBegins = 5

    public init(
        store: any LoginStore, twilio: TwilioClient, settings: PipelineSettings, clocks: Clocks = .system,
        logger: Logger
    ) {
        self.store = store
        self.settings = settings
        self.clocks = clocks
        reconciler = Reconciler(store: store, twilio: twilio, settings: settings, clocks: clocks, logger: logger)
        caller = Caller(
            store: store, twilio: twilio, reconciler: reconciler, settings: settings, clocks: clocks, logger: logger)
    }

    /// Carries one message through to its recorded outcome.
    public func process(_ envelope: Envelope, slot: any Slot) async throws(StoreError) -> Disposition {
        let read = decoder.read(envelope)
        let address = ReplyAddress(envelope.replyTo, prefixes: settings.replyPrefixes)
        if case .unexpected = read.content { return try await bury(envelope, .unexpected) }
        if address == .refused { return try await bury(envelope, .replyToRefused) }
        let draft = ReplyDraft(job: read.messageID, user: read.user, application: read.application)
        switch read.content {
        case .unexpected: return Disposition()
        case .invalid(let reason, let problems, let dead):
            let answer = invalid(draft, reason, problems, dead, envelope)
            return try await refuse(envelope, read, answer, address)
        case .late:
            return try await refuse(envelope, read, draft.answer(.late, at: clocks.wall()), address)
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
        let draft = ReplyDraft(job: messageID, user: job.login.user, application: job.login.application)
        var new = newJob(job, messageID, read, envelope)
        switch job.request {
        case .options:
            let situation = try await store.situation(of: job.login)
            let reply =
                read.deadline - situation.now < .zero
                ? draft.reply(.late, at: situation.now)
                : OptionsRules.reply(draft, job.login, situation, settings.limits)
            return disposition(reply.encoded(), .options, nil, envelope, address)
        case .registerPhone(let phone, let region, let channel):
            switch parse(phone.revealed, region) {
            case .failure(let problem):
                let problems = [FieldProblem("phone", problem.rawValue)]
                let answer = invalid(draft, nil, problems, nil, envelope)
                return try await refuse(envelope, read, answer, address)
            case .success(let number):
                new.number = number.number
                let rules = SendRules(
                    draft: draft, login: job.login, channel: channel, purpose: .register, deadline: new.deadline,
                    limits: settings.limits)
                return try await run(new, nil, rules.decide, envelope, address, slot)
            }
        case .send(let channel):
            let rules = SendRules(
                draft: draft, login: job.login, channel: channel, purpose: .login, deadline: new.deadline,
                limits: settings.limits)
            return try await run(new, nil, rules.decide, envelope, address, slot)
        case .check(let code, let method):
            let rules = CheckRules(draft: draft, method: method, deadline: new.deadline, limits: settings.limits)
            return try await run(new, code, rules.decide, envelope, address, slot)
        }
    }

    private func parse(_ text: String, _ region: String?) -> Result<ParsedNumber, NumberProblem> {
        Result { () throws(NumberProblem) in try PhoneNumberParser.parse(text, region: region) }
    }

    /// Begins until there is an outcome: each turn ends with one, or waits for whoever stands in the way.
    private func run(
        _ job: NewJob, _ code: Redacted<String>?, _ decide: @escaping @Sendable (Situation) -> Decision,
        _ envelope: Envelope, _ address: ReplyAddress, _ slot: any Slot
    ) async throws(StoreError) -> Disposition {
        var pause = WaitForOther()
        while true {
            switch try await store.begin(job, decide: decide) {
            case .recorded(let record, _):
                return answer(record, envelope, address)
            case .reused:
                let reply = ReplyDraft(job).reply(.invalid, .messageIDReused, at: clocks.wall())
                return disposition(reply.encoded(), .invalid, nil, envelope, address)
            case .inProgress:
                await pause.wait(slot)
            case .busy:
                if job.deadline - clocks.wall() < ReplyDraft.leastTime {
                    let late = ReplyDraft(job).answer(.late, at: clocks.wall())
                    guard let record = try await store.refuse(job, answer: late) else { return Disposition() }
                    return answer(record, envelope, address)
                }
                await pause.wait(slot)
            case .intent(let intent):
                Failpoint.afterBegin.hit()
                let finished = try await caller.carryOut(intent, code: code)
                Failpoint.afterFinish.hit()
                if case .recorded(let record) = finished { return answer(record, envelope, address) }
            case .abandoned(let intent):
                let isOurs = intent.key == job.key
                if isOurs, intent.begins > Self.mostBegins {
                    let finished = try await poisoned(intent, envelope)
                    if case .recorded(let record) = finished { return answer(record, envelope, address) }
                    continue
                }
                let finished = try await caller.resume(intent, code: isOurs ? code : nil)
                if isOurs, case .recorded(let record)? = finished { return answer(record, envelope, address) }
            }
        }
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
