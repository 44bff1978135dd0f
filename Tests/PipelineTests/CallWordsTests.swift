import Store
import Testing
import TwilioVerify

@Suite("A job's calls in words")
struct CallWordsTests {
    @Test("8 there are words for all that can be asked of Twilio, and for every way in which it can go wrong")
    func complete() {
        #expect(Set(ProviderCall.questions.keys) == Set(TwilioOperation.allCases.map(\.rawValue)))
        #expect(Set(ProviderCall.failures.keys) == Set(CallFailure.Result.allCases.map(\.label)))
    }
}
