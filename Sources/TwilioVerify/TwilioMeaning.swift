/// What an error of Twilio's means to us.
public enum TwilioMeaning: String, Sendable, Hashable, CaseIterable {
    /// The number is not one Twilio takes.
    case invalidTo
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

    public struct Entry: Sendable, Hashable {
        public var meaning: TwilioMeaning
        public var retry: Retry
        /// What the operator should do; empty for nothing.
        public var advice: String
    }

    /// `nil` for a code that is not in the catalogue.
    public static func entry(for code: Int) -> Entry? { entries[code] }

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

    /// 60200 names the parameter in its message, in quotes of several kinds.
    private static func invalidParameter(_ message: String?) -> TwilioMeaning {
        let word = (message ?? "").split { !$0.isLetter }.last
        return switch word {
        case "To": .invalidTo
        case "Code", "AuthPayload": .wrongCode
        default: .other
        }
    }
}
