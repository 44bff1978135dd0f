public import Basics
import FoundationEssentials

/// How the channels are doing, for login screens: exchange `verify.status` (contract, sections 1 and 3).
public struct ChannelStatus: Sendable, Codable, Equatable {
    public enum State: String, Sendable, CaseIterable, Codable {
        case ok, slow, down
        /// Switched off by the site.
        case off
    }

    public struct Channel: Sendable, Codable, Equatable {
        public var state: State
        /// RFC 3339.
        public var since: String
        /// ISO 3166-1 alpha-2, sorted: where the provider refused numbers lately.
        public var countriesBlocked: [String]

        enum CodingKeys: String, CodingKey {
            case state, since
            case countriesBlocked = "countries_blocked"
        }

        public init(state: State, since: Timestamp, countriesBlocked: [String]) {
            self.state = state
            self.since = since.description
            self.countriesBlocked = countriesBlocked
        }
    }

    public var at: String
    /// By ``Method``.
    public var channels: [String: Channel]

    public init(at: Timestamp, channels: [Method: Channel]) {
        self.at = at.description
        self.channels = Dictionary(uniqueKeysWithValues: channels.map { ($0.key.rawValue, $0.value) })
    }

    public func encoded() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // Strings and lists of them: there is nothing in it that JSON could not hold.
        return (try? encoder.encode(self)).map { Array($0) } ?? Array("{}".utf8)
    }
}
