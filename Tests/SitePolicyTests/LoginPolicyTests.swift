import Basics
import SitePolicy
import Testing
import Wire

/// One line of the decision table of contract section 6.
struct PolicyCase: Sendable, CustomTestStringConvertible {
    var name: String
    var stored: [String: String] = [:]
    var application = Application.web
    var known = true
    var required = true
    /// Seconds from now.
    var grace: Int?
    var phone = false
    var authenticator = false
    var verdict: LoginDecision.Verdict
    var because: [String]

    var testDescription: String { name }

    static let off = ["2FA_VER_SMS": "Disabled", "2FA_VER_VOICE": "Disabled", "2FA_VER_TOTP": "Disabled"]

    static let table: [PolicyCase] = [
        PolicyCase(
            name: "no provider", stored: ["2FA_PROVIDER": "None", "2FA_LOGINTYPE_WEB": "All"], phone: true,
            verdict: .notRequired, because: ["provider_none"]),
        PolicyCase(
            name: "no provider comes before no application",
            stored: ["2FA_PROVIDER": "None", "2FA_LOGINTYPE_WEB": "None"], verdict: .notRequired,
            because: ["provider_none"]),
        PolicyCase(
            name: "application None, though flagged and registered", stored: ["2FA_LOGINTYPE_WEB": "None"],
            phone: true, verdict: .notRequired, because: ["application_none"]),
        PolicyCase(
            name: "flagged application, unknown user", known: false, required: false, verdict: .notRequired,
            because: ["application_flagged", "unknown_user"]),
        PolicyCase(
            name: "flagged application, user not flagged", required: false, verdict: .notRequired,
            because: ["application_flagged", "user_not_flagged"]),
        PolicyCase(
            name: "flagged application, user not flagged but registered", required: false, phone: true,
            verdict: .notRequired, because: ["application_flagged", "user_not_flagged"]),
        PolicyCase(
            name: "flagged, in grace, nothing registered", grace: 1, verdict: .notRequired,
            because: ["application_flagged", "user_flag", "grace"]),
        PolicyCase(
            name: "flagged, in grace, registered", grace: 1, phone: true, verdict: .verify,
            because: ["application_flagged", "user_flag", "registered"]),
        PolicyCase(
            name: "flagged, grace over this very moment", grace: 0, verdict: .register,
            because: ["application_flagged", "user_flag", "not_registered"]),
        PolicyCase(
            name: "flagged, in grace, no method enabled", stored: off, grace: 60, verdict: .notRequired,
            because: ["application_flagged", "user_flag", "grace"]),
        PolicyCase(
            name: "flagged, registered", phone: true, verdict: .verify,
            because: ["application_flagged", "user_flag", "registered"]),
        PolicyCase(
            name: "flagged, not registered", verdict: .register,
            because: ["application_flagged", "user_flag", "not_registered"]),
        PolicyCase(
            name: "all, unknown user", stored: ["2FA_LOGINTYPE_WEB": "All"], known: false, required: false,
            verdict: .register, because: ["application_all", "not_registered"]),
        PolicyCase(
            name: "all, user neither flagged nor exempt by grace", stored: ["2FA_LOGINTYPE_WEB": "All"],
            required: false, grace: 60, verdict: .register, because: ["application_all", "not_registered"]),
        PolicyCase(
            name: "all, registered", stored: ["2FA_LOGINTYPE_WEB": "All"], required: false, phone: true,
            verdict: .verify, because: ["application_all", "registered"]),
        PolicyCase(
            name: "registered, one of its methods still enabled", stored: ["2FA_VER_SMS": "Disabled"], phone: true,
            verdict: .verify, because: ["application_flagged", "user_flag", "registered"]),
        PolicyCase(
            name: "registered, the phone's methods disabled",
            stored: ["2FA_VER_SMS": "Disabled", "2FA_VER_VOICE": "Disabled"], phone: true,
            verdict: .contactAdministrator,
            because: ["application_flagged", "user_flag", "registered", "no_method_enabled"]),
        PolicyCase(
            name: "registered, both, only the authenticator enabled",
            stored: ["2FA_VER_SMS": "Disabled", "2FA_VER_VOICE": "Disabled"], phone: true, authenticator: true,
            verdict: .verify, because: ["application_flagged", "user_flag", "registered"]),
        PolicyCase(
            name: "registered, an authenticator that is disabled, though phones are enabled",
            stored: ["2FA_VER_TOTP": "Disabled"], authenticator: true, verdict: .contactAdministrator,
            because: ["application_flagged", "user_flag", "registered", "no_method_enabled"]),
        PolicyCase(
            name: "not registered, nothing enabled at all", stored: off, verdict: .contactAdministrator,
            because: ["application_flagged", "user_flag", "not_registered", "no_method_enabled"]),
        PolicyCase(
            name: "each application has its own type: web", stored: ["2FA_LOGINTYPE_WIN": "None"], phone: true,
            verdict: .verify, because: ["application_flagged", "user_flag", "registered"]),
        PolicyCase(
            name: "each application has its own type: windows", stored: ["2FA_LOGINTYPE_WIN": "None"],
            application: .windows, phone: true, verdict: .notRequired, because: ["application_none"]),
    ]
}

@Suite("Contract 6: the decision in readable cases")
struct LoginPolicyTests {
    @Test("6 Decision: cases", arguments: PolicyCase.table)
    func decides(line: PolicyCase) {
        let now = Timestamp(seconds: 1_800_000_000)
        var person = PersonFacts()
        person.known = line.known
        person.required = line.required
        person.graceUntil = line.grace.map { now + .seconds($0) }
        person.factors = Set((line.phone ? [.phone] : []) + (line.authenticator ? [.authenticator] : []))
        let decision = LoginPolicy.decide(
            SiteOptions(line.stored), application: line.application, person: person, now: now)
        #expect(decision.verdict == line.verdict)
        #expect(decision.because == line.because)
    }

    @Test("3 decision: its four names")
    func names() {
        let verdicts: [LoginDecision.Verdict] = [.notRequired, .verify, .register, .contactAdministrator]
        #expect(verdicts.map(\.rawValue) == ["not_required", "verify", "register", "contact_administrator"])
    }

    @Test("3 methods: of the registered ones, those that the site allows")
    func methods() {
        #expect(LoginPolicy.methods(SiteOptions(), factors: []).isEmpty)
        #expect(LoginPolicy.methods(SiteOptions(), factors: [.phone]) == [.code(.sms), .code(.call)])
        #expect(LoginPolicy.methods(SiteOptions(["2FA_VER_SMS": "Disabled"]), factors: [.phone]) == [.code(.call)])
        #expect(LoginPolicy.methods(SiteOptions(["2FA_VER_VOICE": "Disabled"]), factors: [.phone]) == [.code(.sms)])
        #expect(LoginPolicy.methods(SiteOptions(PolicyCase.off), factors: [.phone]).isEmpty)
        #expect(LoginPolicy.methods(SiteOptions(), factors: [.phone, .authenticator]) == Method.allCases)
        #expect(LoginPolicy.methods(SiteOptions(["2FA_VER_TOTP": "Disabled"]), factors: [.authenticator]).isEmpty)
        #expect(LoginPolicy.methods(SiteOptions(["2FA_PROVIDER": "None"]), factors: [.phone]).isEmpty)
    }
}
