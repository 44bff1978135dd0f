import Basics

/// What an authenticator app is told, as a link and for typing.
///
/// Key URI format: https://github.com/google/google-authenticator/wiki/Key-Uri-Format
struct OTPAuth: Sendable {
    /// Shown above the code; with the label it keeps a person's accounts apart.
    var issuer: String
    /// Shown beside the code.
    var label: String
    var secret: Redacted<[UInt8]>
    /// Digits of a code, 3 to 8.
    var digits: Int
    /// Seconds that a code lasts, 20 to 60.
    var period: Int

    /// `otpauth://totp/<issuer>:<label>?secret=…&issuer=…&digits=…&period=…`, printable ASCII.
    var uri: Redacted<String> {
        let issuer = PercentEncoding.escape(Self.withoutColons(issuer))
        let label = PercentEncoding.escape(Self.withoutColons(label))
        let name = issuer.isEmpty ? label : "\(issuer):\(label)"
        let parameters = [
            "secret=\(Base32.encode(secret.revealed))", issuer.isEmpty ? nil : "issuer=\(issuer)", "digits=\(digits)",
            "period=\(period)",
        ]
        return Redacted("otpauth://totp/\(name)?\(parameters.compactMap(\.self).joined(separator: "&"))")
    }

    /// The secret in groups of four.
    var typed: Redacted<String> { Redacted(Base32.grouped(Base32.encode(secret.revealed))) }

    /// The colon parts issuer and label, escaped or not, so neither may hold one.
    private static func withoutColons(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == ":" ? "-" : $0 }))
    }
}
