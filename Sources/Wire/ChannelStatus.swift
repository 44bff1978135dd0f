package import Basics

/// How the channels are doing, for login screens: exchange `verify.status` (contract, sections 1 and 3).
public struct ChannelStatus: Sendable, Codable, Equatable {
    /// How a method is doing.
    public enum State: String, Sendable, CaseIterable, Codable {
        case ok, slow, down
        /// Switched off by the site.
        case off
    }

    /// One method's status.
    public struct Channel: Sendable, Codable, Equatable {
        /// How it is doing.
        public var state: State
        /// RFC 3339.
        public var since: String
        /// ISO 3166-1 alpha-2, sorted: where the provider refused numbers lately.
        public var countriesBlocked: [String]

        enum CodingKeys: String, CodingKey {
            case state, since
            case countriesBlocked = "countries_blocked"
        }

        package init(state: State, since: Timestamp, countriesBlocked: [String]) {
            self.state = state
            self.since = since.description
            self.countriesBlocked = countriesBlocked
        }
    }

    /// When it was written, RFC 3339.
    public var at: String
    /// By ``Method``.
    public var channels: [String: Channel]

    package init(at: Timestamp, channels: [Method: Channel]) {
        self.at = at.description
        self.channels = Dictionary(uniqueKeysWithValues: channels.map { ($0.key.rawValue, $0.value) })
    }

    /// The body of a status, as JSON.
    public func encoded() -> [UInt8] {
        CanonicalJSON.object { json in
            json.member("at", at)
            json.member("channels", object: channels) { json, channels in
                for (name, channel) in channels.sorted(by: { $0.key < $1.key }) {
                    json.member(name, object: channel) { json, channel in
                        json.member("countries_blocked", list: channel.countriesBlocked) { $0.string($1) }
                        json.member("since", channel.since)
                        json.member("state", channel.state)
                    }
                }
            }
        }
    }
}
