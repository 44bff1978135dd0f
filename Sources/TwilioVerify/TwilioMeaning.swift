/// What an error of Twilio's means to us.
public enum TwilioMeaning: String, Sendable, Hashable, CaseIterable {
    /// The number is not one Twilio takes.
    case invalidTo
    /// The message does not exist in the language that was asked for. Nothing was sent; without a language it may be.
    case localeNotSupported
    /// Five wrong codes: the verification is used up.
    case maxChecks
    /// Five sends: no more until the verification ends.
    case maxSends
    /// Blocked as suspected fraud.
    case fraudGuard
    case countryNotAllowed
    /// No SMS to a landline; a call may work.
    case landline
    /// The recipient replied STOP.
    case optedOut
    /// The number cannot be reached on this channel.
    case unreachable
    case channelDisabled
    case credentials
    /// What was asked for, a verification mostly, is over or never was.
    case notFound
    case rateLimited
    /// Another start for the same number is under way.
    case concurrent
    /// A limit per user or number over a longer time.
    case tooManyUserRequests
    /// The Verify service itself is missing or has lost a feature.
    case serviceMissing
    /// Twilio's own fault.
    case providerFault
    case wrongCode
    /// The factor is unverified, or was not verified in time: only a new one helps.
    case factorUnusable
    /// Five wrong codes for a new factor: only a new one helps.
    case factorTriesUsedUp
    /// The entity has as many factors as Twilio allows.
    case factorLimit
    /// The entity or factor is there already.
    case alreadyExists
    /// The challenge was answered or has expired: only a new one helps.
    case challengeOver
    /// Five wrong codes for a challenge: only a new one helps.
    case challengeTriesUsedUp
    /// As many challenges as Twilio allows for a factor in an hour or a day.
    case challengeLimit
    case other
}

/// What Twilio's error codes mean. The codes: https://www.twilio.com/docs/api/errors
public enum ErrorCatalog {
    /// When trying again may help.
    public enum Retry: String, Sendable {
        /// Never.
        case never
        /// After a short, growing wait.
        case backOff
        /// When the current window (10 minutes by default) is over.
        case afterWindow
        /// When the user has changed something.
        case whenCorrected
        /// On another channel.
        case otherChannel
        /// From the beginning, with a new verification or challenge.
        case startOver
        /// It is already as wished.
        case alreadyDone
    }

    /// What a code means, and what follows from it.
    public struct Entry: Sendable, Hashable {
        /// What it means.
        public var meaning: TwilioMeaning
        /// When trying again may help.
        public var retry: Retry
        /// What the operator should do; empty for nothing.
        public var advice: String
    }

    /// `nil` for a code that is not in the catalogue.
    public static func entry(for code: Int) -> Entry? { entries[code] }

    /// What the operator should do about a failure; empty for nothing.
    public static func advice(on failure: CallFailure) -> String {
        if failure.meaning == .serviceMissing, failure.result == .notFound {
            return "Page: Twilio has no such Verify service; check its SID and that of the account."
        }
        if failure.meaning == .credentials, failure.code == nil { return entry(for: 20003)?.advice ?? "" }
        if let code = failure.code {
            return entry(for: code)?.advice
                ?? "Not in this program's catalogue; see https://www.twilio.com/docs/api/errors/\(code)."
        }
        return advice(on: failure.result)
    }

    /// What the operator should do about an error code of which nothing else is known; empty for nothing, `nil` for a number that
    /// is no error code, but an HTTP status.
    public static func advice(onCode code: Int) -> String? {
        guard code >= 1000 else { return nil }
        return entry(for: code)?.advice
            ?? "Not in this program's catalogue; see https://www.twilio.com/docs/api/errors/\(code)."
    }

    private static func advice(on result: CallFailure.Result) -> String {
        switch result {
        case .timeout, .networkError: "Check the network, DNS, firewall and proxy towards Twilio."
        case .proxyError: "Page: the proxy of twilio.proxy refuses or is not found; check its address and its rules."
        case .tlsError: "Check the authorities that are trusted, the clock, and what is between here and Twilio."
        case .badResponse: "The answer is not Twilio's; check the base URL and what is between here and Twilio."
        case .serverError: "Alert on rate: Twilio is at fault or down."
        case .rateLimited: "Alert on rate: too many requests at once."
        case .clientError, .notFound, .unauthorized, .withheld: ""
        }
    }

    /// Every code in the catalogue, ascending.
    public static var codes: [Int] { entries.keys.sorted() }

    private static let entries: [Int: Entry] = {
        var entries: [Int: Entry] = [:]
        for row in rows {
            for code in row.codes.joined() {
                entries[code] = Entry(meaning: row.meaning, retry: row.retry, advice: row.advice)
            }
        }
        return entries
    }()

    static func meaning(code: Int?, message: String?, httpStatus: Int) -> TwilioMeaning {
        if code == 60200 { return invalidParameter(message) }
        if let code, let entry = entries[code] { return entry.meaning }
        return switch httpStatus {
        case 401: .credentials
        case 403 where code == nil: .credentials
        case 404: .notFound
        case 429: .rateLimited
        case 500...599: .providerFault
        default: .other
        }
    }

    /// 60200 names the parameter in its message: in quotes of several kinds, else next to the word "parameter", else at
    /// the end.
    private static func invalidParameter(_ message: String?) -> TwilioMeaning {
        guard let name = parameterName(in: message ?? "") else { return .other }
        return switch name.lowercased() {
        case "to": .invalidTo
        case "code", "authpayload": .wrongCode
        case "locale": .localeNotSupported
        default: .other
        }
    }

    private static func parameterName(in message: String) -> Substring? {
        if let quoted = quotedName(in: message) { return quoted }
        let words = message.split { !$0.isLetter }
        guard let index = words.firstIndex(where: { ["parameter", "parameters"].contains($0.lowercased()) }) else {
            return nameOfParameter(words.last)
        }
        // "Invalid parameter: To", "Invalid To parameter", "…: Invalid parameter".
        let after = words.dropFirst(index + 1).first
        return nameOfParameter(after) ?? nameOfParameter(words[..<index].last) ?? nameOfParameter(words.last)
    }

    /// The first word in quotes; what is quoted and is no word may be anybody's input.
    private static func quotedName(in message: String) -> Substring? {
        let quotes: Set<Character> = ["'", "\"", "`", "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "\u{B4}"]
        let parts = message.split(omittingEmptySubsequences: false) { quotes.contains($0) }
        // Between two quotes: neither the first part nor the last.
        return parts.dropFirst().dropLast().first { part in
            !part.isEmpty && part.utf8.count <= 64 && part.allSatisfy { $0.isASCII && ($0.isLetter || $0 == ".") }
        }
    }

    /// Twilio's parameters begin with a capital letter; a plain "to" is English.
    private static func nameOfParameter(_ word: Substring?) -> Substring? {
        guard let word, let first = word.first, first.isUppercase, word.lowercased() != "invalid" else { return nil }
        return word
    }
}
