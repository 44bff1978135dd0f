import Basics
import CRabbitMQ
import Glibc

/// The one owner of a librabbitmq connection. Used from one thread; after any failure it is only good for freeing.
final class Handle {
    private let state: amqp_connection_state_t
    let descriptor: Int32

    /// Connects, shakes hands and logs in: blocks, each step for 5 s at most.
    init(_ url: BrokerURL, _ configuration: BrokerConfiguration) throws(AMQPError) {
        guard let state = amqp_new_connection() else { throw AMQPError(.unreachable, "out of memory") }
        do {
            try Self.open(state, url, configuration)
            descriptor = amqp_get_sockfd(state)
            try Self.login(state, url, configuration)
        } catch {
            amqp_destroy_connection(state)
            throw error
        }
        self.state = state
    }

    deinit {
        amqp_destroy_connection(state)
    }

    private static func open(
        _ state: amqp_connection_state_t, _ url: BrokerURL, _ configuration: BrokerConfiguration
    ) throws(AMQPError) {
        guard let socket = url.usesTLS ? amqp_ssl_socket_new(state) : amqp_tcp_socket_new(state) else {
            throw AMQPError(.unreachable, "out of memory")
        }
        if url.usesTLS { try secure(socket, configuration) }
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        let status = amqp_socket_open_noblock(socket, url.host, Int32(url.port), &limit)
        guard status == crmq_status_ok() else {
            throw AMQPError(.unreachable, "cannot connect to \(url): \(describe(status))")
        }
        amqp_set_handshake_timeout(state, &limit)
        amqp_set_rpc_timeout(state, &limit)
        // A peer that is gone with our bytes unacknowledged is noticed by the kernel, not after its 15 minutes.
        var milliseconds = Int32(clamping: configuration.heartbeat.milliseconds * 2)
        setsockopt(
            amqp_get_sockfd(state), Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds,
            socklen_t(MemoryLayout<Int32>.size))
    }

