import Basics
public import Logging

/// Publishes with confirms on a connection of its own, which is made anew whenever it is lost.
public final class Publisher: Sendable {
    private let connection: Connection
    private let supervisor: Supervisor
    private let current: Watched<BrokerStatus>

    /// Nothing is connected before ``run()``.
    public init(configuration: BrokerConfiguration, logger: Logger) {
        let closed = Watched<AMQPError?>(nil)
        let current = Watched(BrokerStatus())
        self.current = current
        connection = Connection(configuration, duties: [.publish]) { event in
            switch event {
            case .status(let status): current.set(status)
            case .closed(let error): closed.set(error)
            case .delivery: break
            }
        }
        supervisor = Supervisor(configuration: configuration, connection: connection, closed: closed, logger: logger)
    }

    /// Whether a message can be published now: there is a connection, and no alarm at the broker.
    public var isUsable: Bool { status.isUsable }

    /// Returns when a message can be published, or when the task is cancelled.
    public func waitUntilUsable() async { await current.wait { $0.isUsable } }

    /// What the connections have been through, as of half a second ago at the most; never waits.
    public var tally: BrokerTally { connection.tally.withLock { $0 } }

    /// How the connection stands.
    public var status: BrokerStatus { current.value }

    /// Returns when the status is such that `fits`, or when the task is cancelled.
    public func waitForStatus(_ fits: @escaping @Sendable (BrokerStatus) -> Bool) async {
        await current.wait(until: fits)
    }

    /// Returns when each broker of the configuration has been tried since the last connection, and none could be connected to,
    /// or when the task is cancelled.
    public func waitUntilUnreachable() async {
        let brokers = supervisor.configuration.urls.count
        await supervisor.failures.wait { $0 >= brokers }
    }

    /// Keeps a connection until the task is cancelled, then closes it.
    public func run() async { await supervisor.run() }

    /// Publishes, and returns what the broker said of it.
    ///
    /// - Throws: `notConnected`: nothing was sent. `connectionLost`: it may have been, or the broker refused it by closing
    ///   the channel (`replyCode` 403, 404, 406). `badArgument`: it cannot be. A task that is cancelled hears
    ///   `notConnected` before it was sent, `connectionLost` from then on.
    public func publish(_ message: Message) async throws(AMQPError) -> PublishOutcome {
        // The library notices a long string only after it has sent half of the message.
        guard message.isWritable else {
            throw AMQPError(.badArgument, "a name or property is longer than 255 bytes")
        }
        return try await connection.publish(message).get()
    }
}

extension Message {
    /// Every name and property is short enough for the protocol.
    fileprivate var isWritable: Bool {
        func isShort(_ text: String?) -> Bool { (text?.utf8.count ?? 0) <= 255 }
        return isShort(exchange) && isShort(routingKey) && isShort(properties.contentType)
            && isShort(properties.contentEncoding) && isShort(properties.replyTo) && isShort(properties.expiration)
            && isShort(properties.messageID) && isShort(properties.type) && isShort(properties.userID)
            && isShort(properties.appID) && (properties.correlationID?.count ?? 0) <= 255
            && properties.headers.entries.allSatisfy { isShort($0.0) }
    }
}
