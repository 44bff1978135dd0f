import Basics
import FoundationEssentials
import Web

/// What an authenticator app scans: `otpauth://totp/<issuer>:<label>?secret=…`.
///
/// https://github.com/google/google-authenticator/wiki/Key-Uri-Format
struct KeyURI: Sendable, Equatable {
    /// By what name the service goes; empty when the link has none.
    var issuer: String
    var label: String
    var password: OneTimePassword

    init(issuer: String, label: String, password: OneTimePassword) {
        self.issuer = issuer
        self.label = label
        self.password = password
    }

    /// As Twilio writes it, in its order.
    ///
    /// - Parameter secret: As it was given.
    func text(secret: Redacted<String>) -> Redacted<String> {
        let name = FormFields.encoded(issuer)
        return Redacted(
            "otpauth://totp/\(name):\(FormFields.encoded(label))?secret=\(secret.revealed)&issuer=\(name)"
                + "&algorithm=\(password.algorithm.rawValue.uppercased())&digits=\(password.digits)"
                + "&period=\(password.period)")
    }

    /// Reads a link as an app does, with what is usual for what it leaves out: SHA-1, 6 digits, 30 seconds.
    ///
    /// - Throws: A sentence that says what is wrong, and nothing of the link.
    init(reading text: Redacted<String>) throws(ControlProblem) {
        let parts = text.revealed.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let start = "otpauth://totp/"
        guard parts[0].lowercased().hasPrefix(start), parts.count == 2 else {
            throw ControlProblem("The link must start with otpauth://totp/ and have parameters")
        }
        let name = FormFields.decoded(parts[0].dropFirst(start.count).utf8, plusIsSpace: false)
            .split(separator: ":", maxSplits: 1)
        let fields = FormFields(String(parts[1]))
        issuer = fields["issuer"] ?? (name.count > 1 ? String(name[0]) : "")
        label = name.last.map { String($0.drop { $0 == " " }) } ?? ""
        guard let secret = fields["secret"].flatMap({ Base32Text.decode(Redacted($0)) }) else {
            throw ControlProblem("The link's secret is missing or not Base32")
        }
        guard let algorithm = OneTimePassword.Algorithm(rawValue: fields["algorithm"]?.lowercased() ?? "sha1") else {
            throw ControlProblem("The link's algorithm is SHA1, SHA256 or SHA512")
        }
        password = OneTimePassword(
            secret: secret, algorithm: algorithm,
            digits: try fields.number("digits", 3...8, or: ControlProblem.outside("The link's digits", 3...8)) ?? 6,
            period: try fields.number("period", 1...3600, or: ControlProblem.outside("The link's period", 1...3600))
                ?? 30)
    }
}
