import Basics
import CRabbitMQ
import Glibc

/// The one owner of a librabbitmq connection.
///
/// Used from one thread; after any failure it is only good for freeing.
final class Handle {
    let state: amqp_connection_state_t
    let descriptor: Int32
    /// Until when the broker's certificate is valid; `nil` without TLS.
    let certificateExpiry: Timestamp?

    /// Connects, shakes hands and logs in: blocks, each step for 5 s at most.
    ///
    /// A declaration later may take 30 s.
    ///
    /// - Parameter address: numeric, since looking up a name has no time-out.
    init(_ url: BrokerURL, at address: String, _ configuration: BrokerConfiguration) throws(AMQPError) {
        guard let state = amqp_new_connection() else { throw AMQPError(.unreachable, "out of memory") }
        do {
            certificateExpiry = try Self.open(state, url, address, configuration)
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

    /// The highest channel number that both sides agreed to.
    var channelLimit: UInt16 { UInt16(clamping: amqp_get_channel_max(state)) }

    /// - Returns: Until when the broker's certificate is valid; `nil` without TLS.
    private static func open(
        _ state: amqp_connection_state_t, _ url: BrokerURL, _ address: String, _ configuration: BrokerConfiguration
    ) throws(AMQPError) -> Timestamp? {
        guard let socket = url.usesTLS ? amqp_ssl_socket_new(state) : amqp_tcp_socket_new(state) else {
            throw AMQPError(.unreachable, "out of memory")
        }
        if url.usesTLS { try secure(socket, url, configuration) }
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        let status = amqp_socket_open_noblock(socket, address, Int32(url.port), &limit)
        guard status == crmq_status_ok() else {
            if url.usesTLS, let error = certificateError(socket, url, configuration) { throw error }
            let reason = status == crmq_status_socket_error() ? refusal(address, url.port) : nil
            throw AMQPError(
                .unreachable, "cannot connect to \(url) at \(address): \(reason ?? describe(status))")
        }
        amqp_set_handshake_timeout(state, &limit)
        // The declaration of a quorum queue waits for its replicas' disks: on a busy node many seconds.
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        amqp_set_rpc_timeout(state, &patience)
        // A peer that is gone with our bytes unacknowledged is noticed by the kernel, not after its 15 minutes.
        var milliseconds = Int32(clamping: configuration.heartbeat.milliseconds * 2)
        setsockopt(
            amqp_get_sockfd(state), Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds,
            socklen_t(MemoryLayout<Int32>.size))
        return url.usesTLS ? certificateExpiry(socket) : nil
    }

    /// What the system says of a connection that failed: the library only tells that it did.
    ///
    /// Asked for once more, without waiting: who refuses does so at once.
    private static func refusal(_ address: String, _ port: Int) -> String? {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address, String(port), &hints, &list) == 0, let entry = list else { return nil }
        defer { freeaddrinfo(entry) }
        let descriptor = socket(
            entry.pointee.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        guard connect(descriptor, entry.pointee.ai_addr, entry.pointee.ai_addrlen) != 0 else { return nil }
        var error = errno
        if error == EINPROGRESS {
            var watched = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            var size = socklen_t(MemoryLayout<Int32>.size)
            guard poll(&watched, 1, 1000) == 1,
                getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0
            else { return nil }
        }
        return error == 0 ? nil : String(cString: strerror(error))
    }

    private static func login(
        _ state: amqp_connection_state_t, _ url: BrokerURL, _ configuration: BrokerConfiguration
    ) throws(AMQPError) {
        let heartbeat = Int32(clamping: max(1, configuration.heartbeat.components.seconds))
        let reply = crmq_login_plain(
            state, url.virtualHost, heartbeat, configuration.connectionName, url.user, url.password.revealed)
        do throws(AMQPError) {
            try check(reply, "log in to \(url)") { close in
                close.refusing(url)
            }
        } catch  where error.code == .unreachable && url.usesTLS && configuration.certificateFile == nil {
            // With TLS 1.3 a broker that wants a certificate hangs up only now.
            throw AMQPError(
                .unreachable,
                "\(error.message); if this broker asks its clients for a certificate: none is configured")
        }
    }

    static func describe(_ status: Int32) -> String {
        amqp_error_string2(status).map { String(cString: $0) } ?? "error \(status)"
    }

    /// Turns an RPC's reply into an error, unless it is a normal one.
    static func check(
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

    /// The next frame that is here already; `nil` when there is none.
    ///
    /// Heartbeats are sent and checked in here only.
    ///
    /// Everything is copied out of the library's memory, which goes back at once: what one frame may take of it is then all
    /// that a channel ever holds.
    func nextFrame(keeping headers: HeaderNames) throws(AMQPError) -> (channel: UInt16, frame: Frame)? {
        var frame = amqp_frame_t()
        var now = timeval(tv_sec: 0, tv_usec: 0)
        let status = amqp_simple_wait_frame_noblock(state, &frame, &now)
        if status == crmq_status_timeout() { return nil }
        guard status == crmq_status_ok() else {
            throw AMQPError(.connectionLost, "the connection was lost: \(Self.describe(status))")
        }
        defer { amqp_maybe_release_buffers_on_channel(state, frame.channel) }
        return (frame.channel, FrameReader.read(frame, keeping: headers))
    }

    /// Whether a send would not block for want of room.
    var isWritable: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, 0) == 1 && entry.revents & Int16(POLLOUT) != 0
    }
}
