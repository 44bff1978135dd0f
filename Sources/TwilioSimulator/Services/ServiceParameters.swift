/// What a service takes as a parameter, and what it may hold (https://www.twilio.com/docs/verify/api/service).
enum ServiceParameters {
    enum Rule: Sendable {
        case flag
        case text
        case number(ClosedRange<Int>)
        /// An identifier: two letters and 32 hexadecimal digits.
        case sid(String)
        case word([String])
        /// `whatsapp:` and a number.
        case whatsAppAddress
    }

    /// All but the friendly name and the code's length, which every service has.
    static let rules: [String: Rule] = [
        "LookupEnabled": .flag, "SkipSmsToLandlines": .flag, "DtmfInputRequired": .flag, "Psd2Enabled": .flag,
        "DoNotShareWarningEnabled": .flag, "CustomCodeEnabled": .flag, "VerifyEventSubscriptionEnabled": .flag,
        "Push.IncludeDate": .flag, "Push.ApnCredentialSid": .sid("CR"), "Push.FcmCredentialSid": .sid("CR"),
        "Totp.Issuer": .text, "Totp.TimeStep": .number(20...60), "Totp.CodeLength": .number(3...8),
        "Totp.Skew": .number(0...2), "TtsName": .text, "DefaultTemplateSid": .sid("HJ"),
        "Whatsapp.MsgServiceSid": .sid("MG"), "Whatsapp.From": .whatsAppAddress,
        "Passkeys.RelyingParty.Id": .text, "Passkeys.RelyingParty.Name": .text,
        "Passkeys.RelyingParty.Origins": .text,
        "Passkeys.AuthenticatorAttachment": .word(["platform", "cross-platform", "any"]),
        "Passkeys.DiscoverableCredentials": .word(["required", "preferred", "discouraged"]),
        "Passkeys.UserVerification": .word(["required", "preferred", "discouraged"]),
    ]

    /// The value as it is kept; `nil` when the rule refuses it.
    static func accepted(_ value: String, by rule: Rule) -> String? {
        switch rule {
        case .flag:
            let word = value.lowercased()
            return ["true", "false"].contains(word) ? word : nil
        case .text: return value
        case .number(let range): return Int(value).flatMap { range.contains($0) ? String($0) : nil }
        case .sid(let prefix): return SID.isValid(value, prefix: prefix) ? value : nil
        case .word(let words): return words.contains(value) ? value : nil
        case .whatsAppAddress: return value.hasPrefix("whatsapp:+") ? value : nil
        }
    }

    /// Twilio's rule for names: at most 30 characters, letters, digits, spaces, dashes, underscores, at most 4 digits.
    static func isAcceptable(name: String) -> Bool {
        name.count <= 30 && name.allSatisfy { $0.isLetter || $0.isNumber || " -_".contains($0) }
            && name.filter(\.isNumber).count <= 4
    }

    /// Twilio keeps a list of words that no name may have (60248) and does not publish it; here it is this one.
    static let restrictedWord = "restricted"
}

/// Twilio's identifiers.
enum SID {
    static func isValid(_ text: String, prefix: String) -> Bool {
        text.utf8.count == 34 && text.hasPrefix(prefix) && text.dropFirst(2).allSatisfy { $0.isASCII && $0.isHexDigit }
    }
}
