/// How a job ended: the closed list of contract section 4.
///
/// Programs branch on this alone.
public enum Outcome: String, Sendable, CaseIterable, Codable {
    /// A code is on its way.
    case sent
    /// A secret was handed out and waits for its first code.
    case enrolling
    /// The code was right: let the person in.
    case approved
    /// The code was wrong; counted as a try.
    case denied
    /// There is no live code for this login.
    case expired
    /// A limit, ours or Twilio's.
    case throttled
    /// This number or country cannot be sent to.
    case blocked
    case notAllowed = "not_allowed"
    case options
    case canceled
    case done
    case unknownJob = "unknown_job"
    /// The job is malformed.
    case invalid
    /// Too close to the deadline, or past it: nothing was begun.
    case late
    /// Twilio could not be reached in time, or refuses our credentials or service. Never a wrong code.
    case unavailable
    /// A crash or a lost answer hid what Twilio did, and it could not be found out.
    case uncertain

    /// The exit code of the command that asked (contract, section 4).
    public var exitCode: Int32 {
        switch self {
        case .sent, .enrolling, .approved, .options, .canceled, .done: 0
        case .denied, .expired, .blocked, .unknownJob: 1
        case .invalid: 65
        case .unavailable: 69
        case .throttled, .late, .uncertain: 75
        case .notAllowed: 77
        }
    }
}

/// The stable code of an outcome's cause: the published catalogue.
public enum Reason: String, Sendable, CaseIterable, Codable {
    // expired
    case codeExpired = "code_expired"
    case codeUsed = "code_used"
    case triesUsedUp = "tries_used_up"
    case replaced
    case notPending = "not_pending"
    case notYours = "not_yours"
    case reset
    case alreadyUsed = "already_used"
    case enrolmentExpired = "enrolment_expired"
    // blocked
    case fraudGuard = "fraud_guard"
    case countryNotAllowed = "country_not_allowed"
    case landline
    case optedOut = "opted_out"
    case unreachable
    // not_allowed
    case methodDisabled = "method_disabled"
    case notRegistered = "not_registered"
    case alreadyRegistered = "already_registered"
    case contactAdministrator = "contact_administrator"
    case providerNone = "provider_none"
    case verifyFirst = "verify_first"
    case wrongApplication = "wrong_application"
    case ticketRequired = "ticket_required"
    case notAdmin = "not_admin"
    // unknown_job
    case noRecord = "no_record"
    case inProgress = "in_progress"
    // invalid
    case messageIDReused = "message_id_reused"
    case versionUnsupported = "version_unsupported"
    case unknownJobType = "unknown_job_type"
    case malformed
    case tooLarge = "too_large"
    // unavailable
    case poison
    case providerUnreachable = "provider_unreachable"
    case providerRefused = "provider_refused"
    case recordUnreadable = "record_unreadable"
    case paused
    // uncertain
    case answerLost = "answer_lost"
}

/// Which limit a `throttled` reply speaks of.
public enum LimitName: String, Sendable, CaseIterable, Codable {
    case cooldown, phone, user, client, country, site, provider
    case codeTries = "code_tries"
    case userTries = "user_tries"
}

/// Why a message could not be treated as a job at all; the reason of its dead letter.
public enum DeadLetterReason: String, Sendable, CaseIterable, Codable {
    case malformed
    case tooLarge = "too_large"
    case versionUnsupported = "version_unsupported"
    case replyToRefused = "reply_to_refused"
    case unauthenticated
    case poison
    case unexpected
    case broker
    /// A record that the job needs cannot be read.
    case recordUnreadable = "record_unreadable"
}
