public import Basics

/// Who calls, and on which Verify service.
///
/// Read anew for every call, so that a rotated key takes effect at once.
///
/// Source: https://www.twilio.com/docs/iam/api-keys
public struct TwilioAccount: Sendable {
    /// An API key's SID (`SK…`, recommended) or the account's (`AC…`).
    public var user: String
    /// The key's secret, or the account's token.
    public var password: Redacted<String>
    /// `AC…`, the account.
    public var accountSID: String
    /// `VA…`; empty while there is none yet, which only the calls about services themselves can do without.
    public var serviceSID: String

    /// What is needed to ask.
    public init(user: String, password: Redacted<String>, accountSID: String, serviceSID: String) {
        self.user = user
        self.password = password
        self.accountSID = accountSID
        self.serviceSID = serviceSID
    }
}

/// How a code travels, by Twilio's word for it: `sms`, `call`, `whatsapp`.
public struct Channel: RawRepresentable, Sendable, Hashable {
    /// Twilio's word.
    public var rawValue: String

    /// From Twilio's word.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// A text message.
    public static let sms = Channel(rawValue: "sms")
    /// A voice call.
    public static let call = Channel(rawValue: "call")
}

/// What a verification is looked up by.
public enum VerificationRef: Sendable, Hashable {
    case sid(String)
    case number(E164)
}

/// Twilio's identifiers: two letters and 32 hexadecimal digits.
enum TwilioSID {
    static func isValid(_ text: String, prefix: String) -> Bool {
        text.utf8.count == 34 && text.utf8.starts(with: prefix.utf8)
            && text.utf8.dropFirst(2).allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x46).contains($0) || (0x61...0x66).contains($0)
            }
    }
}
