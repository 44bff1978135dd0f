import Basics
import Logging
import TwilioVerify
import Wire

/// What is called at Twilio, as far as one may fail while the others work: texts and calls fail apart.
struct CalledOperation: Hashable, Sendable {
    var operation: ProviderOperation
    /// What is sent by.
    var channel: Wire.Channel?

    /// Every one that there is.
    static let all = ProviderOperation.allCases.flatMap { operation in
        switch operation {
        case .send: Wire.Channel.allCases.map { CalledOperation(operation: operation, channel: $0) }
        case .check, .cancel, .enrol, .prove, .challenge, .remove: [CalledOperation(operation: operation)]
        }
    }

    /// As a metric's label: `send_sms`, `check`.
    var label: String { ([operation.rawValue] + (channel.map { [$0.rawValue] } ?? [])).joined(separator: "_") }

    /// For operators.
    var name: String { channel.map { "\(operation.name) by \($0.label)" } ?? operation.name }

    /// The method that is down while it fails.
    var method: Wire.Method? { channel.map(Wire.Method.code) ?? operation.method }
}

/// Whether calls of an operation are made, as operators call it.
public enum CircuitStanding: String, Sendable, CaseIterable {
    /// They are.
    case closed
    /// One is, and tells whether the others are.
    case halfOpen = "half_open"
    /// None is for a while.
    case open
}

/// This worker's circuit breakers, one for each operation: by what its own calls have shown.
final class CircuitBreakers: Sendable {
    /// Referred to, since a dictionary's value that is changed in place costs allocations.
    ///
    /// Behind the lock.
    private final class Cell {
        var breaker = CircuitBreaker()
    }

    private let breakers = Locked<[CalledOperation: Cell]>([:])
    private let clocks: Clocks
    private let observer: (any CallObserver)?
    private let logger: Logger

    init(clocks: Clocks, observer: (any CallObserver)?, logger: Logger) {
        self.clocks = clocks
        self.observer = observer
        self.logger = logger
    }

    /// Of the operations that were called since the start, by name.
    var standings: [(operation: String, standing: CircuitStanding)] {
        let now = clocks.monotonic()
        let all = breakers.withLock { $0.map { ($0.key.name, $0.value.breaker.standing(at: now)) } }
        return all.sorted { $0.0 < $1.0 }.map { (operation: $0.0, standing: $0.1) }
    }

    /// Of every operation, by its label; one that was never called is closed.
    var labelled: [(call: String, standing: CircuitStanding)] {
        let now = clocks.monotonic()
        return breakers.withLock { breakers in
            CalledOperation.all.map { (call: $0.label, standing: breakers[$0]?.breaker.standing(at: now) ?? .closed) }
        }
    }

    func refuses(_ operation: CalledOperation) -> Bool {
        let now = clocks.monotonic()
        return breakers.withLock { $0[operation]?.breaker.refuses(at: now) ?? false }
    }

    func admit(_ operation: CalledOperation) -> CircuitBreaker.Ticket? {
        let now = clocks.monotonic()
        return breakers.withLock { breakers in
            if let cell = breakers[operation] { return cell.breaker.admit(at: now) }
            let cell = Cell()
            breakers[operation] = cell
            return cell.breaker.admit(at: now)
        }
    }

    /// Waits until a call that waited for room in vain may be given up.
    func letGo(_ operation: CalledOperation) async {
        let now = clocks.monotonic()
        let delay = breakers.withLock { $0[operation]?.breaker.delayOfLettingGo(at: now) ?? .zero }
        if delay > .zero { try? await Task.sleep(for: delay) }
    }

    /// - Parameter failure: how the call failed; `nil` when it did not.
    func note(_ failure: CallFailure?, of ticket: CircuitBreaker.Ticket, _ operation: CalledOperation) {
        let result = failure.map { CircuitBreaker.Result($0) } ?? .good
        let now = clocks.monotonic()
        let jitter = Double.random(in: 0...1)
        let change = breakers.withLock { $0[operation]?.breaker.note(result, of: ticket, at: now, jitter: jitter) }
        switch change {
        case nil: return
        case .opened(let until):
            var metadata: Logger.Metadata = [
                "operation": "\(operation.name)", "seconds": "\((until - now).components.seconds)",
            ]
            if let failure {
                metadata["reason"] = "\(failure)"
                metadata["advice"] = "\(ErrorCatalog.advice(on: failure))"
            }
            logger.warning("Twilio fails: no calls for a while", metadata: metadata)
            if let method = operation.method { observer?.isCut(method, until: until) }
        case .closed:
            logger.notice("Twilio works again", metadata: ["operation": "\(operation.name)"])
            if let method = operation.method { observer?.isCut(method, until: nil) }
        }
    }
}
