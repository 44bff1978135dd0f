import AMQP
import Basics
import Logging
import Pipeline
import SitePolicy
import Store
import StoreSQLite
import Testing
import TwilioVerify
import Wire
import Worker

@testable import App

@Suite("Settings")
struct SettingsTests {
    @Test("say how the broker's certificate is judged, and which one is ours")
    func brokerTLS() throws {
        let broker = try Configured.settings([
            "VERIFY_COURIER_BROKER_TLS_CA_FILE": "/etc/hostname",
            "VERIFY_COURIER_BROKER_TLS_CERTIFICATE_FILE": "/etc/hosts",
            "VERIFY_COURIER_BROKER_TLS_KEY_FILE": "/etc/passwd",
            "VERIFY_COURIER_BROKER_TLS_SERVER_NAME": "broker.example",
        ]).broker(name: "x")
        #expect(broker.caFile == "/etc/hostname")
        #expect(broker.certificateFile == "/etc/hosts")
        #expect(broker.keyFile == "/etc/passwd")
        #expect(broker.serverName == "broker.example")
        #expect(try Configured.settings([:]).broker(name: "x").serverName == nil)
    }

    @Test("have the contract's defaults")
    func defaults() throws {
        let settings = try Configured.settings(["HOME": "/home/anna"])
        #expect(
            try settings.broker(name: "x").urls.map(\.description) == ["amqp://guest@127.0.0.1:5672 (virtual host '/')"]
        )
        #expect(try settings.store().name == "/home/anna/.local/state/verify-courier/verify-courier.db")
        #expect(try settings.store().keyFile == "/home/anna/.local/state/verify-courier/verify-courier.db.key")
        #expect(try settings.twilioBaseURL() == "https://verify.twilio.com")
        #expect(try settings.number("twilio.calls_per_second") == 0)
        #expect(try settings.number("twilio.calls_at_once") == 100)
        #expect(try settings.opsAddress()?.description == "127.0.0.1:8090")
        #expect(try settings.flag("events.enabled") == false)
        #expect(try settings.countries("limits.sms_countries") == ["US", "CA"])
        #expect(settings.text("site.tickets") == "off")
        #expect(settings.logLevel == .info)
        #expect(settings.logFormat == .auto)
        let worker = try settings.worker()
        #expect(worker.slots == [.send: 128, .check: 128, .account: 64, .admin: 4])
        #expect(worker.drain == .seconds(20))
        let pipeline = try settings.pipeline()
        #expect(pipeline.limits == LimitSettings())
        #expect(pipeline.codeMinutes == 10)
        #expect(pipeline.replyPrefixes == ["verify.reply."])
        #expect(pipeline.readLimits.map(\.count) == [60, 180, 250])
        #expect(pipeline.attemptLimits.map(\.count) == [100])
    }

    @Test("8 retention and the bounds of dead letters have the contract's defaults")
    func retention() throws {
        let settings = try Configured.settings(["HOME": "/home/anna"])
        let retention = try settings.retention()
        #expect(retention.deadLetters == .seconds(7 * 86_400) && retention.audit == nil)
        #expect(retention.history == .seconds(400 * 86_400))
        #expect(try settings.letterBounds() == LetterBounds())
        let other = try Configured.settings(
            flags: [
                "dead.max_letters": "5", "dead.max_megabytes": "1", "retention.audit_days": "30",
                "retention.history_days": "0",
            ], ["HOME": "/home/anna"])
        #expect(try other.letterBounds().letters == 5 && other.letterBounds().bytes == 1_048_576)
        #expect(try other.retention().audit == .seconds(30 * 86_400) && other.retention().history == nil)
    }

    @Test("hold every limit of the contract")
    func limits() throws {
        let settings = try Configured.settings()
        let expected = [
            "sends_per_code": 5, "sends_per_number_hour": 10, "sends_per_user_hour": 10, "sends_per_client_hour": 20,
            "unproven_sends_per_number_day": 5, "unproven_sends_per_country_hour": 200,
            "unproven_sends_per_site_hour": 1000, "enrolments_per_user_hour": 5, "enrolments_per_client_hour": 20,
            "checks_per_code": 5, "wrong_codes_per_user_client_hour": 10,
            "wrong_codes_per_user_hour": 20,
        ]
        for (name, number) in expected { #expect(try settings.number("limits.\(name)") == number) }
        #expect(try settings.numbers("limits.cooldown_seconds") == [30, 40, 60, 90, 120])
        let off = expected.keys.map { ("limits.\($0)", "0") }
        let settingsOff = try Configured.settings(flags: Dictionary(uniqueKeysWithValues: off))
        for name in expected.keys { #expect(try settingsOff.number("limits.\(name)") == 0) }
    }

    @Test("carry each limit, the front ends and the tickets to where jobs are decided")
    func carried() throws {
        let numbers: [(String, WritableKeyPath<LimitSettings, Int>)] = [
            ("sends_per_code", \.sendsPerCode), ("sends_per_number_hour", \.sendsPerNumberHour),
            ("sends_per_user_hour", \.sendsPerUserHour), ("sends_per_client_hour", \.sendsPerClientHour),
            ("unproven_sends_per_number_day", \.unprovenSendsPerNumberDay),
            ("unproven_sends_per_country_hour", \.unprovenSendsPerCountryHour),
            ("unproven_sends_per_site_hour", \.unprovenSendsPerSiteHour),
            ("enrolments_per_user_hour", \.enrolmentsPerUserHour),
            ("enrolments_per_client_hour", \.enrolmentsPerClientHour), ("checks_per_code", \.checksPerCode),
            ("wrong_codes_per_user_client_hour", \.wrongCodesPerUserClientHour),
            ("wrong_codes_per_user_hour", \.wrongCodesPerUserHour),
        ]
        for (name, path) in numbers {
            var expected = LimitSettings()
            expected[keyPath: path] = 77
            #expect(try Configured.settings(flags: ["limits.\(name)": "77"]).pipeline().limits == expected)
        }
        let others = try Configured.settings(flags: [
            "limits.enabled": "no", "limits.cooldown_seconds": "1,2", "limits.sms_countries": "*",
            "limits.call_countries": "SE", "site.tickets": "required", "front_ends": "desk=any+admin",
        ]).pipeline()
        #expect(!others.limits.enabled)
        #expect(others.limits.cooldownSeconds == [1, 2])
        #expect(others.limits.countries[.sms] == nil)
        #expect(others.limits.countries[.call] == ["SE"])
        #expect(others.ticketsRequired)
        #expect(others.frontEnds == ["desk": FrontEnd(name: "desk", scope: .any, isAdmin: true)])
        #expect(try Configured.settings().pipeline().frontEnds.isEmpty)
        #expect(try !Configured.settings().pipeline().ticketsRequired)
    }

    @Test("carry what is said of calls, codes, replies and lanes to where it counts")
    func work() throws {
        let settings = try Configured.settings(flags: [
            "twilio.code_minutes": "7", "reply.prefixes": "a.,b.", "twilio.reads_per_minute": "1",
            "twilio.reads_per_hour": "2", "twilio.reads_per_day": "3", "twilio.attempts_per_minute": "4",
            "twilio.calls_per_second": "5", "twilio.calls_at_once": "6", "worker.send_slots": "7",
            "worker.check_slots": "8", "worker.account_slots": "9", "worker.admin_slots": "10",
            "worker.drain_seconds": "11", "events.enabled": "true",
        ])
        let pipeline = try settings.pipeline()
        #expect(pipeline.codeMinutes == 7)
        #expect(pipeline.replyPrefixes == ["a.", "b."])
        #expect(pipeline.readLimits.map(\.count) == [1, 2, 3])
        #expect(pipeline.readLimits.map(\.window) == [.seconds(60), .seconds(3600), .seconds(86_400)])
        #expect(pipeline.attemptLimits.map(\.count) == [4] && pipeline.attemptLimits.map(\.window) == [.seconds(60)])
        #expect(pipeline.callLimits.perSecond == 5 && pipeline.callLimits.atOnce == 6)
        let worker = try settings.worker()
        #expect(worker.slots == [.send: 7, .check: 8, .account: 9, .admin: 10])
        #expect(worker.drain == .seconds(11) && worker.events)
    }

    @Test("take 0 for no limit on reads")
    func unlimitedReads() throws {
        let settings = try Configured.settings([
            "VERIFY_COURIER_TWILIO_READS_PER_MINUTE": "0", "VERIFY_COURIER_TWILIO_ATTEMPTS_PER_MINUTE": "0",
        ])
        #expect(try settings.pipeline().readLimits.map(\.count) == [180, 250])
        #expect(try settings.pipeline().attemptLimits.isEmpty)
    }

    @Test(
        "take countries in any case, and 0 or * for all",
        arguments: [
            ("us, Ca", ["US", "CA"]), ("0", nil), ("*", nil), ("NO", ["NO"]), ("XK", ["XK"]),
        ] as [(String, Set<String>?)])
    func countries(text: String, expected: Set<String>?) throws {
        let settings = try Configured.settings(["VERIFY_COURIER_LIMITS_CALL_COUNTRIES": text])
        #expect(try settings.countries("limits.call_countries") == expected)
    }

    @Test("refuse country lists that mean nothing", arguments: ["US,", "USA", "U S", ",", "1", "0,US", "*,US"])
    func noCountries(text: String) throws {
        #expect(try Configured.problems(["VERIFY_COURIER_LIMITS_CALL_COUNTRIES": text]).count == 1)
    }

    @Test(
        "refuse addresses to listen at that are none",
        arguments: ["", "x", ":1", "a:", "a:65536", "a:-1", "::1:80", "a b:1", "[::1]", "on", "[]:1"])
    func noAddress(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test("take addresses to listen at", arguments: ["127.0.0.1:8090", "[::1]:0", "localhost:65535", "0.0.0.0:80"])
    func address(text: String) {
        #expect(ListenAddress(text)?.description == text)
    }

    @Test(
        "refuse places for Twilio where credentials would go astray",
        arguments: [
            "http://127.0.0.1.example.com", "http://127.example.com", "http://user:pw@127.0.0.1", "https://a?b=c",
            "https://a#b", "ftp://127.0.0.1", "https://", "verify.twilio.com", "http://[::2]", "http://localhost@a",
        ])
    func noTwilio(url: String) throws {
        #expect(try Configured.problems(["VERIFY_COURIER_TWILIO_BASE_URL": url]).count == 1)
    }

    @Test(
        "refuse a proxy that is no plain http://HOST:PORT, and say nothing of its password",
        arguments: [
            "http://user:hidden@proxy.example:3128", "http://hidden@proxy.example:3128", "https://proxy.example:3128",
            "socks5://proxy.example:1080", "http://proxy.example", "http://:3128", "http://proxy.example:0",
            "http://proxy.example:99999", "http://proxy.example:3128/path", "http://proxy.example:3128?hidden",
            "proxy.example:3128", "http://pröxy:1",
        ])
    func noProxy(url: String) throws {
        let problems = try Configured.problems(["VERIFY_COURIER_TWILIO_PROXY": url])
        #expect(problems.count == 1)
        #expect(
            problems.joined().contains("twilio.proxy must be http://HOST:PORT")
                || problems.joined().contains("VERIFY_COURIER_TWILIO_PROXY"))
        #expect(!problems.joined().contains("hidden"))
    }

    @Test("take a proxy", arguments: ["http://proxy.example:3128", "http://10.0.0.1:8080/", "http://[::1]:3128"])
    func proxy(url: String) throws {
        #expect(try Configured.settings(["VERIFY_COURIER_TWILIO_PROXY": url]).text("twilio.proxy") == url)
    }

    @Test("take an API key before the token, whole only")
    func account() throws {
        let key = ["VERIFY_COURIER_SITE_2FA_VERIFY_APIKEYSID": "SK00000000000000000000000000000001"]
        let secret = ["VERIFY_COURIER_SITE_2FA_VERIFY_APIKEYSECRET": "s"]
        let token = try Configured.settings(ConfigErrorTests.account).account()
        #expect(token.user == "AC00000000000000000000000000000001")
        #expect(token.password.revealed == "t")
        let both = try Configured.settings(ConfigErrorTests.account.merging(key) { $1 }.merging(secret) { $1 })
        #expect(try both.account().user == "SK00000000000000000000000000000001")
        #expect(try both.account().password.revealed == "s")
        for half in [key, secret] {
            let settings = try Configured.settings(ConfigErrorTests.account.merging(half) { $1 })
            #expect(throws: ConfigProblem.self) { try settings.account() }
        }
    }

    @Test("compare the site options that somebody set with the store's")
    func siteOptions() throws {
        let settings = try Configured.settings([
            "VERIFY_COURIER_SITE_2FA_VER_SMS": "", "VERIFY_COURIER_SITE_2FA_PROVIDER": "None",
            "VERIFY_COURIER_SITE_2FA_LOGINTYPE_WEB": "All",
        ])
        #expect(
            settings.siteOptionDifferences(from: ["2FA_LOGINTYPE_WEB": "All", "2FA_LOGINTYPE_WIN": "All"]).map(\.name)
                == ["2FA_PROVIDER"])
        let differences = settings.siteOptionDifferences(from: ["2FA_VER_SMS": "Disabled", "2FA_PROVIDER": "None"])
        #expect(differences.map(\.name) == ["2FA_LOGINTYPE_WEB", "2FA_VER_SMS"])
        #expect(
            differences.last?.description
                == "site.2FA_VER_SMS is 'Enabled' here and 'Disabled' in the store, which holds: change it by 'admin options set'"
        )
        #expect(try Configured.settings().siteOptionDifferences(from: ["2FA_PROVIDER": "None"]).isEmpty)
    }

    @Test(
        "find the state folder as systemd and XDG have it",
        arguments: [
            (["STATE_DIRECTORY": "/var/lib/vc:/other", "HOME": "/h"], "/var/lib/vc"),
            (["XDG_STATE_HOME": "/x", "HOME": "/h"], "/x/verify-courier"),
            (["XDG_STATE_HOME": "x", "HOME": "/h"], "/h/.local/state/verify-courier"),
            (["STATE_DIRECTORY": "", "XDG_STATE_HOME": "", "HOME": ""], nil), ([:], nil),
        ] as [([String: String], String?)])
    func stateFolder(environment: [String: String], expected: String?) {
        #expect(StateFolder.path(environment) == expected)
    }

    @Test("tell loopback hosts from those that look alike")
    func loopback() {
        for host in ["localhost", "127.0.0.1", "127.255.1.2", "::1", "LOCALHOST"] { #expect(Loopback.contains(host)) }
        for host in ["127.0.0.1.example.com", "127.1", "128.0.0.1", "::2", "0.0.0.0", "", "localhost."] {
            #expect(!Loopback.contains(host))
        }
    }

    @Test("name each key once, with a default that its kind takes")
    func catalogue() throws {
        #expect(Set(ConfigKey.all.map(\.name)).count == ConfigKey.all.count)
        let variables = ConfigKey.all.flatMap { [$0.environmentName, $0.fileVariable] }
        #expect(Set(variables).count == variables.count)
        #expect(try Configured.loader().entries.allSatisfy { try $0.typed() != nil || $0.key.fallback == nil })
    }
}
