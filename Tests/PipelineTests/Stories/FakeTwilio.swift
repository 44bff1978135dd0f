import Basics
import Foundation
import TestKit
import Testing
import TwilioVerify

/// Twilio Verify as far as the pipeline speaks to it: one verification per number, and calls that go wrong as told.
final class FakeTwilio: Transport {
    enum Operation: String, Sendable {
        case start, check, fetch, cancel, attempts, service
        case createFactor, verifyFactor, factors, deleteFactor, deleteEntity
        case createChallenge, answerChallenge, challenges

        var isOfFactors: Bool { !FakeVerifications.operations.contains(self) && self != .service }
    }

    enum Fault: Sendable {
        /// It is done, and the answer is lost.
        case answerLost
        /// It never arrived, which nobody can tell.
        case neverArrived
        /// Nobody can tell that it is still under way: it is done when ``arrive()`` says so.
        case arrivesLater
        /// Not a byte left.
        case unreachable
        case answer(Int, code: Int?, retryAfter: String? = nil)
        /// Something between gave up and answers so; the call goes on behind it, and is done when ``arrive()`` says so.
        case goesOn(Int)
        /// It is done, and the answer has another text in place of one.
        case altered(String, String)
        /// It is done, and the answer says `valid` of what it says is still pending.
        case contradictory
    }

    static let service = "VA" + String(repeating: "0", count: 32)

    private struct State {
        var book = FakeVerifications()
        var factors = FakeFactors()
        var faults: [(operation: Operation, fault: Fault)] = []
        var calls: [Operation] = []
        /// `Locale` of each start.
        var languages: [String?] = []
        var slowness: [Operation: Duration] = [:]
        var underWay: [@Sendable (inout State) -> Void] = []
        /// The operation whose next call is held back once it is done.
        var holds: Operation?

        mutating func answer(
            _ operation: Operation, _ path: String, _ form: [(String, String)], at now: Timestamp
        ) -> TransportResponse {
            operation.isOfFactors
                ? factors.answer(operation, path, form, at: now) : book.answer(operation, path, form, at: now)
        }
    }

    /// How many calls were held so far, how many of those were waited for, and how many may go on.
    private struct Holding {
        var held = 0
        var seen = 0
        var letGo = 0
    }

    private let state = Locked(State())
    private let holding = Watched(Holding())
    private let time: TestClocks

    init(time: TestClocks) {
        self.time = time
    }

    var calls: [Operation] { state.withLock { $0.calls } }
    var languages: [String?] { state.withLock { $0.languages } }
    func count(_ operation: Operation) -> Int { calls.count { $0 == operation } }
    /// What Twilio has of authenticators.
    var factors: FakeFactors { state.withLock { $0.factors } }
    func change(_ change: @Sendable (inout FakeFactors) -> Void) { state.withLock { change(&$0.factors) } }
    func code(of number: String) -> String? { state.withLock { $0.book.code(of: number) } }
    /// The carrier says this of messages to a number.
    func carrierSays(_ status: String, code: Int? = nil, of number: String) {
        state.withLock { $0.book.carriers[number] = (status, code) }
    }
    func status(of number: String) -> String? { state.withLock { $0.book.latest(number)?.status } }
    func attempts(to number: String) -> Int { state.withLock { $0.book.latest(number)?.attempts.count ?? 0 } }

    /// The next call of this kind goes wrong; several faults take their turns.
    func fail(_ operation: Operation, _ fault: Fault) { state.withLock { $0.faults.append((operation, fault)) } }

    func forgetFaults() { state.withLock { $0.faults = [] } }

    /// Nothing goes wrong from now on.
    func heal() { state.withLock { ($0.faults, $0.slowness) = ([], [:]) } }

    /// Each call of this kind takes so long, on the test's clocks.
    func slow(_ operation: Operation, by duration: Duration) { state.withLock { $0.slowness[operation] = duration } }

    /// What is under way is done now.
    func arrive() {
        state.withLock { state in
            let underWay = state.underWay
            state.underWay = []
            for work in underWay { work(&state) }
        }
    }

    /// The next call of this kind is done at once and answered when let go.
    func hold(_ operation: Operation) { state.withLock { $0.holds = operation } }

    /// A call that does not come is a failure of the test, which goes on.
    func waitUntilHeld() async {
        do {
            try await Wait.bounded("a call that is held") { [holding] in await holding.wait { $0.held > $0.seen } }
        } catch { Issue.record(error) }
        holding.update { $0.seen += 1 }
    }

