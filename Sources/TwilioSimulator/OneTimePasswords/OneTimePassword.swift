import Basics
import Crypto

/// Time-based one-time passwords (RFC 6238): what Twilio checks, and what an authenticator app shows.
///
/// Twilio's half is written apart from the product's on purpose: a mistake in both would cancel out.
struct OneTimePassword: Sendable, Equatable {
    enum Algorithm: String, Sendable, CaseIterable {
        case sha1, sha256, sha512
    }

    let secret: Redacted<[UInt8]>
    var algorithm = Algorithm.sha1
    /// Digits of a code, 3 to 8.
    var digits = 6
    /// Seconds that a code lasts, 20 to 60.
    var period = 30

    /// The number of the step that a moment lies in, counted from 1970.
    func step(at time: Timestamp) -> Int64 { time.wholeSeconds / Int64(period) }

    /// Whole seconds until the code changes, 1 to the period.
    func secondsLeft(at time: Timestamp) -> Int { period - Int(time.wholeSeconds % Int64(period)) }

    func code(at time: Timestamp) -> Redacted<String> { code(ofStep: step(at: time)) }

    /// RFC 4226, section 5.3: four bytes of the hash, from the place that its last half byte names.
    func code(ofStep step: Int64) -> Redacted<String> {
        let hash = hash(of: withUnsafeBytes(of: step.bigEndian, Array.init))
        let start = Int(hash[hash.count - 1] % 16)
        var number = Int(hash[start] % 128)
        for byte in hash[start + 1...start + 3] { number = number * 256 + Int(byte) }
        let text = String(number)
        return Redacted(
            text.count < digits
                ? String(repeating: "0", count: digits - text.count) + text : String(text.suffix(digits)))
    }

    /// The step whose code this is, of those up to `skew` steps from now; the latest where two have the same code.
    ///
    /// - Parameter used: The last step whose code was taken, where none may be taken twice: only later ones count.
    func step(of code: String, at time: Timestamp, skew: Int, used: Int64? = nil) -> Int64? {
        let now = step(at: time)
        return (now - Int64(skew)...now + Int64(skew)).last { step in
            step > used ?? .min && self.code(ofStep: step).revealed == code
        }
    }

    private func hash(of message: [UInt8]) -> [UInt8] {
        let key = SymmetricKey(data: secret.revealed)
        return switch algorithm {
        case .sha1: Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: key))
        case .sha256: Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
        case .sha512: Array(HMAC<SHA512>.authenticationCode(for: message, using: key))
        }
    }
}
