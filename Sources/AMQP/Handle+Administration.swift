import CRabbitMQ

/// Blocking calls, for a connection that does nothing else. All on channel 1.
extension Handle {
    /// What the broker told of itself at the log-in, such as `product` and `version`.
    var serverProperties: FieldTable {
        amqp_get_server_properties(state).map { PropertyCoding.table($0.pointee) } ?? FieldTable()
    }

    func declare(_ exchange: ExchangeDeclaration, passive: Bool = false) throws(AMQPError) {
        let arena = Arena()
        amqp_exchange_declare(
            state, 1, arena.text(exchange.name), arena.text(exchange.kind), passive ? 1 : 0, exchange.durable ? 1 : 0,
            0, 0, amqp_table_t(num_entries: 0, entries: nil))
        withExtendedLifetime(arena) {}
        try Self.check(amqp_get_rpc_reply(state), "declare exchange \(exchange.name)")
    }

    /// Returns how many messages wait in it, and how many consumers it has.
    @discardableResult
    func declare(_ queue: QueueDeclaration, passive: Bool) throws(AMQPError) -> QueueDepth {
        let arena = Arena()
        let ok = amqp_queue_declare(
            state, 1, arena.text(queue.name), passive ? 1 : 0, queue.durable ? 1 : 0, queue.exclusive ? 1 : 0,
            queue.autoDelete ? 1 : 0, arena.table(queue.arguments))
        let depth = ok.map {
            QueueDepth(ready: Int($0.pointee.message_count), consumers: Int($0.pointee.consumer_count))
        }
        withExtendedLifetime(arena) {}
        try Self.check(amqp_get_rpc_reply(state), "declare queue \(queue.name)")
        return depth ?? QueueDepth(ready: 0, consumers: 0)
    }

    func bind(_ binding: Binding) throws(AMQPError) {
        let arena = Arena()
        amqp_queue_bind(
            state, 1, arena.text(binding.queue), arena.text(binding.exchange), arena.text(binding.routingKey),
            amqp_table_t(num_entries: 0, entries: nil))
        withExtendedLifetime(arena) {}
        try Self.check(amqp_get_rpc_reply(state), "bind \(binding.queue) to \(binding.exchange)")
    }

    func purgeQueue(_ name: String) throws(AMQPError) -> Int {
        let arena = Arena()
        let ok = amqp_queue_purge(state, 1, arena.text(name))
        let count = ok.map { Int($0.pointee.message_count) } ?? 0
        withExtendedLifetime(arena) {}
        try Self.check(amqp_get_rpc_reply(state), "purge queue \(name)")
        return count
    }

    func deleteQueue(_ name: String) throws(AMQPError) {
        let arena = Arena()
        amqp_queue_delete(state, 1, arena.text(name), 0, 0)
        withExtendedLifetime(arena) {}
        try Self.check(amqp_get_rpc_reply(state), "delete queue \(name)")
    }

    func openChannelAndWait() throws(AMQPError) {
        amqp_channel_open(state, 1)
        try Self.check(amqp_get_rpc_reply(state), "open a channel")
    }

    func closeAndWait() {
        amqp_connection_close(state, 200)
    }
}