    /// Answers all that is held.
    func letGo() { holding.update { $0.letGo = $0.held } }

    func perform(
        _ request: TransportRequest, gate: @escaping @Sendable () -> Bool
    ) async throws(TransportError) -> TransportResponse {
        guard gate() else { throw TransportError(reach: .surelyNotSent, kind: .withheld) }
        let (operation, path) = Self.read(request)
        let (fault, slowness) = state.withLock { state in
            state.calls.append(operation)
            if operation == .start { state.languages.append(request.form.first { $0.0 == "Locale" }?.1) }
            let index = state.faults.firstIndex { $0.operation == operation }
            return (index.map { state.faults.remove(at: $0).fault }, state.slowness[operation])
        }
        if let slowness { time.advance(slowness) }
        switch fault {
        case .unreachable: throw TransportError(reach: .surelyNotSent, kind: .connect)
        case .neverArrived: throw TransportError(reach: .maybeSent, kind: .timeout)
        case .arrivesLater:
            sendOff(operation, path, request.form)
            throw TransportError(reach: .maybeSent, kind: .timeout)
        case .goesOn(let status):
            sendOff(operation, path, request.form)
            return Self.failure(status, nil)
        case .answer(let status, let code, let retryAfter):
            var response = Self.failure(status, code)
            (response.retryAfter, response.requestID) = (retryAfter, "RQ1")
            return response
        case .answerLost, .contradictory, .altered, nil: break
        }
        var response = state.withLock { $0.answer(operation, path, request.form, at: time.wall) }
        response.requestID = "RQ1"
        await holdIfAsked(operation)
        if case .contradictory? = fault { response.replace("\"valid\":false", "\"valid\":true") }
        if case .altered(let text, let other)? = fault { response.replace(text, other) }
        if case .answerLost? = fault { throw TransportError(reach: .maybeSent, kind: .timeout) }
        return response
    }

    private func sendOff(_ operation: Operation, _ path: String, _ form: [(String, String)]) {
        let time = time
        state.withLock { $0.underWay.append { _ = $0.answer(operation, path, form, at: time.wall) } }
    }

    private func holdIfAsked(_ operation: Operation) async {
        guard state.withLock({ $0.holds == operation }) else { return }
        state.withLock { $0.holds = nil }
        var number = 0
        holding.update {
            $0.held += 1
            number = $0.held
        }
        // Or until the task is cancelled, so that a test that fails meanwhile ends.
        await holding.wait { [number] in $0.letGo >= number }
    }

    private static func read(_ request: TransportRequest) -> (Operation, String) {
        let path = String(request.url.split(separator: "/v2/").last ?? "").removingPercentEncoding ?? ""
        let last = path.split(separator: "/").last.map { String($0) } ?? ""
        if path.contains("/Entities/") { return readFactors(request.method, path) }
        if path.hasPrefix("Attempts") { return (.attempts, path) }
        if last == "VerificationCheck" { return (.check, last) }
        if last == "Verifications" { return (.start, last) }
        if path.contains("/Verifications/") { return (request.method == .get ? .fetch : .cancel, last) }
        return (.service, last)
    }

    private static func readFactors(_ method: TransportRequest.Method, _ path: String) -> (Operation, String) {
        let words = path.split(separator: "?")[0].split(separator: "/").map(String.init)
        let below = Array(words[3...])
        let name = below.joined(separator: "/")
        return switch (method, below.count > 1 ? below[1] : "", below.count) {
        case (.delete, "Factors", _): (.deleteFactor, name)
        case (.delete, _, _): (.deleteEntity, name)
        case (.get, "Factors", _): (.factors, name)
        case (.get, _, _): (.challenges, name)
        case (_, "Factors", 2): (.createFactor, name)
        case (_, "Factors", _): (.verifyFactor, name)
        case (_, _, 2): (.createChallenge, name)
        default: (.answerChallenge, name)
        }
    }

    static func failure(_ status: Int, _ code: Int?) -> TransportResponse {
        let body = code.map { #"{"code":\#($0),"message":"x","status":\#(status)}"# } ?? "{}"
        return TransportResponse(status: status, body: Array(body.utf8))
    }
}

extension TransportResponse {
    fileprivate mutating func replace(_ text: String, _ other: String) {
        body = Array(String(decoding: body, as: UTF8.self).replacing(text, with: other).utf8)
    }
}
