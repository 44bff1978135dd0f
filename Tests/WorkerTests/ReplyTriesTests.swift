import AMQP
import Store
import Testing

@testable import Worker

@Suite("Contract 3: a reply is tried until its fate is known")
struct ReplyTriesTests {
    private func closed(_ code: Int?) -> AMQPError { AMQPError(.connectionLost, "closed", replyCode: code) }

    /// The pauses until it is given up, if it is within so many tries.
    private func pauses(_ jitter: Double, _ step: (inout ReplyTries) -> ReplyTries.Step) -> [Duration]? {
        var tries = ReplyTries(isDirect: false)
        var pauses: [Duration] = []
        for _ in 0..<20 {
            switch step(&tries) {
            case .again(let pause): pauses.append(pause)
            case .end(let state):
                #expect(state == .undeliverable)
                return pauses
            }
        }
        return nil
    }

    @Test("confirmed, or returned: known at once")
    func known() {
        var tries = ReplyTries(isDirect: false)
        #expect(tries.published(.confirmed, jitter: 0) == .end(.confirmed))
        #expect(tries.published(.returned(code: 312, text: "NO_ROUTE"), jitter: 0) == .end(.undeliverable))
        #expect(tries.failed(AMQPError(.badArgument, "long"), jitter: 0) == .end(.undeliverable))
    }

    @Test("nacked, or refused by closing the channel: three times within 5 s", arguments: [0.0, 0.4, 1.0])
    func refused(jitter: Double) throws {
        let nacked = try #require(pauses(jitter) { $0.published(.refused, jitter: jitter) })
        #expect(nacked.count == 2 && nacked.reduce(.zero, +) < .seconds(5))
        for code in [404, 406] {
            #expect(pauses(jitter) { $0.failed(closed(code), jitter: jitter) } == nacked)
        }
    }

    @Test("a broker that is away refuses nothing", arguments: [nil, 320, 501, 541])
    func away(code: Int?) {
        #expect(pauses(1) { $0.failed(closed(code), jitter: 1) } == nil)
        #expect(pauses(1) { $0.failed(AMQPError(.notConnected, "no", replyCode: 403), jitter: 1) } == nil)
    }

    @Test(
        "without the right to write, no reply is refused for its own sake: it waits, in no hurry",
        arguments: [0.0, 1.0])
    func noRight(jitter: Double) {
        var tries = ReplyTries(isDirect: false)
        for _ in 0..<100 {
            guard case .again(let pause) = tries.failed(closed(403), jitter: jitter) else {
                Issue.record("given up")
                return
            }
            #expect(pause >= .milliseconds(500) && pause <= .seconds(2))
        }
        #expect(tries.published(.confirmed, jitter: jitter) == .end(.confirmed))
    }

    @Test("direct reply-to: once at most")
    func direct() {
        var tries = ReplyTries(isDirect: true)
        #expect(tries.failed(AMQPError(.notConnected, "no"), jitter: 0) == .again(after: .milliseconds(50)))
        #expect(tries.failed(closed(541), jitter: 0) == .end(.undeliverable))
    }
}
