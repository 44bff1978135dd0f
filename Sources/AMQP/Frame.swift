/// A frame as far as we understand it: everything is copied out of the library's memory, which is recycled.
enum Frame: Sendable {
    enum Reply: Sendable {
        case channelOpen, confirmSelect, qos, consume, cancel, queueDeclare, channelClose, connectionClose
    }

    case deliver(tag: UInt64, exchange: String, routingKey: String, redelivered: Bool)
    case returned(code: Int, text: String, exchange: String, routingKey: String)
    case header(MessageProperties, size: UInt64)
    case body([UInt8])
    case settle(number: UInt64, multiple: Bool, isAck: Bool)
    /// The broker cancelled a consumer.
    case cancelled
    case channelClose(AMQPError)
    case connectionClose(AMQPError)
    /// The broker takes no messages from this connection, for want of memory or disk.
    case blocked(reason: String)
    case unblocked
    case reply(Reply)
    case other
}