    /// Verification is librabbitmq's default and stays on; it only lacks the authorities.
    private static func secure(
        _ socket: OpaquePointer, _ configuration: BrokerConfiguration
    ) throws(AMQPError) {
        let authorities = configuration.caFile ?? "/etc/ssl/certs/ca-certificates.crt"
        guard amqp_ssl_socket_set_cacert(socket, authorities) == crmq_status_ok() else {
            throw AMQPError(.unreachable, "cannot read the authorities in \(authorities)")
        }
        amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST)
        guard let certificate = configuration.certificateFile, let key = configuration.keyFile else { return }
        guard amqp_ssl_socket_set_key(socket, certificate, key) == crmq_status_ok() else {
            throw AMQPError(.unreachable, "cannot read the client certificate \(certificate) or its key")
        }
    }

    private static func login(
        _ state: amqp_connection_state_t, _ url: BrokerURL, _ configuration: BrokerConfiguration
    ) throws(AMQPError) {
        let heartbeat = Int32(clamping: max(1, configuration.heartbeat.components.seconds))
        let reply = crmq_login_plain(
            state, url.virtualHost, heartbeat, configuration.connectionName, url.user, url.password.revealed)
        try check(reply, "log in to \(url)") { close in
            AMQPError(
                close.replyCode == 530 ? .virtualHost : .authentication,
                "\(url) refuses us: \(close.message)", replyCode: close.replyCode)
        }
    }

    static func describe(_ status: Int32) -> String {
        amqp_error_string2(status).map { String(cString: $0) } ?? "error \(status)"
    }

    /// Turns an RPC's reply into an error, unless it is a normal one.
    private static func check(
        _ reply: amqp_rpc_reply_t, _ what: String, _ exception: (AMQPError) -> AMQPError = { $0 }
    ) throws(AMQPError) {
        if crmq_is_normal(reply) != 0 { return }
        guard crmq_is_exception(reply) != 0, let decoded = reply.reply.decoded else {
            throw AMQPError(.unreachable, "cannot \(what): \(describe(reply.library_error))")
        }
        // Both kinds of close begin with the code and the text.
        let close = decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
        throw exception(.closed(Int(close.reply_code), PropertyCoding.text(close.reply_text)))
    }

    // MARK: Reading

    /// The next frame that is here already; `nil` when there is none. Heartbeats are sent and checked in here only.
    func nextFrame() throws(AMQPError) -> (channel: UInt16, frame: Frame)? {
        var frame = amqp_frame_t()
        var now = timeval(tv_sec: 0, tv_usec: 0)
        let status = amqp_simple_wait_frame_noblock(state, &frame, &now)
        if status == crmq_status_timeout() { return nil }
        guard status == crmq_status_ok() else {
            throw AMQPError(.connectionLost, "the connection was lost: \(Self.describe(status))")
        }
        return (frame.channel, FrameReader.read(frame))
    }

    /// Gives the memory of frames back. Call it when everything was copied.
    func releaseBuffers() {
        amqp_maybe_release_buffers(state)
    }

    // MARK: Writing

    /// Whether a send would not block for want of room.
    var isWritable: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, 0) == 1 && entry.revents & Int16(POLLOUT) != 0
    }

    private func send<Method>(_ id: amqp_method_number_t, _ channel: UInt16, _ method: Method) throws(AMQPError) {
        var method = method
        let status = withUnsafeMutablePointer(to: &method) { amqp_send_method(state, channel, id, $0) }
        guard status == crmq_status_ok() else {
            throw AMQPError(.connectionLost, "a frame could not be sent: \(Self.describe(status))")
        }
    }

    func openChannel(_ channel: UInt16) throws(AMQPError) {
        try send(AMQP_CHANNEL_OPEN_METHOD, channel, amqp_channel_open_t())
    }

    func selectConfirms(_ channel: UInt16) throws(AMQPError) {
        try send(AMQP_CONFIRM_SELECT_METHOD, channel, amqp_confirm_select_t())
    }

    func consume(_ lane: Lane, channel: UInt16, consumerTag: String) throws(AMQPError) {
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

    func cancel(_ channel: UInt16, consumerTag: String) throws(AMQPError) {
        let arena = Arena()
        var cancel = amqp_basic_cancel_t()
        cancel.consumer_tag = arena.text(consumerTag)
        try send(AMQP_BASIC_CANCEL_METHOD, channel, cancel)
        withExtendedLifetime(arena) {}
    }

    func acknowledge(_ channel: UInt16, _ tag: UInt64) throws(AMQPError) {
        try send(AMQP_BASIC_ACK_METHOD, channel, amqp_basic_ack_t(delivery_tag: tag, multiple: 0))
    }

    func reject(_ channel: UInt16, _ tag: UInt64, requeue: Bool) throws(AMQPError) {
        try send(
            AMQP_BASIC_NACK_METHOD, channel,
            amqp_basic_nack_t(delivery_tag: tag, multiple: 0, requeue: requeue ? 1 : 0))
    }

    func confirmChannelClose(_ channel: UInt16) throws(AMQPError) {
        try send(AMQP_CHANNEL_CLOSE_OK_METHOD, channel, amqp_channel_close_ok_t())
    }

    func confirmClose() throws(AMQPError) {
        try send(AMQP_CONNECTION_CLOSE_OK_METHOD, 0, amqp_connection_close_ok_t())
    }

    func sendClose() throws(AMQPError) {
        let arena = Arena()
        var close = amqp_connection_close_t()
        close.reply_code = 200
        close.reply_text = arena.text("bye")
        try send(AMQP_CONNECTION_CLOSE_METHOD, 0, close)
        withExtendedLifetime(arena) {}
    }

    func publish(_ message: Message, channel: UInt16) throws(AMQPError) {
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

    // MARK: Administration: blocking calls, for a connection that does nothing else

    /// What the broker told of itself at the log-in: `product`, `version`, …
    var serverProperties: FieldTable {
        amqp_get_server_properties(state).map { PropertyCoding.table($0.pointee) } ?? FieldTable()
    }

    func declare(_ exchange: ExchangeDeclaration, passive: Bool = false) throws(AMQPError) {
        let arena = Arena()
        amqp_exchange_declare(
            state, 1, arena.text(exchange.name), arena.text(exchange.kind), passive ? 1 : 0, exchange.durable ? 1 : 0,
            0, 0,
            amqp_table_t(num_entries: 0, entries: nil))
        try Self.check(amqp_get_rpc_reply(state), "declare exchange \(exchange.name)")
    }

    /// Returns how many messages wait in it.
    @discardableResult
    func declare(_ queue: QueueDeclaration, passive: Bool) throws(AMQPError) -> Int {
        let arena = Arena()
        let ok = amqp_queue_declare(
            state, 1, arena.text(queue.name), passive ? 1 : 0, queue.durable ? 1 : 0, queue.exclusive ? 1 : 0,
            queue.autoDelete ? 1 : 0, arena.table(queue.arguments))
        let count = ok.map { Int($0.pointee.message_count) } ?? 0
        try Self.check(amqp_get_rpc_reply(state), "declare queue \(queue.name)")
        return count
    }

    func bind(_ binding: Binding) throws(AMQPError) {
        let arena = Arena()
        amqp_queue_bind(
            state, 1, arena.text(binding.queue), arena.text(binding.exchange), arena.text(binding.routingKey),
            amqp_table_t(num_entries: 0, entries: nil))
        try Self.check(amqp_get_rpc_reply(state), "bind \(binding.queue) to \(binding.exchange)")
    }

    func deleteQueue(_ name: String) throws(AMQPError) {
        let arena = Arena()
        amqp_queue_delete(state, 1, arena.text(name), 0, 0)
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
