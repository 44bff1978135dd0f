/// A table as every kind of store has it, by the names that stand in places of sealed values.
package struct CopiedTable: Sendable {
    package let name: String
    /// Those of its key come first.
    package let columns: [String]
    /// How many of them are its key.
    package let keyLength: Int

    private init(_ name: String, key: [String], _ others: [String]) {
        (self.name, columns, keyLength) = (name, key + others, key.count)
    }

    /// The columns of its key.
    package var key: [String] { Array(columns.prefix(keyLength)) }
    /// Each row has a number that the store gives, and gives once.
    package var isNumbered: Bool { key == ["id"] }

    /// What finds a row.
    package func key(of row: [CopiedValue]) -> [CopiedValue] { Array(row.prefix(keyLength)) }

    /// What a store tells of itself in one number, and a copy of it as well.
    package static let facts = ["key_current", "counted_since", "audit_kept_since"]

    /// Tables of which nothing is copied: leases of workers that are gone, by a clock that is another one there, and what a store
    /// keeps for itself or makes from its other tables.
    package static let left: Set<String> = [
        "call_lease", "call_departure", "letter_total", "meta", "server", "rollup_added", "schema_migration",
        "grdb_migrations", "sqlite_sequence",
    ]
    /// Columns of which nothing is copied: likewise.
    package static let leftColumns: Set<String> = [
        "job.lease_until", "job.code_events", "worker_report.heard", "worker.incarnation", "worker.released_at",
        "user.phone_keys", "pending.number_keys", "used_code.user", "dead_letter.named", "audit.named",
    ]

    /// All, in an order in which each comes behind those that it rests on.
    package static let all = workers + jobs + people + limits + records

    private static let workers = [
        Self("site_option", key: ["name"], ["value"]),
        Self("worker", key: ["id"], ["started_at", "ended_at", "ended_how"]),
        Self("worker_report", key: ["worker"], ["at", "body"]),
        Self("worker_order", key: ["id"], ["worker", "lane", "wish", "by", "why", "at", "until"]),
        Self("queue_sample", key: ["id"], ["at", "grain", "worker", "body"]),
        Self(
            "queue_hour", key: ["start", "queue"],
            [
                "samples", "ready_least", "ready_most", "ready_last", "consumers_least", "in_hand_most",
                "settled_first",
                "settled_last",
            ]),
        Self("lane_settled", key: ["lane"], ["count"]),
    ]

    private static let jobs = [
        Self(
            "job", key: ["front_end", "message_id"],
            [
                "kind", "fingerprint", "user", "application", "login", "state", "worker", "fence", "begins", "begun_at",
                "deadline", "generation", "lock_hmac", "call", "outcome", "reply", "reply_state", "recorded_at",
                "withheld", "received_at", "settled_at", "calls",
            ]),
        Self("canceled_send", key: ["front_end", "message_id"], ["user", "application", "login", "at"]),
        Self("provider_chore", key: ["id"], ["kind", "payload", "due_at", "tries", "priority"]),
    ]

    private static let people = [
        Self(
            "user", key: ["name"],
            [
                "known", "required", "grace_until", "phone", "phone_registered_at", "factor_sid", "factor_identity",
                "factor_registered_at", "generation", "last_approved_at",
            ]),
        Self(
            "code", key: ["number_hmac"],
            [
                "sid", "channel", "expires_at", "attempts", "checks_begun", "checks_denied", "checks_excused", "ended",
                "cohort",
            ]),
        Self(
            "pending", key: ["user", "application", "login"],
            ["number_hmac", "place", "sid", "purpose", "ticket", "ended", "confirmed", "until"]),
        Self("approval", key: ["user", "application", "login"], ["at"]),
        Self("client", key: ["user", "client_hmac"], ["approved_at"]),
        Self("bypass", key: ["user"], ["hash", "until", "tries"]),
        Self("ticket", key: ["hash"], ["user", "until"]),
        Self(
            "enrolment", key: ["user"],
            [
                "application", "login", "identity", "factor_sid", "seed", "label", "issuer", "digits", "period",
                "expires_at", "tries", "ticket", "confirmed", "ended", "checks_begun", "checks_denied",
                "lost_call_over_at",
            ]),
        Self("challenge", key: ["factor_sid"], ["sid", "expires_at", "tries", "checks_begun", "checks_denied"]),
        Self("used_code", key: ["front_end", "message_id"], ["hash", "until"]),
    ]

    private static let limits = [
        Self("tally", key: ["tally", "key", "at", "front_end", "message_id"], ["owner"]),
        Self("pace", key: ["key"], ["streak", "not_before"]),
        Self("read_log", key: ["id"], ["kind", "at_ms"]),
    ]

    private static let records = [
        Self(
            "dead_letter", key: ["id"],
            [
                "at", "reason", "routing_key", "front_end", "message_id", "properties", "body", "deadline", "state",
                "replays", "due_at",
            ]),
        Self("letter_name", key: ["hash", "letter"], []),
        Self(
            "history", key: ["id"],
            [
                "at", "kind", "front_end", "message_id", "user", "application", "number_hmac", "masked", "outcome",
                "reason", "begun_at", "provider_code", "channel", "country", "login", "sid",
            ]),
        Self(
            "audit", key: ["id"],
            [
                "at", "operator", "front_end", "kind", "message_id", "user", "outcome", "reason", "detail",
                "former_user",
            ]),
        Self("audit_name", key: ["hash", "entry"], []),
        Self("audit_refusal", key: ["front_end", "hour"], ["count", "kind"]),
        Self("rollup", key: ["series", "start", "labels"], ["count"]),
    ]
}
