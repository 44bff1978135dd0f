import SitePolicy
import Testing
import Wire

@Suite("SiteOptions")
struct SiteOptionsTests {
    @Test("have the contract's defaults when nothing is stored")
    func defaults() {
        #expect(SiteOptions([:]) == SiteOptions())
        #expect(SiteOptions(SiteOptions.defaults) == SiteOptions())
        let options = SiteOptions([:])
        #expect(options.usesProvider)
        #expect(options.sms && options.call && options.authenticator)
        #expect(options.web == .flagged)
        #expect(options.windows == .flagged)
    }

    @Test("take blank as Enabled", arguments: ["2FA_VER_SMS", "2FA_VER_VOICE", "2FA_VER_TOTP"])
    func blank(name: String) {
        #expect(SiteOptions([name: ""]) == SiteOptions())
        #expect(SiteOptions([name: "Enabled"]) == SiteOptions())
        #expect(SiteOptions([name: "Disabled"]) != SiteOptions())
    }

    @Test("switch one method each")
    func methods() {
        #expect(!SiteOptions(["2FA_VER_SMS": "Disabled"]).allows(Channel.sms))
        #expect(SiteOptions(["2FA_VER_SMS": "Disabled"]).allows(Channel.call))
        #expect(!SiteOptions(["2FA_VER_VOICE": "Disabled"]).allows(Channel.call))
        #expect(SiteOptions(["2FA_VER_VOICE": "Disabled"]).allows(Channel.sms))
        #expect(!SiteOptions(["2FA_VER_TOTP": "Disabled"]).authenticator)
    }

    @Test("know each application's login type", arguments: LoginType.allCases)
    func loginTypes(type: LoginType) {
        let web = SiteOptions(["2FA_LOGINTYPE_WEB": type.rawValue])
        #expect(web.loginType(of: .web) == type)
        #expect(web.loginType(of: .windows) == .flagged)
        let windows = SiteOptions(["2FA_LOGINTYPE_WIN": type.rawValue])
        #expect(windows.loginType(of: .windows) == type)
        #expect(windows.loginType(of: .web) == .flagged)
    }

    @Test("list the values of each starred name, the default among them", arguments: SiteOptions.defaults.keys.sorted())
    func values(name: String) throws {
        let values = try #require(SiteOptions.values(of: name))
        let value = try #require(SiteOptions.defaults[name])
        #expect(values.contains(value))
    }

    @Test("know no other names", arguments: ["", "2FA_VERIFY_AUTHTOKEN", "2fa_provider"])
    func unknown(name: String) {
        #expect(SiteOptions.values(of: name) == nil)
    }
}
