import AMQP
import Logging
import Wire

/// What a value may be.
///
/// The one place where text becomes a typed value.
public enum ConfigKind: Sendable, Equatable {
    /// Anything on one line.
    case text
    case path
    /// A token or secret of Twilio's: printable ASCII without quotes around it.
    case providerSecret
    case number(ClosedRange<Int>)
    case flag
    case choice([String])
    /// An identifier of Twilio's with this prefix.
    case sid(String)
    /// Comma-separated seconds.
    case seconds
    /// Comma-separated words.
    case words
    case countries
    case brokers
    case store
    case twilio
    case proxy
    case listen
    case frontEnds

    /// A number of things where 0 means "no limit" or "off".
    static let count = number(0...1_000_000)

    static let logLevels = Logger.Level.allCases.map(\.rawValue)

    /// Whether a YAML list is a form of it.
    var isList: Bool {
        switch self {
        case .seconds, .words, .countries, .brokers: true
        default: false
        }
    }

    /// Whether a wrong value may be quoted in an error: where anything might have been pasted, it may be a secret.
    var isQuotable: Bool {
        switch self {
        case .text, .path, .providerSecret, .sid, .brokers, .twilio, .proxy, .store: false
        default: true
        }
    }

    /// What is allowed, to go after "must be".
    var allowed: String {
        switch self {
        case .text: "text on one line"
        case .path: "a path"
        case .providerSecret: "printable ASCII, as Twilio shows it"
        case .number(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .flag: "true or false"
        case .choice(let values): "one of " + values.map { $0.isEmpty ? "blank" : $0 }.joined(separator: ", ")
        case .sid(let prefix): "\(prefix) and the letters and digits that Twilio shows after it"
        case .seconds: "seconds from 0 to 86400, comma-separated"
        case .words: "words, comma-separated"
        case .countries: "two-letter country codes (ISO 3166-1), comma-separated, or 0 or * for every country"
        case .brokers: "amqp://user:password@host:port/vhost or amqps://…; several, comma-separated"
        case .store: StoreFactory.forms
        case .twilio: "https://HOST, or http:// with 127.0.0.1, [::1] or localhost"
        case .proxy: "http://HOST:PORT, without a user and password: the list of processes would show them"
        case .listen: "ADDRESS:PORT, or off"
        case .frontEnds: "NAME=web, NAME=windows or NAME=any, with +admin where it may administer, comma-separated"
        }
    }
}

/// A value, understood.
enum ConfigTyped: Sendable {
    case text(String)
    case number(Int)
    case flag(Bool)
    case numbers([Int])
    case words([String])
    /// `nil`: every country.
    case countries(Set<String>?)
    case brokers([BrokerURL])
    /// `nil`: off.
    case listen(ListenAddress?)
    case frontEnds([FrontEnd])
}
