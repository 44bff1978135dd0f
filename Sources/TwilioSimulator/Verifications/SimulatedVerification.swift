import Basics

/// One verification: a code for a number, from its first send to its end.
struct SimulatedVerification: Sendable, Equatable {
    /// Where a verification stands.
    ///
    /// Expiry is no status of its own here: it follows from the clock.
    enum Status: String, Sendable {
        case pending, approved, canceled
        case maxAttemptsReached = "max_attempts_reached"
    }

    /// One send of the code.
    struct Send: Sendable, Equatable {
        var time: Timestamp
        var channel: String
        var attemptSID: String
    }

    let sid: String
    let serviceSID: String
    let to: String
    var channel: String
    var code: String
    var status = Status.pending
    var created: Timestamp
    var updated: Timestamp
    var sends: [Send] = []
    var wrongChecks = 0
    var amount: String?
    var payee: String?
    /// What the lookup found; `nil` while the service does not look up.
    var carrier: Carrier?
}

/// What a lookup says about a number. https://www.twilio.com/docs/verify/api/verification
struct Carrier: Sendable, Equatable {
    /// `mobile` or `landline`.
    var type: String

    /// `nil` for a Canadian number: Twilio has no carrier data there by default.
    init?(of number: String, region: String?) {
        if region == "CA" { return nil }
        type = ScriptedNumbers.isLandline(number) ? "landline" : "mobile"
    }
}
