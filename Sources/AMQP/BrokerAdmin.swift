import Basics
public import Logging
import PollExecutor

/// A connection for declaring things, with blocking calls on a thread of its own; used, then closed.
public actor AdminConnection {
    private let executor: PollExecutor
    private var handle: Handle?

    /// The connection's own thread, on which all that it does runs.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init() throws(AMQPError) {
        guard let poller = try? EventFDPoller() else { throw AMQPError(.unreachable, "too many open files") }
        executor = PollExecutor(name: "amqp-admin", poller: poller)
        executor.start { nil }
    }

    deinit {
        executor.stop()
    }

    /// Connects to the first URL that works.
    ///
    /// Whoever opens it closes it. After an error of its own it is of no use any more.
    ///
    /// - Throws: ``AMQPError``
    public static func open(_ configuration: BrokerConfiguration) async throws(AMQPError) -> AdminConnection {
        let connection = try AdminConnection()
        var failure = AMQPError(.badURL, "no broker URL is given")
        for url in configuration.urls {
            do throws(AMQPError) {
                try await Resolver.shared.withAddresses(of: url.host) { address throws(AMQPError) in
                    try await connection.open(url, at: address, configuration)
                }
                return connection
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private func open(_ url: BrokerURL, at address: String, _ configuration: BrokerConfiguration) throws(AMQPError) {
        let handle = try Handle(url, at: address, configuration)
        try handle.openChannelAndWait()
        self.handle = handle
    }

    /// Says good-bye.
    public func close() {
        handle?.closeAndWait()
        handle = nil
    }

    private func opened() throws(AMQPError) -> Handle {
        guard let handle else { throw AMQPError(.closed, "the connection is closed") }
        return handle
    }

    /// Makes an exchange, or compares with the one that is there.
    ///
    /// - Throws: ``AMQPError``; `preconditionFailed` when it exists with other arguments.
    public func declareExchange(_ exchange: ExchangeDeclaration) throws(AMQPError) {
        try opened().declare(exchange)
    }

    /// - Throws: `preconditionFailed` when it exists with other arguments; the message is the broker's, which names
    ///   the queue, the argument and both values.
    public func declareQueue(_ queue: QueueDeclaration) throws(AMQPError) {
        try opened().declare(queue, passive: false)
    }

    /// Has an exchange's messages of that key go to the queue, too.
    ///
    /// - Throws: ``AMQPError``; `notFound` when one of them is missing.
    public func bind(_ binding: Binding) throws(AMQPError) {
        try opened().bind(binding)
    }

    /// What the broker tells of itself.
    public func serverProperties() throws(AMQPError) -> FieldTable {
        try opened().serverProperties
    }

    /// How many channels the broker allows a connection.
    public func channelLimit() throws(AMQPError) -> Int {
        Int(try opened().channelLimit)
    }

    /// `notFound` when there is no exchange of that name; nothing else is compared, and nothing is made.
    public func requireExchange(_ name: String) throws(AMQPError) {
        try opened().declare(ExchangeDeclaration(name: name, kind: "", durable: true), passive: true)
    }

    /// How many messages are ready in a queue; `notFound` when there is none of that name.
    public func messageCount(of queue: String) throws(AMQPError) -> Int { try depth(of: queue).ready }

    /// How many messages are ready in a queue, and how many consumers it has, as its leader tells now.
    ///
    /// A quorum queue whose leader does not answer within a quarter of a second is told of as 0 and 0.
    ///
    /// - Throws: ``AMQPError``; `notFound` when there is none of that name, which ends the connection's channel.
    public func depth(of queue: String) throws(AMQPError) -> QueueDepth {
        let name = QueueDeclaration(
            name: queue, durable: true, exclusive: false, autoDelete: false, arguments: FieldTable())
        return try opened().declare(name, passive: true)
    }

    /// Throws away what is ready in a queue; returns how many messages that were.
    @discardableResult
    public func purgeQueue(_ name: String) throws(AMQPError) -> Int {
        try opened().purgeQueue(name)
    }

    /// Deletes a queue with all that is in it; one that is not there is none to delete.
    ///
    /// - Throws: ``AMQPError``
    public func deleteQueue(_ name: String) throws(AMQPError) {
        try opened().deleteQueue(name)
    }
}

/// How full a queue is, as the broker tells.
public struct QueueDepth: Sendable, Equatable {
    /// Messages that wait to be delivered.
    public var ready: Int
    /// Those who consume it.
    public var consumers: Int

    package init(ready: Int, consumers: Int) {
        self.ready = ready
        self.consumers = consumers
    }
}

/// Declaring exchanges, queues and bindings.
public enum BrokerAdmin {
    /// Connects, runs `body`, closes.
    public static func withConnection<Value: Sendable>(
        _ configuration: BrokerConfiguration, logger: Logger,
        body: (AdminConnection) async throws -> Value
    ) async throws -> Value {
        let connection = try await AdminConnection.open(configuration)
        do {
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }
}
