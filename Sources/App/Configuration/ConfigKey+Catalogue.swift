import SitePolicy
import Wire

extension ConfigKey {
    /// Every key there is (contract, sections 6 and 7).
    ///
    /// The catalogue is the one place where keys are named with their defaults and ranges.
    public static let all: [ConfigKey] = connections + work + site + limits + operation

    private static let connections: [ConfigKey] = [
        ConfigKey(
            "broker.url", "amqp://guest:guest@127.0.0.1:5672", .brokers, secret: true,
            "the broker; several, comma-separated, are tried in turn"),
        ConfigKey(
            "broker.tls.ca_file", nil, .path, "PEM file of the authorities that may sign the broker's certificate"),
        ConfigKey("broker.tls.certificate_file", nil, .path, "PEM file of the client certificate"),
        ConfigKey("broker.tls.key_file", nil, .path, "PEM file of its key"),
        ConfigKey(
            "broker.tls.server_name", nil, .text, "the name in the broker's certificate, if not the host in broker.url"),
        ConfigKey(
            "store.url", nil, .store,
            "sqlite:PATH or postgresql://USER@HOST/DATABASE; default verify-courier.db in the state folder"),
        ConfigKey(
            "store.key_file", nil, .path,
            "keys for numbers at rest; default the store's path + .key; must be set with PostgreSQL"),
        ConfigKey(
            "twilio.base_url", "https://verify.twilio.com", .twilio, "plain HTTP is taken for loopback addresses only"),
        ConfigKey("twilio.ca_file", nil, .path, "PEM file of authorities, if not the system's"),
        ConfigKey(
            "twilio.proxy", nil, .proxy,
            "http://HOST:PORT of an HTTP proxy towards Twilio (CONNECT); the environment's proxy variables are not used"
        ),
        ConfigKey("twilio.calls_per_second", "0", .count, "over all workers on one store; 0 = no limit"),
        ConfigKey("twilio.calls_at_once", "100", .count, "under way, over all workers on one store; 0 = no limit"),
        ConfigKey("twilio.code_minutes", "10", .number(1...1440), "life of a code, as set at Twilio"),
        ConfigKey("twilio.reads_per_minute", "60", .count, "reads for reconciling; 0 = no limit"),
        ConfigKey("twilio.reads_per_hour", "180", .count, "reads for reconciling; 0 = no limit"),
        ConfigKey("twilio.reads_per_day", "250", .count, "reads for reconciling; 0 = no limit"),
        ConfigKey("twilio.attempts_per_minute", "100", .count, "reads of the list of attempts; 0 = no limit"),
    ]

    private static let work: [ConfigKey] = [
        ConfigKey("worker.send_slots", "128", slots, "sends at once in this process; prefetch is twice that"),
        ConfigKey("worker.check_slots", "128", slots, "checks, cancels and new authenticators at once"),
        ConfigKey("worker.account_slots", "64", slots, "jobs answered from the store alone at once"),
        ConfigKey("worker.admin_slots", "4", slots, "administrators' jobs at once"),
        ConfigKey("worker.drain_seconds", "20", .number(0...3600), "how long SIGTERM waits for jobs in hand"),
        ConfigKey(
            "worker.core_dumps", "false", .flag,
            "true: a crash may leave a core file, with codes and passwords in it (for hunting a defect)"),
        ConfigKey("reply.prefixes", "verify.reply.", .words, "what reply queues may begin with, comma-separated"),
        ConfigKey(
            "front_ends", nil, .frontEnds,
            "broker user to application (web, windows, any), and whether admin; without it nobody is told apart"),
        ConfigKey(
            "front_ends_open", "false", .flag,
            "true: without front_ends, work even at a broker that others reach (whoever reaches it may do anything)"),
    ]

    /// Twice as many must fit AMQP's 16 bits of prefetch.
    private static let slots = ConfigKind.number(1...10_000)

    private static let site: [ConfigKey] =
        [option("2FA_PROVIDER", "None: nobody is asked")]
        + Method.allCases.map { option($0.option, "\(ways(of: $0)); blank means Enabled") }
        + [
            option("2FA_LOGINTYPE_WEB", "whom the web portal asks for the factor"),
            option("2FA_LOGINTYPE_WIN", "whom the Windows application asks for it"),
        ] + connection

    /// A site option, with the values that it takes at the store.
    private static func option(_ name: String, _ meaning: String) -> ConfigKey {
        ConfigKey("site.\(name)", SiteOptions.defaults[name], .choice(SiteOptions.values(of: name) ?? []), meaning)
    }

