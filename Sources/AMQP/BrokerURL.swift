public import Basics
import FoundationEssentials

/// Where a broker is and who we are there: `amqp://user:password@host:port/vhost`, or `amqps`.
///
/// Without a path, and with `/`, the virtual host is `/` (librabbitmq's own parser takes the latter for an empty name).
public struct BrokerURL: Sendable, CustomStringConvertible {
    /// A name or an address, without the brackets of IPv6.
    public let host: String
    /// 1 to 65535; 5672 by default, 5671 with TLS.
    public let port: Int
    /// The virtual host, unescaped; `/` by default.
    public let virtualHost: String
    /// The broker user; `guest` by default.
    public let user: String
    /// Its password; `guest` by default, and never printed.
    public let password: Redacted<String>
    /// `amqps`.
    public let usesTLS: Bool

    /// Reads one.
    ///
    /// - Throws: ``AMQPError`` with `badURL`, which says what is wrong and repeats no password.
    public init(_ text: String) throws(AMQPError) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme, let host = parts.host, !host.isEmpty,
            ["amqp", "amqps"].contains(scheme), parts.query == nil, parts.fragment == nil
        else { throw AMQPError(.badURL, "the broker's URL must be amqp://user:password@host:port/vhost") }
        usesTLS = scheme == "amqps"
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = parts.port ?? (usesTLS ? 5671 : 5672)
        let path = parts.percentEncodedPath.dropFirst()
        guard !path.contains("/"), (1...65535).contains(port) else {
            throw AMQPError(.badURL, "the broker's URL has more than one path segment, or a port that is none")
        }
        virtualHost = path.isEmpty ? "/" : String(parts.path.dropFirst())
        user = parts.user ?? "guest"
        password = Redacted(parts.password ?? "guest")
        // All three are printed, and may hold anything behind a percent sign.
        guard ![self.host, virtualHost, user].contains(where: Self.hasControl) else {
            throw AMQPError(.badURL, "the broker's URL has a control character in its host, user or virtual host")
        }
    }

    private static func hasControl(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    /// The URL without its password.
    public var description: String {
        "\(usesTLS ? "amqps" : "amqp")://\(user)@\(host):\(port) (virtual host '\(virtualHost)')"
    }
}

/// How to reach the broker.
public struct BrokerConfiguration: Sendable {
    /// Tried in turn.
    public var urls: [BrokerURL]
    /// Shown at the broker.
    public var connectionName: String
    /// Silence of twice this length ends a connection.
    ///
    /// Default 10 s.
    public var heartbeat: Duration
    /// PEM files; the authorities default to the system's.
    public var caFile: String?
    /// PEM: our own certificate, for a broker that asks for one.
    public var certificateFile: String?
    /// PEM: the certificate's key.
    public var keyFile: String?
    /// The name that the broker's certificate must be for; default the URL's host.
    public var serverName: String?

    /// A broker's nodes, tried in turn, with what this connection is called there.
    public init(
        urls: [BrokerURL], connectionName: String, heartbeat: Duration = .seconds(10), caFile: String? = nil,
        certificateFile: String? = nil, keyFile: String? = nil, serverName: String? = nil
    ) {
        self.urls = urls
        self.connectionName = connectionName
        self.heartbeat = heartbeat
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.serverName = serverName
    }
}
