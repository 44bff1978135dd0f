/// What ``ConnectionMachine`` wants done.
enum ConnectionAction<Waiter> {
    case send(Command)
    case resume(Waiter, Result<PublishOutcome, AMQPError>)
    case report(ConnectionEvent)
    /// Free the connection, without a word to the broker.
    case drop
}

extension ConnectionAction: Equatable where Waiter: Equatable {}
extension ConnectionAction: Sendable where Waiter: Sendable {}

/// Something to tell the broker.
enum Command: Sendable, Equatable {
    case openChannel(UInt16)
    case selectConfirms(UInt16)
    case consume(Lane, channel: UInt16, consumerTag: String)
    case cancelConsumer(UInt16, consumerTag: String)
    case closeChannel(UInt16)
    case confirmChannelClose(UInt16)
    case publish(Message, channel: UInt16)
    case settle(DeliveryTag, Settlement)
    case close
    case confirmClose
}

/// What becomes of a delivery.
enum Settlement: Sendable, Equatable {
    case acknowledge
    /// Back to its queue.
    case requeue
    /// To the queue's dead-letter exchange.
    case deadLetter
}

/// What a connection tells its owner, on its own thread.
enum ConnectionEvent: Sendable, Equatable {
    case delivery(Delivery)
    case status(BrokerStatus)
    case closed(AMQPError)
}
