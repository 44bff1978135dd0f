import SitePolicy

/// What the reference page tells of a key beside its default and its meaning. The page is held against it by a test.
extension ConfigKey {
    /// When a value is read.
    public enum Reading: Sendable, Equatable {
        /// When the program starts; a change needs a restart.
        case atStart
        /// From a secret file also when that changes, without a restart; from elsewhere at the start.
        case whenItsFileChanges
        /// By `store init`; from then on the store's value holds, and `admin options set` changes it for all workers at once.
        case onceIntoTheStore
    }

    /// When a change of the key takes effect.
    public var reading: Reading {
        if Self.readAgain.contains(name) { return .whenItsFileChanges }
        let option = name.hasPrefix("site.") ? String(name.dropFirst("site.".count)) : ""
        return SiteOptions.defaults[option] == nil ? .atStart : .onceIntoTheStore
    }

    /// Twilio's credentials: a rotated one needs no restart.
    static let readAgain: Set<String> = [
        "site.2FA_VERIFY_SERVICESID", "site.2FA_VERIFY_ACCOUNTSID", "site.2FA_VERIFY_AUTHTOKEN",
        "site.2FA_VERIFY_APIKEYSID", "site.2FA_VERIFY_APIKEYSECRET",
    ]

    /// What a number is a number of; `nil` for what is none.
    public var unit: String? { Self.units[name] }

    private static let units: [String: String] = [
        "twilio.calls_per_second": "calls a second", "twilio.calls_at_once": "calls", "twilio.code_minutes": "minutes",
        "twilio.reads_per_minute": "reads a minute", "twilio.reads_per_hour": "reads an hour",
        "twilio.reads_per_day": "reads a day", "twilio.attempts_per_minute": "reads a minute",
        "worker.send_slots": "jobs", "worker.check_slots": "jobs", "worker.account_slots": "jobs",
        "worker.admin_slots": "jobs", "worker.drain_seconds": "seconds", "limits.cooldown_seconds": "seconds",
        "limits.sends_per_code": "sends", "limits.sends_per_number_hour": "sends an hour",
        "limits.sends_per_user_hour": "sends an hour", "limits.sends_per_client_hour": "sends an hour",
        "limits.unproven_sends_per_number_day": "sends a day",
        "limits.unproven_sends_per_country_hour": "sends an hour",
        "limits.unproven_sends_per_site_hour": "sends an hour", "limits.enrolments_per_user_hour": "secrets an hour",
        "limits.enrolments_per_client_hour": "secrets an hour", "limits.checks_per_code": "checks",
        "limits.wrong_codes_per_user_client_hour": "codes an hour", "limits.wrong_codes_per_user_hour": "codes an hour",
        "dead.max_letters": "letters", "dead.max_megabytes": "MiB", "retention.dead_days": "days",
        "retention.audit_days": "days", "retention.history_days": "days",
    ]

    /// Whether the value must not be seen, and so belongs into a file of its own.
    public var isHidden: Bool { isSecret }
}
