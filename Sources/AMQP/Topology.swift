/// An exchange to declare.
public struct ExchangeDeclaration: Sendable, Equatable {
    /// The exchange's name.
    public var name: String
    /// How it spreads messages: `topic`, `fanout`, `direct`.
    public var kind: String
    /// It outlives the broker's process.
    public var durable: Bool

    package init(name: String, kind: String, durable: Bool) {
        self.name = name
        self.kind = kind
        self.durable = durable
    }
}

/// A queue to declare.
public struct QueueDeclaration: Sendable, Equatable {
    /// The queue's name; empty has the broker choose one.
    public var name: String
    /// It outlives the broker's process.
    public var durable: Bool
    /// It is this connection's alone and ends with it.
    public var exclusive: Bool
    /// It ends with its last consumer.
    public var autoDelete: Bool
    /// What RabbitMQ calls arguments: its type, its bounds.
    public var arguments: FieldTable

    package init(
        name: String, durable: Bool = true, exclusive: Bool = false, autoDelete: Bool = false,
        arguments: FieldTable = [:]
    ) {
        self.name = name
        self.durable = durable
        self.exclusive = exclusive
        self.autoDelete = autoDelete
        self.arguments = arguments
    }
}

/// A binding of a queue to an exchange.
public struct Binding: Sendable, Equatable {
    /// The exchange.
    public var exchange: String
    /// The queue.
    public var queue: String
    /// The routing key, or its pattern.
    public var routingKey: String

    package init(exchange: String, queue: String, routingKey: String) {
        self.exchange = exchange
        self.queue = queue
        self.routingKey = routingKey
    }
}

/// A queue to consume, on a channel of its own.
public struct Lane: Sendable, Equatable {
    /// The queue that it consumes.
    public var queue: String
    /// How many deliveries may be unacknowledged; 1 to 65,535.
    public var prefetch: UInt16
    /// Declared first, each time that the lane is opened.
    public var declare: QueueDeclaration?
    /// A lane that is delivered nothing for so long, and has nothing in hand, is consumed anew, by another channel;
    /// default never.
    ///
    /// RabbitMQ can lose a consumer and not know it: version 3.10 does when a queue is gone and there again before the
    /// channel has heard of its end. Not for queues that go with their consumer, nor for direct reply-to.
    public var renewal: Duration?

    package init(queue: String, prefetch: UInt16, declare: QueueDeclaration? = nil, renewal: Duration? = nil) {
        self.queue = queue
        self.prefetch = prefetch
        self.declare = declare
        self.renewal = renewal
    }
}
