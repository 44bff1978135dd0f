import Basics
import Crypto

/// Time-based one-time passwords (RFC 6238) with SHA-1, as authenticator apps make them.
///
/// Never an approval: that comes from Twilio alone. It only finds out, for a person who registers an app, that the app's
/// clock is wrong.
struct TOTP: Sendable {
    /// How many steps to either side a wrong clock is looked for: 5 minutes with the usual 30 s.
    static let reach = 10

    private let secret: Redacted<[UInt8]>
    private let digits: Int
    private let period: Int

    /// `nil` unless a code has 3 to 8 digits and lasts 20 to 60 s: what Twilio allows.
    init?(secret: Redacted<[UInt8]>, digits: Int, period: Int) {
        guard (3...8).contains(digits), (20...60).contains(period) else { return nil }
        self.secret = secret
        self.digits = digits
        self.period = period
    }

    /// Fresh from the system's random numbers: 160 bits, as RFC 4226 (section 4) recommends.
    static func freshSecret() -> Redacted<[UInt8]> {
        var generator = SystemRandomNumberGenerator()
        return Redacted((0..<20).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// The code that an app with a right clock shows at that time.
    func code(at time: Timestamp) -> Redacted<String> { code(ofStep: step(time)) }

    /// How many steps from `time` the code is right: −10 for an app that is so far behind, 0 for one in time, 10 for
    /// one ahead; the nearest, and the earlier of two as near.
    ///
    /// `nil` when it is right at none of them.
    func offset(of code: Redacted<String>, at time: Timestamp) -> Int? {
        let now = step(time)
        let nearest = (0...Self.reach).flatMap { $0 == 0 ? [0] : [-$0, $0] }
        return nearest.first { self.code(ofStep: now + Int64($0)) == code }
    }

    private func step(_ time: Timestamp) -> Int64 { time.wholeSeconds / Int64(period) }

    /// HOTP (RFC 4226, section 5.3) of the step.
    private func code(ofStep step: Int64) -> Redacted<String> {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) }
        let hash = Array(
            HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret.revealed)))
        let place = Int(hash[19] & 15)
        let number = hash[place..<place + 4].reduce(0 as UInt32) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        return Redacted(String((String(repeating: "0", count: digits) + String(number)).suffix(digits)))
    }
}
