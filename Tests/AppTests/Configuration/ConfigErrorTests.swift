import Testing

@testable import App

/// A mistake and the exact words for it.
struct Mistake: Sendable, CustomTestStringConvertible {
    var flags: [String: String] = [:]
    var environment: [String: String] = [:]
    var yaml: String?
    var says: String

    var testDescription: String { says }
}

@Suite("Mistakes in the configuration")
struct ConfigErrorTests {
    static let values: [Mistake] = [
        Mistake(
            environment: ["VERIFY_COURIER_WORKER_SEND_SLOTS": "lots"],
            says:
                "worker.send_slots must be a whole number from 1 to 10000, not 'lots' (VERIFY_COURIER_WORKER_SEND_SLOTS)"
        ),
        Mistake(
            yaml: "worker:\n  send_slots: 0\n",
            says: "worker.send_slots must be a whole number from 1 to 10000, not '0' (config.yaml, line 2)"),
        Mistake(
            yaml: "worker: {send_slots: true}",
            says: "worker.send_slots must be a whole number from 1 to 10000, not 'true' (config.yaml, line 1)"),
        Mistake(
            yaml: "worker: {send_slots: [1, 2]}",
            says: "worker.send_slots must be a whole number from 1 to 10000 (config.yaml, line 1)"),
        Mistake(
            yaml: "worker: {send_slots: {much: 2}}",
            says: "worker.send_slots must be a whole number from 1 to 10000 (config.yaml, line 1)"),
        Mistake(
            flags: ["events.enabled": "perhaps"],
            says: "events.enabled must be true or false, not 'perhaps' (--set events.enabled)"),
        Mistake(
            yaml: "site:\n  2FA_LOGINTYPE_WEB: flagged\n",
            says: "site.2FA_LOGINTYPE_WEB must be one of All, Flagged, None, not 'flagged' (config.yaml, line 2)"),
        Mistake(
            yaml: "site: {2FA_VER_SMS: enabled}",
            says: "site.2FA_VER_SMS must be one of Enabled, Disabled, blank, not 'enabled' (config.yaml, line 1)"),
        Mistake(
            yaml: "site: {tickets: needed}",
            says: "site.tickets must be one of off, required, not 'needed' (config.yaml, line 1)"),
        Mistake(
            yaml: "limits: {sms_countries: [US, UK]}",
            says:
                "limits.sms_countries must be two-letter country codes (ISO 3166-1), comma-separated, or 0 or * for every country; no country has one of these; the United Kingdom is GB, not 'US,UK' (config.yaml, line 1)"
        ),
        Mistake(
            yaml: "limits: {cooldown_seconds: [30, 100000]}",
            says:
                "limits.cooldown_seconds must be seconds from 0 to 86400, comma-separated, not '30,100000' (config.yaml, line 1)"
        ),
        Mistake(
            yaml: "limits: {cooldown_seconds: []}",
            says: "limits.cooldown_seconds must be seconds from 0 to 86400, comma-separated (config.yaml, line 1)"),
        Mistake(
            yaml: "reply: {prefixes: 'a b'}",
            says: "reply.prefixes must be words, comma-separated, not 'a b' (config.yaml, line 1)"),
        Mistake(
            yaml: "ops: {listen: 8090}",
            says: "ops.listen must be ADDRESS:PORT, or off, not '8090' (config.yaml, line 1)"),
        Mistake(
            yaml: "log: {level: \"a\\e[2J\\\\\"}",
            says:
                "log.level must be one of trace, debug, info, notice, warning, error, critical, without line breaks or other control characters, not 'a\\u001b[2J\\\\' (config.yaml, line 1)"
        ),
    ]

    /// Where something else may have been pasted, the value is not repeated.
    static let pasted: [Mistake] = [
        Mistake(
            environment: ["VERIFY_COURIER_SITE_2FA_VERIFY_SERVICESID": "a-token"],
            says:
                "site.2FA_VERIFY_SERVICESID must be VA and the letters and digits that Twilio shows after it (VERIFY_COURIER_SITE_2FA_VERIFY_SERVICESID)"
        ),
        Mistake(
            environment: ["VERIFY_COURIER_BROKER_URL": "amqp://localhost,http://a:b@c"],
            says:
                "broker.url is no broker's URL (number 2 of it): the broker's URL must be amqp://user:password@host:port/vhost (VERIFY_COURIER_BROKER_URL)"
        ),
        Mistake(
            environment: ["VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN": "one\ntwo"],
            says:
                "site.2FA_VERIFY_AUTHTOKEN must be printable ASCII, as Twilio shows it, without line breaks or other control characters (VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN)"
        ),
        Mistake(
            yaml: "store: {url: /var/lib/store.db}",
            says: "store.url must be sqlite:PATH or postgresql://USER@HOST/DATABASE (config.yaml, line 1)"),
        Mistake(
            yaml: "store: {url: 'postgresql://courier:hunter2@localhost/courier'}",
            says:
                "store.url holds a password, which whoever lists processes or reads the configuration sees: leave it out, and name a file of PostgreSQL's form with ?passfile=/path (rights 0600) (config.yaml, line 1)"
        ),
        Mistake(
            yaml: "twilio: {base_url: http://verify.twilio.com}",
            says:
                "twilio.base_url must be https://HOST, or http:// with 127.0.0.1, [::1] or localhost (config.yaml, line 1)"
        ),
    ]

