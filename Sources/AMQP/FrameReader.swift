import CRabbitMQ

/// Makes ``Frame``s of librabbitmq's frames.
///
/// What a peer sends can be anything: unknown is `.other`, never a trap.
enum FrameReader {
    /// - Parameter headers: which of a message's headers are kept.
    static func read(_ frame: amqp_frame_t, keeping headers: HeaderNames) -> Frame {
        switch Int32(frame.frame_type) {
        case AMQP_FRAME_METHOD: method(frame.payload.method)
        case AMQP_FRAME_HEADER: header(frame, keeping: headers)
        case AMQP_FRAME_BODY: .body(PropertyCoding.bytes(frame.payload.body_fragment))
        default: .other
        }
    }

    private static func header(_ frame: amqp_frame_t, keeping headers: HeaderNames) -> Frame {
        guard let decoded = frame.payload.properties.decoded else { return .other }
        let properties = decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee
        return .header(PropertyCoding.read(properties, keeping: headers), size: frame.payload.properties.body_size)
    }

    private static func method(_ method: amqp_method_t) -> Frame {
        guard let decoded = method.decoded else { return .other }
        switch method.id {
        case AMQP_BASIC_DELIVER_METHOD:
            let value = decoded.assumingMemoryBound(to: amqp_basic_deliver_t.self).pointee
            return .deliver(
                tag: value.delivery_tag, exchange: PropertyCoding.text(value.exchange),
                routingKey: PropertyCoding.text(value.routing_key), redelivered: value.redelivered != 0)
        case AMQP_BASIC_RETURN_METHOD:
            let value = decoded.assumingMemoryBound(to: amqp_basic_return_t.self).pointee
            return .returned(
                code: Int(value.reply_code), text: PropertyCoding.text(value.reply_text),
                exchange: PropertyCoding.text(value.exchange), routingKey: PropertyCoding.text(value.routing_key))
        case AMQP_BASIC_ACK_METHOD:
            let value = decoded.assumingMemoryBound(to: amqp_basic_ack_t.self).pointee
            return .settle(number: value.delivery_tag, multiple: value.multiple != 0, isAck: true)
        case AMQP_BASIC_NACK_METHOD:
            let value = decoded.assumingMemoryBound(to: amqp_basic_nack_t.self).pointee
            return .settle(number: value.delivery_tag, multiple: value.multiple != 0, isAck: false)
        case AMQP_CHANNEL_CLOSE_METHOD:
            let value = decoded.assumingMemoryBound(to: amqp_channel_close_t.self).pointee
            return .channelClose(.closed(Int(value.reply_code), PropertyCoding.text(value.reply_text)))
        case AMQP_CONNECTION_CLOSE_METHOD:
            let value = decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
            return .connectionClose(.closed(Int(value.reply_code), PropertyCoding.text(value.reply_text)))
        case AMQP_CONNECTION_BLOCKED_METHOD:
            let value = decoded.assumingMemoryBound(to: amqp_connection_blocked_t.self).pointee
            return .blocked(reason: PropertyCoding.text(value.reason))
        default: return simple(method.id)
        }
    }

    private static func simple(_ id: amqp_method_number_t) -> Frame {
        switch id {
        case AMQP_BASIC_CANCEL_METHOD: .cancelled
        case AMQP_CONNECTION_UNBLOCKED_METHOD: .unblocked
        case AMQP_CHANNEL_OPEN_OK_METHOD: .reply(.channelOpen)
        case AMQP_CONFIRM_SELECT_OK_METHOD: .reply(.confirmSelect)
        case AMQP_BASIC_QOS_OK_METHOD: .reply(.qos)
        case AMQP_BASIC_CONSUME_OK_METHOD: .reply(.consume)
        case AMQP_BASIC_CANCEL_OK_METHOD: .reply(.cancel)
        case AMQP_QUEUE_DECLARE_OK_METHOD: .reply(.queueDeclare)
        case AMQP_CHANNEL_CLOSE_OK_METHOD: .reply(.channelClose)
        case AMQP_CONNECTION_CLOSE_OK_METHOD: .reply(.connectionClose)
        default: .other
        }
    }
}

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
