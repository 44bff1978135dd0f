import Basics
import Ops
import Pipeline
import Testing
import TwilioVerify
import Wire

@testable import App
@testable import Worker

@Suite("What calls show, counted and passed on") struct MeteredBoardTests {
    private let board = ChannelBoard()
    private let meters = Meters(backend: "sqlite")

    private func state(_ method: Wire.Method) -> ChannelStatus.State? {
        board.status().channels[method.rawValue]?.state
    }

    @Test("8 a channel whose calls are cut off is down for as long, and login screens are told so")
    func cut() {
        let metered = MeteredBoard(board: board, meters: meters)
        #expect(state(.code(.sms)) == .ok)
        metered.isCut(.code(.sms), until: .now() + .seconds(3600))
        #expect(state(.code(.sms)) == .down && state(.code(.call)) == .ok)
        metered.isCut(.code(.sms), until: nil)
        #expect(state(.code(.sms)) != .down)
    }

    @Test("8 metrics: calls that are made once more, by how the one before failed")
    func repeats() async {
        let metered = MeteredBoard(board: board, meters: meters)
        for reason in [CallFailure.Result.rateLimited, .rateLimited, .networkError] {
            metered.repeats(RepeatedCall(call: "send_sms", reason: reason))
        }
        let text = await meters.registry.exposition(.text)
        #expect(text.contains(#"verify_courier_twilio_retries_total{call="send_sms",reason="rate_limited"} 2.0"#))
        #expect(text.contains(#"verify_courier_twilio_retries_total{call="send_sms",reason="network_error"} 1.0"#))
    }
}
