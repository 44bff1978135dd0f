import Basics
import Store
import TwilioVerify
import Wire

/// How a call ended, as far as it matters to the job.
enum CallResult<Value: Sendable>: Sendable {
    case done(Value)
    /// Twilio answered no: final; or has been asked too much until there was no time left.
    case refused(CallFailure)
    /// Surely nothing happened, and there is no time left to try again; `throttled`: there was no room for it.
    case notDone(Outcome)
    /// It may have happened. `isOver`: Twilio answered, with an error of its own, so nothing of it is under way.
    case lost(isOver: Bool)
}

extension Caller {
    /// Calls, and repeats only what surely did nothing, while deadline and lease allow.
    ///
    /// While the operation's circuit is open it is given up at once.
    ///
    /// - Parameter other: what is called, where it is not what the intent is for.
    func attempt<Value: Sendable>(
        _ intent: Intent, as other: ProviderOperation? = nil,
        _ call: (@escaping @Sendable () -> Bool) async throws(CallFailure) -> Value
    ) async -> CallResult<Value> {
        var lease = intent.leaseUntil
        var backoff = Backoff(first: .milliseconds(200), longest: .seconds(3))
        let operation =
            other.map { CalledOperation(operation: $0) }
            ?? CalledOperation(operation: intent.call.operation, channel: intent.call.channel)
        while true {
            guard !circuits.refuses(operation) else { return .notDone(.unavailable) }
            guard let place = await room(for: intent, lease: &lease) else { return .notDone(.throttled) }
            guard let ticket = circuits.admit(operation) else {
                place.leave()
                await circuits.letGo(operation)
                return .notDone(.unavailable)
            }
            let gate = gate(leaseUntil: lease, deadline: intent.deadline, place)
            do throws(CallFailure) {
                defer { place.leave() }
                let value = try await call(gate)
                circuits.note(nil, of: ticket, operation)
                return .done(value)
            } catch {
                circuits.note(error, of: ticket, operation)
                switch error.effect {
                case .refused: return .refused(error)
                case .unknown: return .lost(isOver: error.result == .serverError)
                case .none: break
                }
                let wait = max(error.retryAfter ?? .zero, backoff.next())
                let left = intent.deadline - clocks.wall()
                guard left - wait >= ReplyDraft.leastTime else {
                    if error.result == .rateLimited { return .refused(error) }
                    return .notDone(error.result == .withheld && left < ReplyDraft.leastTime ? .late : .unavailable)
                }
                // Cancelled, nothing is tried again: surely nothing happened.
                do { try await Task.sleep(for: wait) } catch { return .notDone(.unavailable) }
                observer?.repeats(RepeatedCall(call: operation.label, reason: error.result))
                // A lease that cannot be renewed is another worker's now: its outcome will count, not ours.
                if let renewed = try? await store.renew(intent) { lease = renewed.leaseUntil }
            }
        }
    }

    /// Tells the observer what a call showed of its channel.
    ///
    /// - Parameter country: ISO 3166-1 alpha-2 of the number; `nil` where there is none.
    func observed<Value: Sendable>(
        _ channel: Wire.Method, country: String? = nil, _ call: () async throws(CallFailure) -> Value
    ) async throws(CallFailure) -> Value {
        let began = clocks.monotonic()
        func tell(_ failure: CallFailure?) {
            let seen = ObservedCall(
                channel: channel, failure: failure, duration: clocks.monotonic() - began, country: country)
            if let seen { observer?.observed(seen) }
        }
        do throws(CallFailure) {
            let value = try await call()
            tell(nil)
            return value
        } catch {
            tell(error)
            throw error
        }
    }

    /// The last-moment check, made when the request is about to leave: enough of the lease, enough time, still room.
    private func gate(
        leaseUntil: MonotonicTime, deadline: Timestamp, _ place: CallPlace
    ) -> @Sendable () -> Bool {
        let clocks = clocks
        return {
            leaseUntil - clocks.monotonic() >= Lease.neededForCall
                && deadline - clocks.wall() >= ReplyDraft.leastTime && place.mayDepart()
        }
    }
}
