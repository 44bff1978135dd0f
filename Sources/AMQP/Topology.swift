/// An exchange to declare.
public struct ExchangeDeclaration: Sendable, Equatable {
    public var name: String
    /// `topic`, `fanout`, `direct`, …
    public var kind: String
    public var durable: Bool

    public init(name: String, kind: String, durable: Bool) {
        self.name = name
        self.kind = kind
        self.durable = durable
    }
}

/// A queue to declare.
public struct QueueDeclaration: Sendable, Equatable {
    public var name: String
    public var durable: Bool
    public var exclusive: Bool
    public var autoDelete: Bool
    public var arguments: FieldTable

    public init(
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
    public var exchange: String
    public var queue: String
    public var routingKey: String

    public init(exchange: String, queue: String, routingKey: String) {
        self.exchange = exchange
        self.queue = queue
        self.routingKey = routingKey
    }
}

/// A queue to consume, on a channel of its own.
public struct Lane: Sendable, Equatable {
    public var queue: String
    /// How many deliveries may be unacknowledged; 1 to 65,535.
    public var prefetch: UInt16
    /// Declared first, each time that the lane is opened.
    public var declare: QueueDeclaration?

    public init(queue: String, prefetch: UInt16, declare: QueueDeclaration? = nil) {
        self.queue = queue
        self.prefetch = prefetch
        self.declare = declare
    }
}
