import Basics
import Testing
import TwilioVerify

@testable import App
@testable import TwilioSimulator

@Suite("Client and simulator agree about errors", .timeLimit(.minutes(5))) struct TwilioErrorsTests {
    /// Errors about a number or the way to it: what a send can end with.
    private static let deliveryMeanings: Set<TwilioMeaning> = [
        .invalidTo, .fraudGuard, .countryNotAllowed, .landline, .optedOut, .unreachable,
    ]

    @Test func `A scripted number causes each delivery error of the catalogue`() {
        for code in ErrorCatalog.codes {
            guard let meaning = ErrorCatalog.entry(for: code)?.meaning, Self.deliveryMeanings.contains(meaning) else {
                continue
            }
            let isScripted =
                ScriptedErrors.deliveryErrors[code] != nil
                || ScriptedErrors.refusals.contains { $0.codes.contains(code) }
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
            let failure = await #expect(throws: CallFailure.self, "\(code)") {
                try await twilio.start(to: to, channel: .sms, locale: nil, gate: { true })
            }
            #expect(failure?.code == code)
            #expect(failure?.httpStatus == refusal.status, "\(code)")
            let expected: TwilioMeaning? =
                switch code {
                case 60200: .invalidTo
                case 20404, 60431, 60623: .serviceMissing
                default: ErrorCatalog.entry(for: code)?.meaning
                }
            #expect(failure?.meaning == expected, "\(code)")
        }
    }
}