    private static func ways(of method: Method) -> String {
        switch method {
        case .code(let channel): "codes by \(channel.label)"
        case .authenticator: "authenticator apps"
        }
    }

    private static let connection: [ConfigKey] = [
        ConfigKey("site.2FA_VERIFY_SERVICESID", nil, .sid("VA"), "Twilio's Verify service"),
        ConfigKey("site.2FA_VERIFY_ACCOUNTSID", nil, .sid("AC"), "Twilio's account"),
        ConfigKey("site.2FA_VERIFY_AUTHTOKEN", nil, .providerSecret, secret: true, "Twilio's auth token"),
        ConfigKey("site.2FA_VERIFY_APIKEYSID", nil, .sid("SK"), "an API key in place of the token"),
        ConfigKey("site.2FA_VERIFY_APIKEYSECRET", nil, .providerSecret, secret: true, "its secret"),
        ConfigKey(
            "site.tickets", "off", .choice(["off", "required"]), "required: register.* asks for a one-time ticket"),
    ]

    private static let limits =
        counts
        + Channel.allCases.map { channel in
            ConfigKey(
                "limits.\(channel.countries)", "US,CA", .countries,
                "where \(channel.messages) may go; 0 or * = everywhere")
        }

    private static let counts: [ConfigKey] = [
        ConfigKey("limits.enabled", "true", .flag, "false switches our limits off, for a load test"),
        ConfigKey(
            "limits.cooldown_seconds", "30,40,60,90,120", .seconds, "between sends to a user or number; 0 = off"),
        ConfigKey("limits.sends_per_code", "5", .count, "Twilio's own number; 0 = ours is off"),
        ConfigKey("limits.sends_per_number_hour", "10", .count, "to a registered number, for its owner; 0 = off"),
        ConfigKey("limits.sends_per_user_hour", "10", .count, "of one person; 0 = off"),
        ConfigKey("limits.sends_per_client_hour", "20", .count, "from one address or device; 0 = off"),
        ConfigKey("limits.unproven_sends_per_number_day", "5", .count, "to numbers that nobody has proven; 0 = off"),
        ConfigKey(
            "limits.unproven_sends_per_country_hour", "200", .count, "to unproven numbers of one country; 0 = off"),
        ConfigKey(
            "limits.unproven_sends_per_site_hour", "1000", .count, "to unproven numbers, of the whole site; 0 = off"),
        ConfigKey("limits.enrolments_per_user_hour", "5", .count, "new secrets of apps, of one person; 0 = off"),
        ConfigKey("limits.enrolments_per_client_hour", "20", .count, "the same, from one address or device; 0 = off"),
        ConfigKey("limits.checks_per_code", "5", .count, "Twilio's own number; 0 = ours is off"),
        ConfigKey("limits.wrong_codes_per_user_client_hour", "10", .count, "of one person from one client; 0 = off"),
        ConfigKey("limits.wrong_codes_per_user_hour", "20", .count, "of one person; 0 = off"),
    ]

    private static let operation: [ConfigKey] = [
        ConfigKey(
            "dead.max_letters", "10000", .number(1...10_000_000), "dead letters kept of one front end; its oldest go"),
        ConfigKey(
            "dead.max_megabytes", "256", .number(1...1_000_000), "size of those kept of one front end; its oldest go"),
        ConfigKey("retention.dead_days", "7", .number(1...36_500), "how long dead letters are kept"),
        ConfigKey("retention.audit_days", "0", .number(0...36_500), "the audit trail; 0 = for ever"),
        ConfigKey("retention.history_days", "400", .number(0...36_500), "outcomes, three days at least; 0 = for ever"),
        ConfigKey("ops.listen", "127.0.0.1:8090", .listen, "health and metrics; off = none"),
        ConfigKey("ops.pages", "127.0.0.1:8091", .listen, "the operator's pages ('ops'); loopback only"),
        ConfigKey("ops.site", nil, .text, "the site's name, on top of those pages, such as shop"),
        ConfigKey("ops.environment", nil, .text, "its environment, on top of those pages, such as production"),
        ConfigKey(
            "login_page.listen", "127.0.0.1:8092", .listen, "the reference web login; loopback only, not for production"
        ),
        ConfigKey(
            "login_page.users", nil, .path, "who may sign in there: lines as 'login-page --hash NAME' prints them"),
        ConfigKey("events.enabled", "false", .flag, "publish each outcome to verify.events, masked"),
        ConfigKey("log.level", "info", .choice(ConfigKind.logLevels), "what is logged, and all that is worse"),
        ConfigKey(
            "log.format", "auto", .choice(LogFormat.allCases.map(\.rawValue)), "auto: text on a terminal, else json"),
    ]
}
