import Basics
import Ops
import Pipeline
import Store
import TwilioVerify
import Wire
import Worker

extension Meters: WorkObserver {
    func received(_ job: ReceivedJob) {
        received.add(1, job.lane.rawValue, Self.name(job.kind))
        if job.isRedelivered { redelivered.add(1, job.lane.rawValue) }
        if let time = job.waited { waited.observe(time, job.lane.rawValue, Self.name(job.kind)) }
    }

    func gotSlot(_ lane: LaneName, after time: Duration) {
        slotWait.observe(time, lane.rawValue)
    }

    func published(_ fate: ReplyFate, after time: Duration) {
        replies.add(1, fate.rawValue)
        replyTime.observe(time)
    }

    func settled(_ job: SettledJob) {
        let operation = Self.name(job.kind)
        processed.add(1, job.lane.rawValue, operation, job.result.rawValue)
        processTime.observe(job.duration, operation, job.result.rawValue)
        if let reason = job.deadLetter { deadLettered.add(1, job.lane.rawValue, reason.rawValue) }
        if job.unknownFields > 0 { unknownFields.add(Double(job.unknownFields), operation) }
        for field in job.mistypedFields { mistyped.add(1, operation, field) }
        guard job.result != .duplicate, let outcome = job.outcome else { return }
        outcomes.add(1, operation, job.application?.rawValue ?? "none", outcome.rawValue)
        if let reason = job.refusal { refused.add(1, operation, outcome.rawValue, reason) }
    }

    /// Routing keys are anybody's words where they are no job's.
    private static func name(_ kind: JobKind?) -> String { kind?.rawValue ?? KnownLabels.other }
}

extension Meters: TwilioObserver {
    func ended(_ request: EndedRequest) {
        let endpoint = request.operation.rawValue
        requests.add(1, endpoint, request.failure?.result.label ?? "success")
        requestTime.observe(request.duration, endpoint)
        guard let code = request.failure?.code else { return }
        requestErrors.add(1, endpoint, ErrorCatalog.entry(for: code) == nil ? "other" : String(code))
    }
}

extension Meters: StoreObserver {
    func ended(_ operation: String, _ failure: StoreError?, after time: Duration) {
        let name = KnownLabels.storeNames[operation] ?? KnownLabels.other
        storeOperations.add(1, backend, name, failure?.code.label ?? "ok")
        storeTime.observe(time, backend, name)
    }

    func committed(after time: Duration) {
        commitTime.observe(time, backend)
    }

    func found(_ record: UnreadableRecord) {
        unreadable.add(1, record.table)
    }

    func dropped(letters: Int) {
        lettersDropped.add(Double(letters))
    }
}

/// Tells what calls show to the board of channels, and counts what came of them.
struct MeteredBoard: CallObserver {
    let board: ChannelBoard
    let meters: Meters

    func observed(_ call: ObservedCall) {
        board.observed(call)
        if call.result == .blocked { meters.fraudBlocked.add(1, Self.name(call.country)) }
    }

    func isCut(_ channel: Wire.Method, until: MonotonicTime?) { board.isCut(channel, until: until) }

    func repeats(_ call: RepeatedCall) { meters.retries.add(1, call.call, call.reason.label) }

    func concluded(_ job: ConcludedJob) {
        let channel = job.channel?.rawValue ?? "none"
        let country = Self.name(job.country)
        switch job.operation {
        case .send:
            guard job.outcome == .sent else { return }
            if job.isRepeat {
                meters.resends.add(1, channel)
            } else {
                meters.started.add(1, channel, country)
            }
        case .check:
            meters.checks.add(1, channel, job.outcome.rawValue)
            guard job.outcome == .approved else { return }
            meters.finished.add(1, channel, country, "approved")
            if let age = job.age { meters.timeToApprove.observe(age, channel) }
        case .cancel:
            if job.outcome == .canceled { meters.finished.add(1, channel, country, "canceled") }
        case .enrol: meters.factors.add(1, (job.outcome == .enrolling ? FactorEvent.created : .failed).rawValue)
        case .prove:
            meters.checks.add(1, Wire.Method.authenticator.rawValue, job.outcome.rawValue)
            if job.outcome == .approved { meters.factors.add(1, FactorEvent.verified.rawValue) }
        case .challenge: meters.checks.add(1, Wire.Method.authenticator.rawValue, job.outcome.rawValue)
        case .remove: break
        }
    }

    private static func name(_ country: String?) -> String { country ?? "none" }
}
