public import Basics

/// One verification: a code for a number, from its first send to its end.
struct SimulatedVerification: Sendable, Equatable {
    /// Where a verification stands. Expiry is no status of its own here: it follows from the clock.
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
}

/// One send as `/v2/Attempts` knows it; it outlives its verification.
struct SimulatedAttempt: Sendable, Equatable {
    let sid: String
    let serviceSID: String
    let verificationSID: String
    let to: String
    let channel: String
    let created: Timestamp
    let codeLength: Int
    let locale: String?
    /// When the code of this send was entered rightly; `nil` until then.
    var converted: Timestamp?
}

/// A message that the simulator "delivered".
public struct SimulatedMessage: Sendable, Equatable {
    /// When it was sent, by the simulator's clock.
    public let at: Timestamp
    /// The number, in E.164 form.
    public let to: String
    /// `sms`, `call` or `whatsapp`.
    public let channel: String
    /// The code in it.
    public let code: String
    /// The whole text that the recipient reads or hears.
    public let text: String
    /// The verification that it belongs to.
    public let verificationSID: String
}

/// How much the simulator has done since it started or was reset.
public struct SimulatorStatistics: Sendable, Equatable {
    /// Messages sent.
    public internal(set) var sends = 0
    /// Codes looked at, right and wrong ones; requests that were refused do not count.
    public internal(set) var checks = 0
    /// Verifications approved.
    public internal(set) var approved = 0
    /// Different numbers that a message went to.
    public internal(set) var numbers = 0
}