    static let places: [Mistake] = [
        Mistake(
            flags: ["site.2FA_VERIFY_AUTHTOKEN": "t"],
            says:
                "site.2FA_VERIFY_AUTHTOKEN may not be given by a flag, which shows in the list of processes: set VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN_FILE"
        ),
        Mistake(
            yaml: "site:\n  2FA_VERIFY_AUTHTOKEN: t",
            says:
                "site.2FA_VERIFY_AUTHTOKEN may not stand in the configuration file (config.yaml, line 2): put it into a file of its own and name that by VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN_FILE"
        ),
        Mistake(
            environment: ["VERIFY_COURIER_LOG_LEVEL": "info", "VERIFY_COURIER_LOG_LEVEL_FILE": "/nowhere"],
            says: "VERIFY_COURIER_LOG_LEVEL and VERIFY_COURIER_LOG_LEVEL_FILE are both set: unset one"),
        Mistake(
            environment: ["VERIFY_COURIER_LOG_LEVEL_FILE": "/nowhere"],
            says:
                "log.level: /nowhere, named by VERIFY_COURIER_LOG_LEVEL_FILE, cannot be read: No such file or directory"
        ),
    ]

    @Test("name the key, what is allowed, the value and its place", arguments: values)
    func value(mistake: Mistake) throws { try expect(mistake) }

    @Test("do not repeat what may be a secret", arguments: pasted)
    func unquoted(mistake: Mistake) throws { try expect(mistake) }

    private func expect(_ mistake: Mistake) throws {
        let problems = try Configured.problems(flags: mistake.flags, mistake.environment, yaml: mistake.yaml)
        #expect(problems == [mistake.says])
    }

    @Test("say where a value may stand instead", arguments: places)
    func place(mistake: Mistake) throws {
        try expect(mistake)
    }

    @Test("are all said at once")
    func together() throws {
        let environment = [
            "VERIFY_COURIER_WORKER_SEND_SLOTS": "x", "VERIFY_COURIER_LOG_LEVLE": "info",
            "VERIFY_COURIER_EVENTS_ENABLED": "x",
        ]
        let error = #expect(throws: ConfigProblem.self) { try Configured.settings(environment) }
        #expect(error?.problems.count == 3)
        #expect(error?.description.split(separator: "\n").count == 3)
    }

    @Test("of a worker are found without broker and store")
    func work() throws {
        let nothing = try Configured.settings(["HOME": "/home/anna"]).workProblems()
        #expect(nothing.count == 3)
        #expect(nothing.first?.hasPrefix("site.2FA_VERIFY_SERVICESID is not set: set VERIFY_COURIER_SITE_2FA") == true)
        let token = try Configured.settings(Self.account.filter { !$0.key.hasSuffix("TOKEN") }).workProblems()
        #expect(
            token == [
                "site.2FA_VERIFY_AUTHTOKEN is not set: set VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN, or put it into a file and name that by VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN_FILE"
            ])
        #expect(try Configured.settings(Self.account).workProblems() == [])
        let odd = Self.account.merging(["VERIFY_COURIER_BROKER_TLS_KEY_FILE": "/nowhere"]) { $1 }.filter {
            $0.key != "HOME"
        }
        #expect(
            try Configured.settings(odd).workProblems() == [
                "broker.tls.certificate_file and broker.tls.key_file go together: set both, or neither",
                "there is no place for the store: set store.url to sqlite:PATH or postgresql://USER@HOST/DATABASE, or STATE_DIRECTORY, XDG_STATE_HOME or HOME",
                "broker.tls.key_file names /nowhere, which is missing or cannot be read (VERIFY_COURIER_BROKER_TLS_KEY_FILE)",
            ])
    }

    static let account = [
        "HOME": "/home/anna", "VERIFY_COURIER_SITE_2FA_VERIFY_SERVICESID": "VA00000000000000000000000000000001",
        "VERIFY_COURIER_SITE_2FA_VERIFY_ACCOUNTSID": "AC00000000000000000000000000000001",
        "VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN": "t",
    ]
}
