import Basics
import Store

/// How wrong the clock of an app seems to be whose code was refused: a person who has just scanned the picture is helped
/// by nothing else.
struct ClockHint: Sendable, Equatable {
    /// Seconds that the app is ahead; less than 0 when it is behind.
    var seconds: Int

    init(seconds: Int) {
        self.seconds = seconds
    }

    /// `nil` when the code would not have been right at another time near now.
    init?(_ code: Redacted<String>, of enrolment: Enrolment, at now: Timestamp) {
        guard let secret = enrolment.secret,
            let totp = TOTP(secret: secret, digits: enrolment.digits, period: enrolment.period),
            let steps = totp.offset(of: code, at: now), steps != 0
        else { return nil }
        self.init(seconds: steps * enrolment.period)
    }

    var sentence: String {
        let size = abs(seconds)
        let minutes = (size + 30) / 60
        let amount = size < 60 ? "\(size) seconds" : minutes == 1 ? "a minute" : "\(minutes) minutes"
        return "That code is wrong because the clock of the device with the app is about \(amount) "
            + "\(seconds < 0 ? "slow" : "fast"). Set it to automatic time, then type the code that the app shows."
    }
}
