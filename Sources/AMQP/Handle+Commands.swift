import CRabbitMQ

/// What ``ConnectionMachine`` has sent.
extension Handle {
    /// Writes the frames of a command.
    ///
    /// May block while the socket is full.
    func send(_ command: Command) throws(AMQPError) {
        switch command {
        case .openChannel(let channel): try send(AMQP_CHANNEL_OPEN_METHOD, channel, amqp_channel_open_t())
        case .selectConfirms(let channel): try send(AMQP_CONFIRM_SELECT_METHOD, channel, amqp_confirm_select_t())
        case .consume(let lane, let channel, let tag): try consume(lane, channel, tag)
        case .cancelConsumer(let channel, let tag): try cancel(channel, tag)
        case .closeChannel(let channel): try closeChannel(channel)
        case .confirmChannelClose(let channel):
            try send(AMQP_CHANNEL_CLOSE_OK_METHOD, channel, amqp_channel_close_ok_t())
        case .publish(let message, let channel): try publish(message, channel)
        case .settle(let tag, let settlement): try settle(tag, settlement)
        case .close: try close()
        case .confirmClose: try send(AMQP_CONNECTION_CLOSE_OK_METHOD, 0, amqp_connection_close_ok_t())
        }
    }

    private func send<Method>(_ id: amqp_method_number_t, _ channel: UInt16, _ method: Method) throws(AMQPError) {
        var method = method
        let status = withUnsafeMutablePointer(to: &method) { amqp_send_method(state, channel, id, $0) }
        guard status == crmq_status_ok() else {
            throw AMQPError(.connectionLost, "a frame could not be sent: \(Self.describe(status))")
        }
    }

    private func consume(_ lane: Lane, _ channel: UInt16, _ consumerTag: String) throws(AMQPError) {
        let arena = Arena()
        if let queue = lane.declare {
            var declare = amqp_queue_declare_t()
            declare.queue = arena.text(queue.name)
            declare.durable = queue.durable ? 1 : 0
            declare.exclusive = queue.exclusive ? 1 : 0
            declare.auto_delete = queue.autoDelete ? 1 : 0
            declare.arguments = arena.table(queue.arguments)
            try send(AMQP_QUEUE_DECLARE_METHOD, channel, declare)
        }
        var qos = amqp_basic_qos_t()
        qos.prefetch_count = lane.prefetch
        try send(AMQP_BASIC_QOS_METHOD, channel, qos)
        var consume = amqp_basic_consume_t()
        consume.queue = arena.text(lane.queue)
        consume.consumer_tag = arena.text(consumerTag)
        try send(AMQP_BASIC_CONSUME_METHOD, channel, consume)
        withExtendedLifetime(arena) {}
    }

    private func cancel(_ channel: UInt16, _ consumerTag: String) throws(AMQPError) {
        let arena = Arena()
        var cancel = amqp_basic_cancel_t()
        cancel.consumer_tag = arena.text(consumerTag)
        try send(AMQP_BASIC_CANCEL_METHOD, channel, cancel)
        withExtendedLifetime(arena) {}
    }

    private func settle(_ tag: DeliveryTag, _ settlement: Settlement) throws(AMQPError) {
        if settlement == .acknowledge {
            let ack = amqp_basic_ack_t(delivery_tag: tag.number, multiple: 0)
            return try send(AMQP_BASIC_ACK_METHOD, tag.channel, ack)
        }
        let nack = amqp_basic_nack_t(
            delivery_tag: tag.number, multiple: 0, requeue: settlement == .requeue ? 1 : 0)
        try send(AMQP_BASIC_NACK_METHOD, tag.channel, nack)
    }

    private func closeChannel(_ channel: UInt16) throws(AMQPError) {
        let arena = Arena()
        var close = amqp_channel_close_t()
        close.reply_code = 200
        close.reply_text = arena.text("done")
        try send(AMQP_CHANNEL_CLOSE_METHOD, channel, close)
        withExtendedLifetime(arena) {}
    }

    private func close() throws(AMQPError) {
        let arena = Arena()
        var close = amqp_connection_close_t()
        close.reply_code = 200
        close.reply_text = arena.text("bye")
        try send(AMQP_CONNECTION_CLOSE_METHOD, 0, close)
        withExtendedLifetime(arena) {}
    }

    private func publish(_ message: Message, _ channel: UInt16) throws(AMQPError) {
        let arena = Arena()
        var properties = arena.properties(message.properties)
        let status = amqp_basic_publish(
            state, channel, arena.text(message.exchange), arena.text(message.routingKey), message.mandatory ? 1 : 0, 0,
            &properties, arena.bytes(message.body))
        withExtendedLifetime(arena) {}
        guard status == crmq_status_ok() else {
            throw AMQPError(.connectionLost, "a message could not be sent: \(Self.describe(status))")
        }
    }
}
