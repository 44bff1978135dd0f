import Basics
import Testing
import TwilioVerify

@testable import App
@testable import TwilioSimulator

@Suite("Client and simulator agree about errors", .timeLimit(.minutes(10))) struct TwilioErrorsTests {
    /// Lines in Twilio's log about a text that went out.
    private static let warnings: Set = [60325, 60327, 60333, 60334, 60335, 60409]

    @Test func `A scripted number causes each error of the catalogue`() {
        for code in ErrorCatalog.codes where !Self.warnings.contains(code) {
            let isScripted = ScriptedErrors.deliveryErrors[code] != nil || ScriptedErrors.refusal(code) != nil
            #expect(isScripted, "\(code)")
        }
    }

    @Test func `The client understands every scripted refusal`() async throws {
        let stage = await TwilioStage()
        let app = try await stage.app(service: SimulatorConfiguration().serviceSID)
        let twilio = try app.client(as: try app.settings.account())
        for refusal in ScriptedErrors.refusals {
            let code = refusal.codes.lowerBound
            let to = try #require(E164(ScriptedNumbers.number(for: code)))
            let channel: TwilioVerify.Channel = refusal.condition == .callsOnly ? .call : .sms
            let failure = await #expect(throws: CallFailure.self, "\(code)") {
                try await twilio.start(to: to, channel: channel, locale: nil, gate: { true })
            }
            #expect(failure?.code == code)
            #expect(failure?.httpStatus == refusal.status, "\(code)")
            let expected: TwilioMeaning? =
                switch code {
                case 60200: .invalidTo
                case 20404, 60390...60392, 60431, 60623: .serviceMissing
                default: ErrorCatalog.entry(for: code)?.meaning
                }
            #expect(failure?.meaning == expected, "\(code)")
        }
    }
}
