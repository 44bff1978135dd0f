import Basics

/// Who waits for what the broker says of a message: told once, by the broker, by the connection's end or by the task's
/// cancellation, whichever comes first.
///
/// During an alarm the broker may say nothing for hours.
final class PublishWaiter: Sendable {
    typealias Outcome = Result<PublishOutcome, AMQPError>

    private enum State {
        case new
        case waiting(CheckedContinuation<Outcome, Never>)
        /// Told before it began to wait.
        case early(Outcome)
        case told
    }

    private let state = Locked(State.new)

    /// To be called once.
    func wait(_ continuation: CheckedContinuation<Outcome, Never>) {
        let early = state.withLock { state -> Outcome? in
            guard case .early(let outcome) = state else {
                state = .waiting(continuation)
                return nil
            }
            state = .told
            return outcome
        }
        if let early { continuation.resume(returning: early) }
    }

    /// Does nothing if it was told before.
    func resume(returning outcome: Outcome) {
        let waiting = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            switch state {
            case .new:
                state = .early(outcome)
                return nil
            case .waiting(let continuation):
                state = .told
                return continuation
            case .early, .told: return nil
            }
        }
        waiting?.resume(returning: outcome)
    }
}
