import CRabbitMQ

@testable import AMQP
@testable import Worker

/// Bytes through librabbitmq's own reader of frames, without a socket.
final class FrameFeed {
    /// As a worker reads them.
    private static let headers = HeaderNames(EnvelopeReader.headers)

    private let state: amqp_connection_state_t

    init?() {
        guard let state = amqp_new_connection() else { return nil }
        self.state = state
    }

    deinit {
        amqp_destroy_connection(state)
    }

    /// Hands every whole frame to `take`, copied, until the bytes end or the library refuses them.
    ///
    /// - Returns: Whether it took all of them.
    func read(_ bytes: [UInt8], _ take: (UInt16, Frame) -> Void) -> Bool {
        var bytes = bytes
        return bytes.withUnsafeMutableBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                var frame = amqp_frame_t()
                let left = amqp_bytes_t(
                    len: buffer.count - offset, bytes: buffer.baseAddress.map { $0 + offset })
                let used = amqp_handle_input(state, left, &frame)
                guard used > 0 else { return false }
                offset += Int(used)
                if frame.frame_type != 0 { take(frame.channel, FrameReader.read(frame, keeping: Self.headers)) }
            }
            return true
        }
    }

    /// A table by the library's reader and then by ours; `nil` when the library refuses it.
    static func table(_ bytes: [UInt8]) -> FieldTable? {
        decode(bytes) { encoded, pool in
            var table = amqp_table_t()
            var offset = 0
            return amqp_decode_table(encoded, pool, &table, &offset) == 0 ? PropertyCoding.table(table) : nil
        }
    }

    /// The properties of a message, flags first.
    static func properties(_ bytes: [UInt8]) -> MessageProperties? {
        decode(bytes) { encoded, pool in
            var decoded: UnsafeMutableRawPointer?
            guard amqp_decode_properties(UInt16(AMQP_BASIC_CLASS), pool, encoded, &decoded) == 0, let decoded else {
                return nil
            }
            return PropertyCoding.read(
                decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee, keeping: headers)
        }
    }

    private static func decode<Value>(
        _ bytes: [UInt8], _ body: (amqp_bytes_t, UnsafeMutablePointer<amqp_pool_t>) -> Value?
    ) -> Value? {
        var bytes = bytes
        var pool = amqp_pool_t()
        init_amqp_pool(&pool, 4096)
        defer { empty_amqp_pool(&pool) }
        return bytes.withUnsafeMutableBytes { body(amqp_bytes_t(len: $0.count, bytes: $0.baseAddress), &pool) }
    }
}
