import Basics
import TestKit
import Testing
import TwilioVerify
import Wire

@testable import Pipeline

@Suite("A circuit breaker: no calls into an outage")
struct CircuitBreakerTests {
    private var now = MonotonicTime(nanoseconds: 0)
    private var breaker = CircuitBreaker()

    /// One call, a second after the one before; `nil` when it did not pass.
    private mutating func call(
        _ result: CircuitBreaker.Result, after pause: Duration = .seconds(1), jitter: Double = 0.5
    ) -> CircuitBreaker.Change?? {
        now = now + pause
        guard let ticket = breaker.admit(at: now) else { return nil }
        return .some(breaker.note(result, of: ticket, at: now, jitter: jitter))
    }

    @Test("opens when nearly all of ten fail")
    mutating func opens() {
        #expect(call(.good) == .some(nil))
        for _ in 0..<8 { #expect(call(.bad()) == .some(nil)) }
        #expect(call(.bad()) == .opened(until: now + .seconds(5)))
        #expect(call(.good) == nil)
    }

    @Test("opens after three seconds, however many calls they held and however many worked before")
    mutating func opensUnderLoad() {
        for _ in 0..<200 { #expect(call(.good, after: .milliseconds(5)) == .some(nil)) }
        for _ in 0..<600 { #expect(call(.bad(), after: .milliseconds(5)) == .some(nil)) }
        #expect(call(.bad(), after: .milliseconds(5)) == .opened(until: now + .seconds(5)))
    }

    @Test("calls that hang: opens as soon as the first of them have ended")
    mutating func hanging() {
        for _ in 0..<100 { #expect(call(.good, after: .milliseconds(10)) == .some(nil)) }
        let tickets = (0..<40).compactMap { _ in breaker.admit(at: now) }
        now = now + .seconds(10)
        let changes = tickets.map { breaker.note(.bad(), of: $0, at: now, jitter: 0.5) }
        #expect(changes.firstIndex { $0 != nil } == 17)
        #expect(changes[17] == .opened(until: now + .seconds(5)))
    }

    @Test("stays closed while some get through, and through a hiccup")
    mutating func closed() {
        for _ in 0..<30 {
            for _ in 0..<2 { #expect(call(.bad()) == .some(nil)) }
            #expect(call(.good) == .some(nil))
        }
        var hiccup = CircuitBreaker()
        for _ in 0..<50 {
            guard let ticket = hiccup.admit(at: now) else {
                Issue.record("it opened")
                return
            }
            #expect(hiccup.note(.bad(), of: ticket, at: now, jitter: 1) == nil)
        }
    }

    @Test("limits and what never left are no fault")
    mutating func untold() {
        for _ in 0..<30 { #expect(call(.untold) == .some(nil)) }
        for _ in 0..<9 { #expect(call(.bad()) == .some(nil)) }
        #expect(call(.untold) == .some(nil))
        #expect(call(.bad()) == .opened(until: now + .seconds(5)))
    }

    @Test("one probe after the pause: it closes, or the pause doubles, up to a minute; Retry-After lengthens it")
    mutating func probes() {
        for _ in 0..<10 { _ = call(.bad()) }
        for pause in [10, 20, 40, 60, 60] {
            now = now + .seconds(60)
            #expect(call(.bad()) == .opened(until: now + .seconds(pause)))
        }
        now = now + .seconds(60)
        #expect(call(.bad(retryAfter: .seconds(90))) == .opened(until: now + .seconds(90)))
        now = now + .seconds(90)
        #expect(call(.good) == .closed)
        for _ in 0..<9 { #expect(call(.bad()) == .some(nil)) }
        #expect(call(.bad()) == .opened(until: now + .seconds(5)))
    }

    @Test("a probe that tells nothing leaves its place to the next, at the latest after its time")
    mutating func lostProbe() {
        for _ in 0..<10 { _ = call(.bad()) }
        now = now + .seconds(60)
        #expect(call(.untold) == .some(nil))
        let lost = breaker.admit(at: now)
        #expect(lost != nil && breaker.admit(at: now + .seconds(19)) == nil)
        now = now + .seconds(20)
        #expect(call(.good) == .closed)
        #expect(lost.map { breaker.note(.bad(), of: $0, at: now, jitter: 0) } == .some(nil))
        #expect(!breaker.refuses(at: now))
    }

    @Test("those that waited are let go one every twenty milliseconds; one alone does not wait on")
    mutating func lettingGo() {
        var delays = (0..<5).map { _ in breaker.delayOfLettingGo(at: now) }
        #expect(delays == [0, 20, 40, 60, 80].map { .milliseconds($0) })
        now = now + .milliseconds(75)
        delays = (0..<2).map { _ in breaker.delayOfLettingGo(at: now) }
        #expect(delays == [.milliseconds(25), .milliseconds(45)])
        now = now + .seconds(1)
        #expect(breaker.delayOfLettingGo(at: now) == .zero)
    }

    @Test("what a failure is: Twilio's fault or our access, no answer that a person does not like")
    func failures() {
        func isBad(_ failure: CallFailure) -> Bool? {
            switch CircuitBreaker.Result(failure) {
            case .good: false
            case .bad: true
            case .untold: nil
            }
        }
        for result: CallFailure.Result in [
            .serverError, .timeout, .networkError, .tlsError, .badResponse, .unauthorized,
        ] {
            #expect(isBad(CallFailure(effect: .unknown, result: result)) == true)
        }
        for result: CallFailure.Result in [.withheld, .rateLimited] {
            #expect(isBad(CallFailure(effect: .none, result: result)) == nil)
        }
        // Whether the language or the service is missing, only the call without a language shows.
        #expect(isBad(CallFailure(effect: .refused, result: .notFound, meaning: .localeNotSupported)) == nil)
        for meaning: TwilioMeaning in [.invalidTo, .fraudGuard, .notFound, .maxChecks, .wrongCode, .landline] {
            #expect(isBad(CallFailure(effect: .refused, result: .clientError, meaning: meaning)) == false)
        }
        #expect(isBad(CallFailure(effect: .refused, result: .notFound, meaning: .serviceMissing)) == true)
    }
}

@Suite("CircuitBreaker, whatever happens")
struct CircuitBreakerPropertyTests {
    /// What the breaker may do, told by the simplest means.
    private struct Model {
        var openUntil: MonotonicTime?
        var probe: (ticket: CircuitBreaker.Ticket, since: MonotonicTime)?
        var openings = 0
    }

    @Test("nothing passes while it is open, one probe at a time, and pauses are within their bounds", arguments: 1...40)
    func holds(seed: UInt64) throws {
        var chance = Seeded(seed)
        var (breaker, model) = (CircuitBreaker(), Model())
        var now = MonotonicTime(nanoseconds: 0)
        var underWay: [CircuitBreaker.Ticket] = []
        for step in 0..<2000 {
            now = now + .milliseconds(Int.random(in: 0...1500, using: &chance))
            let note: Comment = "seed \(seed), step \(step)"
            if Bool.random(using: &chance) || underWay.isEmpty {
                let refuses = breaker.refuses(at: now)
                let ticket = breaker.admit(at: now)
                try #require((ticket == nil) == refuses, note)
                guard let ticket else { continue }
                underWay.append(ticket)
                guard let until = model.openUntil else { continue }
                try #require(now >= until, note)
                if let probe = model.probe {
                    try #require(now - probe.since >= CircuitBreaker.probePatience, note)
                }
                model.probe = (ticket, now)
            } else {
                let ticket = underWay.remove(at: Int.random(in: underWay.indices, using: &chance))
                let isProbe = model.probe?.ticket == ticket
                let result = Self.result(outage: step / 200 % 2 == 1, using: &chance)
                let change = breaker.note(
                    result, of: ticket, at: now, jitter: Double.random(in: 0...1, using: &chance))
                try check(change, result, isProbe, &model, now, note)
            }
        }
    }

    private static func result(outage: Bool, using chance: inout Seeded) -> CircuitBreaker.Result {
        switch Int.random(in: 0..<20, using: &chance) {
        case 0: .untold
        case 1: outage ? .good : .bad()
        default: outage ? .bad() : .good
        }
    }

    private func check(
        _ change: CircuitBreaker.Change?, _ result: CircuitBreaker.Result, _ isProbe: Bool, _ model: inout Model,
        _ now: MonotonicTime, _ note: Comment
    ) throws {
        switch change {
        case .opened(let until):
            guard case .bad = result else { return try #require(Bool(false), note) }
            try #require(isProbe || model.openUntil == nil, note)
            let doubled = CircuitBreaker.firstPause * (1 << min(model.openings, 8))
            let pause = min(CircuitBreaker.longestPause, doubled)
            try #require(until - now >= pause * 0.79 && until - now <= pause * 1.21, note)
            model = Model(openUntil: until, openings: model.openings + 1)
        case .closed:
            guard case .good = result else { return try #require(Bool(false), note) }
            try #require(isProbe, note)
            model = Model()
        case nil:
            guard isProbe else { return }
            guard case .untold = result else { return try #require(Bool(false), note) }
            model.probe = nil
        }
    }
}
