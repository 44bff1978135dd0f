import Basics
import SitePolicy
import Testing
import Wire

@Suite("Contract 6: the decision of options")
struct DecisionTableTests {
    @Test("6 Decision: every combination there is, against the contract's list of first matches")
    func complete() {
        let inputs = DecisionInput.all()
        #expect(inputs.count == 6144)
        var seen: Set<String> = []
        for input in inputs {
            let rule = DecisionRule.all.first { $0.applies(input) }
            let decision = input.decision
            #expect(decision.verdict == rule?.verdict, "\(input)")
            #expect(decision.because == input.becauseExpected, "\(input)")
            #expect(decision.because.last == rule?.end, "\(input)")
            seen.formUnion(decision.because)
        }
        #expect(
            seen == [
                "provider_none", "application_none", "application_all", "application_flagged", "user_flag",
                "user_not_flagged", "unknown_user", "grace", "registered", "not_registered", "no_method_enabled",
            ])
    }

    @Test("6 Decision: depends on the application's own login type, not on the other's")
    func applications() {
        var input = DecisionInput()
        (input.flagged, input.registered) = (true, [.phone])
        for application in Application.allCases {
            input.application = application
            input.loginType = .flagged
            #expect(input.decision.verdict == .verify)
            input.loginType = .none
            #expect(input.decision.verdict == .notRequired)
        }
    }

    @Test("6 Decision: verify exactly if one of the listed methods works")
    func methods() {
        for input in DecisionInput.all() where input.decision.verdict == .verify {
            let methods = LoginPolicy.methods(SiteOptions(input.stored), factors: input.registered)
            #expect(Set(methods) == input.enabledOfRegistered && !methods.isEmpty, "\(input)")
        }
    }
}
