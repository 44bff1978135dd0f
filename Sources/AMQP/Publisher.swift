import Basics
public import Logging

/// Publishes with confirms on a connection of its own, which is made anew whenever it is lost.
public final class Publisher: Sendable {
    private let connection: Connection
    private let supervisor: Supervisor
    private let usable: Signal

    public init(configuration: BrokerConfiguration, logger: Logger) {
        let usable = Signal()
        let closed = Signal()
        self.usable = usable
        let connection = Connection(configuration, maximumBodySize: 0, logger: logger) { event in
            switch event {
            case .channelReady: usable.set(true)
            case .channelClosed, .closed:
                usable.set(false)
                closed.set(true)
            case .content: break
            }
        }
        self.connection = connection
        supervisor = Supervisor(configuration: configuration, connection: connection, closed: closed, logger: logger)
    }

    /// Whether a message can be published now.
    public var isUsable: Bool { usable.isSet }

    /// Returns when a message can be published, or when the task is cancelled.
    public func waitUntilUsable() async { await usable.wait() }

    /// Keeps a connection until the task is cancelled, then closes it.
    public func run() async {
        await supervisor.run { connection throws(AMQPError) in try await connection.openPublisher() }
        usable.set(false)
    }

    /// Publishes, and returns what the broker said of it.
    ///
    /// - Throws: `notConnected`: nothing was sent. `connectionLost`: it may have been. `badArgument`: it cannot be.
    public func publish(_ message: Message) async throws(AMQPError) -> PublishOutcome {
        let properties = message.properties
        let short = [
            message.exchange, message.routingKey, properties.contentType, properties.contentEncoding,
            properties.replyTo, properties.expiration, properties.messageID, properties.type, properties.userID,
            properties.appID,
        ]
        // The library notices a long string only after it has sent half of the message.
        guard short.allSatisfy({ ($0?.utf8.count ?? 0) <= 255 }), (properties.correlationID?.count ?? 0) <= 255,
            properties.headers.entries.allSatisfy({ $0.0.utf8.count <= 255 })
        else { throw AMQPError(.badArgument, "a name or property is longer than 255 bytes") }
        return try await connection.publish(message).get()
    }
}
