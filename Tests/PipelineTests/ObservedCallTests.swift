import Testing
import TwilioVerify
import Wire

@testable import Pipeline

@Suite struct ObservedCallTests {
    private func result(_ failure: CallFailure?) -> ObservedCall.Result? {
        ObservedCall(channel: .code(.sms), failure: failure, duration: .seconds(1), country: "US")?.result
    }

    @Test("an answer is one, also one that a person does not like")
    func answered() {
        #expect(result(nil) == .answered)
        for meaning: TwilioMeaning in [
            .invalidTo, .maxChecks, .maxSends, .landline, .optedOut, .unreachable, .wrongCode,
        ] {
            #expect(result(CallFailure(effect: .refused, result: .clientError, meaning: meaning)) == .answered)
        }
        #expect(result(CallFailure(effect: .refused, result: .notFound, meaning: .notFound)) == .answered)
        #expect(result(CallFailure(effect: .refused, result: .rateLimited, meaning: .tooManyUserRequests)) == .answered)
    }

    @Test("whatever keeps everybody out is a fault")
    func faulty() {
        for kind: CallFailure.Result in [.serverError, .timeout, .networkError, .tlsError, .badResponse, .unauthorized]
        {
            #expect(result(CallFailure(effect: .unknown, result: kind)) == .faulty)
        }
        for meaning: TwilioMeaning in [.credentials, .serviceMissing, .channelDisabled, .providerFault, .rateLimited] {
            #expect(result(CallFailure(effect: .refused, result: .clientError, meaning: meaning)) == .faulty)
        }
    }

    @Test("a refusal for fraud or country is a block, and what never left is nothing")
    func blockedAndWithheld() {
        #expect(result(CallFailure(effect: .refused, result: .clientError, meaning: .fraudGuard)) == .blocked)
        #expect(result(CallFailure(effect: .refused, result: .clientError, meaning: .countryNotAllowed)) == .blocked)
        #expect(result(CallFailure(effect: .none, result: .withheld)) == nil)
        #expect(result(CallFailure(effect: .refused, result: .notFound, meaning: .localeNotSupported)) == nil)
    }
}
