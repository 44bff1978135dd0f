import Basics
import TwilioVerify

/// Whether calls of one kind are made at all.
///
/// Pure: it is told time, results and chance.
///
/// *Closed*, calls pass. When nearly all of the latest failed by a fault of Twilio's, or of our access to it, it *opens*:
/// nobody waits for what will fail. After a pause that doubles with every failure one call passes, a *probe*, and tells
/// whether it closes again. What was under way when it changed tells nothing any more.
struct CircuitBreaker: Sendable {
    /// Calls older than this tell nothing of now; longer than a few calls that are cut can take.
    static let window: Duration = .seconds(30)
    /// So many calls say something, if it goes on for some time: a hiccup is no outage.
    static let fewestCalls = 10
    static let shortestOutage: Duration = .seconds(3)
    /// Few: when calls begin to hang, only those that were let out end, late, and those that wait behind them are to
    /// hear of it then.
    static let mostCalls = 20
    static let firstPause: Duration = .seconds(5)
    static let longestPause: Duration = .seconds(60)
    /// Those that waited for room when it opened are let go one after another: hundreds of answers at once would hold
    /// up the other lanes.
    static let betweenWaiting: Duration = .milliseconds(20)
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
        fileprivate var began: MonotonicTime
    }

    private struct Call {
        var began: MonotonicTime
        var ended: MonotonicTime
        var isBad: Bool
    }

    private enum State {
        case closed
        case open(until: MonotonicTime)
        case probing(since: MonotonicTime)
    }

    private var state = State.closed
    /// Raised with every change of state, and with every probe.
    private var epoch = 0
    private var calls: [Call] = []
    /// When the first of those began that nearly all failed.
    private var failingSince: MonotonicTime?
    /// How often it opened since it was closed last.
    private var openings = 0
    private var lastLetGo: MonotonicTime?

    /// How it stands, for operators.
    func standing(at now: MonotonicTime) -> CircuitStanding {
        switch state {
        case .closed: .closed
        case .open(let until): now < until ? .open : .halfOpen
        case .probing: .halfOpen
        }
    }

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
        if case .closed = state { return Ticket(epoch: epoch, began: now) }
        become(.probing(since: now))
        return Ticket(epoch: epoch, began: now)
    }

    /// How long a call that waited, and does not pass now, waits on until it may be given up.
    mutating func delayOfLettingGo(at now: MonotonicTime) -> Duration {
        let turn = lastLetGo.map { max(now, $0 + Self.betweenWaiting) } ?? now
        lastLetGo = turn
        return turn - now
    }

    /// - Parameter jitter: 0 to 1: workers that saw the same outage must not probe together.
    mutating func note(_ result: Result, of ticket: Ticket, at now: MonotonicTime, jitter: Double) -> Change? {
        guard ticket.epoch == epoch else { return nil }
        switch (state, result) {
        case (.open, _), (.closed, .untold): return nil
        case (.closed, .good):
            add(Call(began: ticket.began, ended: now, isBad: false))
            return nil
        case (.closed, .bad(let retryAfter)):
            add(Call(began: ticket.began, ended: now, isBad: true))
            guard let failingSince, now - failingSince >= Self.shortestOutage else { return nil }
            return open(at: now, retryAfter, jitter)
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

    private mutating func add(_ call: Call) {
        calls.append(call)
        calls.removeFirst(
            max(calls.prefix { call.ended - $0.ended > Self.window }.count, calls.count - Self.mostCalls))
        let bad = calls.lazy.filter(\.isBad)
        let areFailing = calls.count >= Self.fewestCalls && bad.count * 10 >= calls.count * 9
        failingSince = areFailing ? failingSince ?? bad.map(\.began).min() : nil
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
        failingSince = nil
    }
}

extension CircuitBreaker.Result {
    init(_ failure: CallFailure) {
        switch failure.result {
        case .serverError, .timeout, .networkError, .proxyError, .tlsError, .badResponse, .unauthorized:
            self = .bad(retryAfter: failure.retryAfter)
        case .withheld, .rateLimited: self = .untold
        case .clientError, .notFound:
            // Whether it is the language or the service that is missing, only the next call shows.
            guard failure.meaning != .localeNotSupported else {
                self = .untold
                return
            }
            let keepsAllOut: [TwilioMeaning] = [.credentials, .serviceMissing, .providerFault]
            self = keepsAllOut.contains(failure.meaning) ? .bad() : .good
        }
    }
}
