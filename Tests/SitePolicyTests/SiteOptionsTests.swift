import SitePolicy
import Testing
import Wire

@Suite("Contract 6: site options")
struct SiteOptionsTests {
    @Test("6 Options: default where nothing is stored")
    func defaults() {
        #expect(SiteOptions([:]) == SiteOptions())
        #expect(SiteOptions(SiteOptions.defaults) == SiteOptions())
        let options = SiteOptions([:])
        #expect(options.usesProvider)
        #expect(options.disabled.isEmpty)
        #expect(options.web == .flagged)
        #expect(options.windows == .flagged)
    }

    @Test("6 2FA_VER_*: blank means Enabled", arguments: ["2FA_VER_SMS", "2FA_VER_VOICE", "2FA_VER_TOTP"])
    func blank(name: String) {
        #expect(SiteOptions([name: ""]) == SiteOptions())
        #expect(SiteOptions([name: "Enabled"]) == SiteOptions())
        #expect(SiteOptions([name: "Disabled"]) != SiteOptions())
    }

    @Test("6 2FA_VER_*: one method each")
    func methods() {
        #expect(!SiteOptions(["2FA_VER_SMS": "Disabled"]).allows(Channel.sms))
        #expect(SiteOptions(["2FA_VER_SMS": "Disabled"]).allows(Channel.call))
        #expect(!SiteOptions(["2FA_VER_VOICE": "Disabled"]).allows(Channel.call))
        #expect(SiteOptions(["2FA_VER_VOICE": "Disabled"]).allows(Channel.sms))
        #expect(!SiteOptions(["2FA_VER_TOTP": "Disabled"]).allows(Method.authenticator))
    }

    @Test("6 2FA_LOGINTYPE_*: each application's own", arguments: LoginType.allCases)
    func loginTypes(type: LoginType) {
        let web = SiteOptions(["2FA_LOGINTYPE_WEB": type.rawValue])
        #expect(web.loginType(of: .web) == type)
        #expect(web.loginType(of: .windows) == .flagged)
        let windows = SiteOptions(["2FA_LOGINTYPE_WIN": type.rawValue])
        #expect(windows.loginType(of: .windows) == type)
        #expect(windows.loginType(of: .web) == .flagged)
    }

    @Test(
        "6 Options: each starred name has its values, the default among them",
        arguments: SiteOptions.defaults.keys.sorted())
    func values(name: String) throws {
        let values = try #require(SiteOptions.values(of: name))
        let value = try #require(SiteOptions.defaults[name])
        #expect(values.contains(value))
    }

    @Test("6 Options: there are no other starred names", arguments: ["", "2FA_VERIFY_AUTHTOKEN", "2fa_provider"])
    func unknown(name: String) {
        #expect(SiteOptions.values(of: name) == nil)
    }

    @Test("6 Options: the values that each takes, exactly")
    func exactValues() {
        #expect(SiteOptions.values(of: "2FA_PROVIDER") == ["Twilio Verify", "None"])
        for name in ["2FA_VER_SMS", "2FA_VER_VOICE", "2FA_VER_TOTP"] {
            #expect(SiteOptions.values(of: name) == ["Enabled", "Disabled", ""])
        }
        for name in ["2FA_LOGINTYPE_WEB", "2FA_LOGINTYPE_WIN"] {
            #expect(SiteOptions.values(of: name) == ["All", "Flagged", "None"])
        }
    }

    @Test("2 admin.options.set: an unknown name or value is named, null is always allowed")
    func problems() {
        #expect(SiteOptions.problems(["2FA_PROVIDER": "None", "2FA_VER_SMS": "", "2FA_LOGINTYPE_WIN": nil]).isEmpty)
        let problems = SiteOptions.problems(["2FA_PROVIDER": "none", "2FA_VERIFY_AUTHTOKEN": "x", "2FA_X": nil])
        #expect(
            problems == [
                FieldProblem("options.2FA_PROVIDER", "unknown_value"),
                FieldProblem("options.2FA_VERIFY_AUTHTOKEN", "unknown_option"),
                FieldProblem("options.2FA_X", "unknown_option"),
            ])
    }

    @Test("3 options: every starred name with its value and source")
    func states() {
        let states = SiteOptions.states(["2FA_PROVIDER": "None", "2FA_VER_SMS": ""])
        #expect(states.keys.sorted() == SiteOptions.defaults.keys.sorted())
        #expect(states["2FA_PROVIDER"] == Reply.OptionState(value: "None", source: "store"))
        #expect(states["2FA_VER_SMS"] == Reply.OptionState(value: "", source: "store"))
        #expect(states["2FA_LOGINTYPE_WEB"] == Reply.OptionState(value: "Flagged", source: "default"))
    }

    @Test("6 2FA_VER_*: a phone is allowed by SMS or by call")
    func factors() {
        let noSMS = SiteOptions(["2FA_VER_SMS": "Disabled"])
        #expect(noSMS.allows(Factor.phone) && noSMS.allows(Factor.authenticator) && !noSMS.allows(Channel.sms))
        let noPhone = SiteOptions(["2FA_VER_SMS": "Disabled", "2FA_VER_VOICE": "Disabled"])
        #expect(!noPhone.allows(Factor.phone) && noPhone.allows(Method.authenticator))
        #expect(!SiteOptions(["2FA_VER_TOTP": "Disabled"]).allows(Factor.authenticator))
    }
}
