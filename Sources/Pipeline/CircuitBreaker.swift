import Basics
import TwilioVerify

/// Whether calls of one kind are made at all. Pure: it is told time, results and chance.
///
/// *Closed*, calls pass. When nearly all of the latest failed by a fault of Twilio's, or of our access to it, it *opens*:
/// nobody waits for what will fail. After a pause that doubles with every failure one call passes, a *probe*, and tells
/// whether it closes again. What was under way when it changed tells nothing any more.
struct CircuitBreaker: Sendable {
    /// Calls older than this tell nothing of now; longer than a few calls that are cut can take.
    static let window: Duration = .seconds(30)
    /// So many calls say something, if they are spread over some time: a hiccup is no outage.
    static let fewestCalls = 10
    static let shortestSpan: Duration = .seconds(3)
    /// More calls than this within the window tell no more.
    static let mostCalls = 100
    static let firstPause: Duration = .seconds(5)
    static let longestPause: Duration = .seconds(60)
    /// A probe that has told nothing by then is given up: longer than a call can last.
    static let probePatience: Duration = .seconds(20)

    enum Result: Sendable {
        case good
        /// With the pause that Twilio asks for, if it does.
        case bad(retryAfter: Duration? = nil)
        /// It never left, or was only told that it was too much.
        case untold
    }

    enum Change: Equatable {
        case opened(until: MonotonicTime)
        case closed
    }

    /// What a call that passes must show when it has ended.
    struct Ticket: Sendable, Equatable {
        fileprivate var epoch: Int
    }

    private enum State {
        case closed
        case open(until: MonotonicTime)
        case probing(since: MonotonicTime)
    }

    private var state = State.closed
    /// Raised with every change of state, and with every probe.
    private var epoch = 0
    private var calls: [(at: MonotonicTime, isBad: Bool)] = []
    /// How often it opened since it was closed last.
    private var openings = 0

    /// Whether a call would not pass now.
    func refuses(at now: MonotonicTime) -> Bool {
        switch state {
        case .closed: false
        case .open(let until): now < until
        case .probing(let since): now - since < Self.probePatience
        }
    }

    /// Lets a call pass, or not.
    mutating func admit(at now: MonotonicTime) -> Ticket? {
        guard !refuses(at: now) else { return nil }
        if case .closed = state { return Ticket(epoch: epoch) }
        become(.probing(since: now))
        return Ticket(epoch: epoch)
    }

    /// - Parameter jitter: 0 to 1: workers that saw the same outage must not probe together.
    mutating func note(_ result: Result, of ticket: Ticket, at now: MonotonicTime, jitter: Double) -> Change? {
        guard ticket.epoch == epoch else { return nil }
        switch (state, result) {
        case (.open, _), (.closed, .untold): return nil
        case (.closed, .good):
            add(isBad: false, at: now)
            return nil
        case (.closed, .bad(let retryAfter)):
            add(isBad: true, at: now)
            return isOutage(at: now) ? open(at: now, retryAfter, jitter) : nil
        case (.probing, .bad(let retryAfter)): return open(at: now, retryAfter, jitter)
        case (.probing, .untold):
            // The next call is the probe.
            become(.open(until: now))
            return nil
        case (.probing, .good):
            openings = 0
            become(.closed)
            return .closed
        }
    }

    private mutating func add(isBad: Bool, at now: MonotonicTime) {
        calls.append((now, isBad))
        calls.removeFirst(max(calls.prefix { now - $0.at > Self.window }.count, calls.count - Self.mostCalls))
    }

    private func isOutage(at now: MonotonicTime) -> Bool {
        guard calls.count >= Self.fewestCalls, let first = calls.first, now - first.at >= Self.shortestSpan else {
            return false
        }
        return calls.count(where: \.isBad) * 5 >= calls.count * 4
    }

    private mutating func open(at now: MonotonicTime, _ retryAfter: Duration?, _ jitter: Double) -> Change {
        let pause = min(Self.longestPause, Self.firstPause * (1 << min(openings, 8)))
        let until = now + max(pause * (0.8 + 0.4 * jitter), retryAfter ?? .zero)
        openings += 1
        become(.open(until: until))
        return .opened(until: until)
    }

    private mutating func become(_ next: State) {
        state = next
        epoch += 1
        calls = []
    }
}

extension CircuitBreaker.Result {
    init(_ failure: CallFailure) {
        switch failure.result {
        case .serverError, .timeout, .networkError, .tlsError, .badResponse, .unauthorized:
            self = .bad(retryAfter: failure.retryAfter)
        case .withheld, .rateLimited: self = .untold
        case .clientError, .notFound:
            let keepsAllOut: [TwilioMeaning] = [.credentials, .serviceMissing, .providerFault]
            self = keepsAllOut.contains(failure.meaning) ? .bad() : .good
        }
    }
}
