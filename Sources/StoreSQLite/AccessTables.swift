import Store

/// Where what lets a person in is kept.
extension AccessGrant {
    var table: String {
        switch self {
        case .pendingCode: "pending"
        case .approval: "approval"
        case .enrolment: "enrolment"
        case .ticket: "ticket"
        case .bypassCode: "bypass"
        case .reservedCode: "used_code"
        case .challenge: "challenge"
        case .knownClient: "client"
        }
    }

    /// The rows of the person whose name is `?1`.
    var ownership: String {
        switch self {
        case .pendingCode, .approval, .enrolment, .ticket, .bypassCode, .knownClient: "user = ?1"
        // Rows of five minutes, each looked up by its job's key.
        case .reservedCode:
            """
            EXISTS (SELECT 1 FROM job WHERE job.front_end = used_code.front_end
                AND job.message_id = used_code.message_id AND job.user = ?1)
            """
        case .challenge: "factor_sid = (SELECT factor_sid FROM user WHERE name = ?1)"
        }
    }

    /// Whether its rows hold the person's name.
    var namesItsPerson: Bool {
        switch self {
        case .pendingCode, .approval, .enrolment, .ticket, .bypassCode, .knownClient: true
        case .reservedCode, .challenge: false
        }
    }

    /// How a row ends that stays to tell its login why, with `?2` for the reason; `nil` where rows simply go.
    var ending: String? {
        switch self {
        case .pendingCode: "ended = ?2"
        case .enrolment: "ended = ?2, seed = NULL"
        case .approval, .ticket, .bypassCode, .reservedCode, .challenge, .knownClient: nil
        }
    }
}

/// The tables of which no row can let anybody in or add a factor.
///
/// Whoever adds a table says in one of the two lists what it is.
enum OtherTables {
    static let all: Set<String> = [
        // The store's own.
        "meta", "worker", "worker_report", "worker_order", "queue_sample", "queue_hour", "lane_settled",
        "grdb_migrations", "sqlite_sequence",
        // The site's, and its calls to Twilio.
        "site_option", "read_log", "call_lease", "call_departure", "provider_chore",
        // What a person has registered: a reset removes it, an erasure the whole row.
        "user",
        // A number's verification at Twilio: checked only by a login that is tied to it.
        "code",
        // Jobs, those that are not to be sent any more, and those that nobody could work on.
        "job", "canceled_send", "dead_letter", "letter_name", "letter_total",
        // Limits.
        "tally", "pace",
        // What was counted.
        "rollup",
        // What was.
        "history", "audit", "audit_name", "audit_refusal",
    ]
}
