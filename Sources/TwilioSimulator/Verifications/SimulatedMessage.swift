public import Basics

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
    /// Why it did not arrive: Twilio's delivery error (`30003`) or the call's status (`busy`); `nil` when it did.
    public let undelivered: String?
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
    /// Authenticators made, and verified by a first code.
    public internal(set) var factors = 0
    /// Factors that a right code has proven.
    public internal(set) var factorsVerified = 0
    /// Challenges made, and answered rightly.
    public internal(set) var challenges = 0
    /// Challenges that a right code has ended.
    public internal(set) var challengesApproved = 0
}

/// What people read or hear, in the words of Twilio's examples.
enum MessageText {
    static func of(_ code: String, channel: String, service: SimulatedService) -> String {
        let name = service.friendlyName
        guard channel == "call" else {
            let warning = ". Don’t share this code with anyone; our employees will never ask for the code"
            let warns = channel == "sms" && service.flag("DoNotShareWarningEnabled")
            return "Your \(name) verification code is: \(code)" + (warns ? warning : "")
        }
        let key = service.flag("DtmfInputRequired", default: true) ? "Press any key to hear your code. " : ""
        return key + "Your \(name) verification code is: " + code.map(String.init).joined(separator: ", ")
    }
}
