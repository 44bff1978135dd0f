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
        outcomes.add(1, operation, outcome.rawValue)
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
        storeOperations.add(1, backend, operation, failure?.code.label ?? "ok")
        storeTime.observe(time, backend, operation)
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

    func concluded(_ job: ConcludedJob) {
        switch job.operation.success {
        case .sent?:
            guard job.outcome == .sent else { return }
            meters.started.add(1, job.channel?.rawValue ?? "none", Self.name(job.country))
        case .checked?:
            meters.checks.add(1, job.outcome.rawValue)
            if job.outcome == .approved { meters.finished.add(1, Self.name(job.country), "approved") }
        case .canceled?:
            if job.outcome == .canceled { meters.finished.add(1, Self.name(job.country), "canceled") }
        case nil: break
        }
    }

    private static func name(_ country: String?) -> String { country ?? "none" }
}
