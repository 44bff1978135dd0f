import AMQP
import FoundationEssentials

/// The shape of RabbitMQ's definitions: only keys that every version from 3.10 to 4.3 knows.
extension TopologyDefinitions {
    struct Content: Encodable, Sendable {
        var vhosts: [VirtualHost]
        var users: [User]?
        var permissions: [Permission]
        var topicPermissions: [TopicPermission]
        var topology: Topology
        var policies: [Policy]

        private enum CodingKeys: String, CodingKey {
            case vhosts, users, permissions, policies
            case topicPermissions = "topic_permissions"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(vhosts, forKey: .vhosts)
            try container.encodeIfPresent(users, forKey: .users)
            try container.encode(permissions, forKey: .permissions)
            try container.encode(topicPermissions, forKey: .topicPermissions)
            try container.encode(policies, forKey: .policies)
            try topology.encode(to: encoder)
        }
    }

    struct VirtualHost: Encodable {
        var name: String
    }

    struct User: Encodable {
        var name: String
        /// Empty: no password fits.
        var passwordHash: String
        let hashingAlgorithm = "rabbit_password_hashing_sha256"
        let tags = ""

        private enum CodingKeys: String, CodingKey {
            case name, tags
            case passwordHash = "password_hash"
            case hashingAlgorithm = "hashing_algorithm"
        }
    }

    struct Permission: Encodable {
        var user: String
        var vhost: String
        var configure: String
        var write: String
        var read: String
    }

    struct TopicPermission: Encodable {
        var user: String
        var vhost: String
        var exchange: String
        var write: String
        var read: String
    }

    struct Policy: Encodable {
        var vhost: String
        var name: String
        var pattern: String
        let appliesTo = "queues"
        var priority: Int
        var definition: [String: Value]

        private enum CodingKeys: String, CodingKey {
            case vhost, name, pattern, priority, definition
            case appliesTo = "apply-to"
        }
    }

    /// An argument, or a value of a policy.
    enum Value: Encodable, Equatable {
        case text(String)
        case number(Int64)
        case flag(Bool)

        init(_ value: FieldValue) {
            switch value {
            case .int(let number): self = .number(number)
            case .bool(let flag): self = .flag(flag)
            default: self = .text(value.text ?? "")
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            case .flag(let flag): try container.encode(flag)
            }
        }
    }

    /// One object, indented, its keys in order: fit to be kept and compared.
    public func json() throws -> String { try Self.json(content) }

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
