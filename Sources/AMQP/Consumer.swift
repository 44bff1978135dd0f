import Basics
public import Logging

/// Takes deliveries from queues on a connection of its own, one channel each, and recovers whatever is lost.
public final class Consumer: Sendable {
    private let connection: Connection
    private let supervisor: Supervisor
    private let lanes: [Lane]
    private let gate: (@Sendable () async -> Void)?
    private let logger: Logger
    private let ready = Locked<Set<UInt16>>([])
    private let consuming: Signal
    private let continuation: AsyncStream<Delivery>.Continuation
    private let isStopped = Locked(false)

    /// What was delivered. The stream buffers without a bound of its own: prefetch bounds what the broker sends.
    public let deliveries: AsyncStream<Delivery>

    /// - Parameters:
    ///   - maximumBodySize: bytes; a larger body is drained and reported as too large. Default 64 KiB.
    ///   - gate: awaited before each start of consuming.
    public init(
        configuration: BrokerConfiguration, lanes: [Lane], maximumBodySize: Int = 65536,
        gate: (@Sendable () async -> Void)? = nil, logger: Logger
    ) {
        (deliveries, continuation) = AsyncStream.makeStream()
        let consuming = Signal()
        let closed = Signal()
        let ready = ready
        let events = Events(
            lanes: lanes, ready: ready, consuming: consuming, closed: closed, continuation: continuation)
        let connection = Connection(
            configuration, maximumBodySize: maximumBodySize, logger: logger, onEvent: events.take)
        events.connection.withLock { $0 = connection }
        self.connection = connection
        self.lanes = lanes
        self.gate = gate
        self.logger = logger
        self.consuming = consuming
        supervisor = Supervisor(configuration: configuration, connection: connection, closed: closed, logger: logger)
    }

    /// Whether every lane is being consumed.
    public var isConsuming: Bool { consuming.isSet }

    /// Returns when every lane is being consumed, or when the task is cancelled.
    public func waitUntilConsuming() async { await consuming.wait() }

    /// Why there is no connection, if there is none.
    public var lastError: AMQPError? { supervisor.lastError.withLock { $0 } }

    /// Consumes until the task is cancelled, then closes; the stream of deliveries ends with it.
    public func run() async {
        let lanes = lanes
        let gate = gate
        await supervisor.run { connection throws(AMQPError) in
            await gate?()
            for (index, lane) in lanes.enumerated() {
                try await connection.open(lane, channel: UInt16(index + 1))
            }
        }
        consuming.set(false)
        continuation.finish()
    }

    /// Acknowledges; nothing happens if the delivery's channel is gone.
    public func acknowledge(_ tag: DeliveryTag) async { await connection.acknowledge(tag) }

    /// Gives a delivery back, or away (`requeue: false`: the queue's dead-letter exchange).
    public func reject(_ tag: DeliveryTag, requeue: Bool) async { await connection.reject(tag, requeue: requeue) }

    /// Takes no new deliveries; those in hand can still be acknowledged.
    public func stopConsuming() async { await connection.cancelConsumers() }
}

/// What a consumer does with the events of its connection; runs on the connection's thread.
private struct Events: Sendable {
    let lanes: [Lane]
    let ready: Locked<Set<UInt16>>
    let consuming: Signal
    let closed: Signal
    let continuation: AsyncStream<Delivery>.Continuation
    let connection = Locked<Connection?>(nil)

    func take(_ event: ConnectionEvent) {
        switch event {
        case .content(let channel, let epoch, let content): deliver(content, channel, epoch)
        case .channelReady(let channel):
            let isAll = ready.withLock { ready in
                ready.insert(channel)
                return ready.count == lanes.count
            }
            if isAll { consuming.set(true) }
        case .channelClosed(let channel, _):
            ready.withLock { _ = $0.remove(channel) }
            consuming.set(false)
            // One lane is lost: the whole connection is made anew, which recovers it with the usual back-off.
            closed.set(true)
        case .closed:
            ready.withLock { $0 = [] }
            consuming.set(false)
            closed.set(true)
        }
    }

    private func deliver(_ content: ContentAssembler.Content, _ channel: UInt16, _ epoch: UInt64) {
        guard case .delivery(let tag, let exchange, let key, let redelivered) = content.start else { return }
        continuation.yield(
            Delivery(
                tag: DeliveryTag(epoch: epoch, channel: channel, number: tag), queue: lanes[Int(channel) - 1].queue,
                exchange: exchange, routingKey: key, redelivered: redelivered, properties: content.properties,
                body: content.body))
    }
}
