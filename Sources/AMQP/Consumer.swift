import Basics
public import Logging

/// Takes deliveries from queues on a connection of its own, one channel each, and recovers whatever is lost: a lane
/// alone, or the connection.
public final class Consumer: Sendable {
    private let connection: Connection
    private let supervisor: Supervisor
    private let gate: (@Sendable () async -> Void)?
    private let current: Watched<BrokerStatus>
    private let continuation: AsyncStream<Delivery>.Continuation

    /// What was delivered.
    ///
    /// The stream buffers without a bound of its own: prefetch bounds what the broker sends.
    public let deliveries: AsyncStream<Delivery>

    /// - Parameters:
    ///   - headers: which headers of a message are read, each once; all others are passed over unread. Tables, lists and
    ///     text of more than 255 bytes are read as `null`.
    ///   - maximumBodySize: bytes; a larger body is drained and reported as too large. Default 64 KiB.
    ///   - gate: awaited before each start of consuming on a new connection.
    public init(
        configuration: BrokerConfiguration, lanes: [Lane], headers: [String] = [], maximumBodySize: Int = 65536,
        gate: (@Sendable () async -> Void)? = nil, logger: Logger
    ) {
        let (deliveries, continuation) = AsyncStream<Delivery>.makeStream()
        let closed = Watched<AMQPError?>(nil)
        let current = Watched(BrokerStatus())
        let limits = ConnectionLimits(maximumBodySize: maximumBodySize)
        connection = Connection(configuration, duties: lanes.map(Duty.consume), limits: limits, headers: headers) {
            event in
            switch event {
            case .delivery(let delivery): continuation.yield(delivery)
            case .status(let status): current.set(status)
            case .closed(let error): closed.set(error)
            }
        }
        supervisor = Supervisor(configuration: configuration, connection: connection, closed: closed, logger: logger)
        self.deliveries = deliveries
        self.continuation = continuation
        self.current = current
        self.gate = gate
    }

    /// Whether every lane is being consumed.
    public var isConsuming: Bool { status.isConsuming }

    /// Returns when every lane is being consumed, or when the task is cancelled.
    public func waitUntilConsuming() async { await current.wait { $0.isConsuming } }

    /// What the connections have been through, as of half a second ago at the most; never waits.
    public var tally: BrokerTally { connection.tally.withLock { $0 } }

    /// How the connection and its lanes stand.
    public var status: BrokerStatus { current.value }

    /// Returns when the status is such that `fits`, or when the task is cancelled.
    public func waitForStatus(_ fits: @escaping @Sendable (BrokerStatus) -> Bool) async {
        await current.wait(until: fits)
    }

    /// Why there is no connection, or why a lane is not consumed.
    public var lastError: AMQPError? {
        let status = status
        return status.lastError ?? status.lanes.lazy.compactMap(\.lastError).first
    }

    /// Consumes until the task is cancelled, then closes; the stream of deliveries ends with it.
    public func run() async {
        await supervisor.run(gate: gate)
        continuation.finish()
    }

    /// Acknowledges; nothing happens if the delivery's channel is gone, or it was settled before.
    public func acknowledge(_ tag: DeliveryTag) async { await connection.settle(tag, .acknowledge) }

    /// Gives a delivery back, or away (`requeue: false`: the queue's dead-letter exchange).
    public func reject(_ tag: DeliveryTag, requeue: Bool) async {
        await connection.settle(tag, requeue ? .requeue : .deadLetter)
    }

    /// Takes no new deliveries, for good; those in hand can still be acknowledged.
    public func stopConsuming() async { await connection.stopConsuming(forGood: true) }

    /// The same until ``resumeConsuming()``.
    public func pauseConsuming() async { await connection.stopConsuming(forGood: false) }

    /// Takes no new deliveries from these queues, and from all others again; also on later connections.
    ///
    /// ``pauseConsuming()`` and ``stopConsuming()`` hold beside it.
    public func pause(_ queues: Set<String>) async { await connection.pause(queues) }

    /// What was taken from each queue, as of half a second ago at the most; never waits.
    public var counts: [QueueCount] { connection.counts.withLock { $0 } }

    /// Takes deliveries again, unless it was stopped for good.
    public func resumeConsuming() async { await connection.resumeConsuming() }
}
