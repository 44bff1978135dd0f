/// A configuration key: its name, its default, what it means. The catalogue is the one place where keys are named.
public struct ConfigKey: Sendable {
    public enum Kind: Sendable { case text, number, flag, list }

    public var name: String
    public var fallback: String?
    public var kind: Kind
    public var isSecret: Bool
    public var meaning: String

    init(
        _ name: String, _ fallback: String?, kind: Kind = .text, secret: Bool = false, _ meaning: String
    ) {
        self.name = name
        self.fallback = fallback
        self.kind = kind
        isSecret = secret
        self.meaning = meaning
    }

    /// `worker.drain_seconds` → `VERIFY_COURIER_WORKER_DRAIN_SECONDS`
    public var environmentName: String {
        "VERIFY_COURIER_" + name.uppercased().replacing(".", with: "_")
    }

    /// Every key there is (contract, section 7).
    public static let all: [ConfigKey] = [
        ConfigKey(
            "broker.url", "amqp://guest:guest@127.0.0.1:5672", secret: true,
            "the broker; several, comma-separated, are tried in turn"),
        ConfigKey("broker.tls.ca_file", nil, "PEM file of the authorities that may sign the broker's certificate"),
        ConfigKey("broker.tls.certificate_file", nil, "PEM file of the client certificate"),
        ConfigKey("broker.tls.key_file", nil, "PEM file of its key"),
        ConfigKey("store.url", nil, "sqlite:PATH; default verify-courier.db in the state folder"),
        ConfigKey("store.key_file", nil, "keys for numbers at rest; default the store's path + .key"),
        ConfigKey("twilio.base_url", "https://verify.twilio.com", "plain HTTP for loopback addresses only"),
        ConfigKey("twilio.ca_file", nil, "PEM file of authorities, if not the system's"),
        ConfigKey("twilio.code_minutes", "10", kind: .number, "life of a code, as set at Twilio"),
        ConfigKey("twilio.reads_per_minute", "60", kind: .number, "reads for reconciling; 0 = no limit"),
        ConfigKey("twilio.reads_per_hour", "180", kind: .number, "likewise"),
        ConfigKey("twilio.reads_per_day", "250", kind: .number, "likewise"),
        ConfigKey("twilio.attempts_per_minute", "100", kind: .number, "reads of the list of attempts; 0 = no limit"),
        ConfigKey("worker.send_slots", "128", kind: .number, "jobs at once in the lane"),
        ConfigKey("worker.check_slots", "128", kind: .number, "likewise"),
        ConfigKey("worker.account_slots", "64", kind: .number, "likewise"),
        ConfigKey("worker.admin_slots", "4", kind: .number, "likewise"),
        ConfigKey("worker.drain_seconds", "20", kind: .number, "how long SIGTERM waits for jobs in hand"),
        ConfigKey("site.2FA_PROVIDER", "Twilio Verify", "Twilio Verify, or None"),
        ConfigKey("site.2FA_VER_SMS", "Enabled", "Enabled or Disabled"),
        ConfigKey("site.2FA_VER_VOICE", "Enabled", "Enabled or Disabled"),
        ConfigKey("site.2FA_VER_TOTP", "Enabled", "Enabled or Disabled"),
        ConfigKey("site.2FA_LOGINTYPE_WEB", "Flagged", "All, Flagged or None"),
        ConfigKey("site.2FA_LOGINTYPE_WIN", "Flagged", "All, Flagged or None"),
        ConfigKey("site.2FA_VERIFY_SERVICESID", nil, "Twilio's Verify service, VA…"),
        ConfigKey("site.2FA_VERIFY_ACCOUNTSID", nil, "Twilio's account, AC…"),
        ConfigKey("site.2FA_VERIFY_AUTHTOKEN", nil, secret: true, "Twilio's auth token"),
        ConfigKey("site.2FA_VERIFY_APIKEYSID", nil, "an API key in place of the token, SK…"),
        ConfigKey("site.2FA_VERIFY_APIKEYSECRET", nil, secret: true, "its secret"),
        ConfigKey("limits.enabled", "true", kind: .flag, "false switches our limits off, for a load test"),
        ConfigKey("limits.cooldown_seconds", "30,40,60,90,120", kind: .list, "between sends to a person"),
        ConfigKey("limits.sends_per_code", "5", kind: .number, "Twilio's own number"),
        ConfigKey("limits.checks_per_code", "5", kind: .number, "Twilio's own number"),
        ConfigKey("reply.prefixes", "verify.reply.", kind: .list, "what reply queues may begin with"),
        ConfigKey("log.level", "info", "trace, debug, info, notice, warning, error or critical"),
    ]

    /// The known name nearest to a mistyped one.
    static func nearest(to name: String) -> String {
        all.map(\.name).min { EditDistance.between($0, name) < EditDistance.between($1, name) } ?? ""
    }
}

/// How many single-character edits lie between two words (Levenshtein), for "did you mean".
enum EditDistance {
    static func between(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let next = a == b ? diagonal : min(diagonal, row[j], row[j + 1]) + 1
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[right.count]
    }
}
