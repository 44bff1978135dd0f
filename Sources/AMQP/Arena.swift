import CRabbitMQ

/// Memory that librabbitmq's structs point into while a frame is written; freed together afterwards.
///
/// Sends copy into the library's own buffer before they return, so an arena lives for one call.
final class Arena {
    private var blocks: [UnsafeMutableRawPointer] = []

    init() {
        // As many as a reply needs.
        blocks.reserveCapacity(12)
    }

    deinit {
        for block in blocks { block.deallocate() }
    }

    func bytes(_ value: [UInt8]) -> amqp_bytes_t {
        value.withUnsafeBytes { copy($0) }
    }

    func text(_ value: String) -> amqp_bytes_t {
        var value = value
        return value.withUTF8 { copy(UnsafeRawBufferPointer($0)) }
    }

    private func copy(_ bytes: UnsafeRawBufferPointer) -> amqp_bytes_t {
        guard let start = bytes.baseAddress, bytes.count > 0 else { return amqp_bytes_t(len: 0, bytes: nil) }
        let block = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 1)
        blocks.append(block)
        block.copyMemory(from: start, byteCount: bytes.count)
        return amqp_bytes_t(len: bytes.count, bytes: block)
    }

    /// Only what we send ourselves: text, whole numbers and flags.
    func table(_ value: FieldTable) -> amqp_table_t {
        let count = value.entries.count
        guard count > 0 else { return amqp_table_t(num_entries: 0, entries: nil) }
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: count * MemoryLayout<amqp_table_entry_t>.stride,
            alignment: MemoryLayout<amqp_table_entry_t>.alignment)
        blocks.append(block)
        let entries = block.bindMemory(to: amqp_table_entry_t.self, capacity: count)
        for (index, entry) in value.entries.enumerated() {
            entries[index] = amqp_table_entry_t(key: text(entry.0), value: field(entry.1))
        }
        return amqp_table_t(num_entries: Int32(count), entries: entries)
    }

    private func field(_ value: FieldValue) -> amqp_field_value_t {
        var field = amqp_field_value_t()
        switch value {
        case .bool(let flag):
            field.kind = UInt8(AMQP_FIELD_KIND_BOOLEAN.rawValue)
            field.value.boolean = flag ? 1 : 0
        case .int(let number):
            field.kind = UInt8(AMQP_FIELD_KIND_I64.rawValue)
            field.value.i64 = number
        case .string(let bytes), .bytes(let bytes):
            field.kind = UInt8(AMQP_FIELD_KIND_UTF8.rawValue)
            field.value.bytes = self.bytes(bytes)
        case .null, .double, .timestamp, .table, .array:
            field.kind = UInt8(AMQP_FIELD_KIND_VOID.rawValue)
        }
        return field
    }

    func properties(_ from: MessageProperties) -> amqp_basic_properties_t {
        var to = amqp_basic_properties_t()
        func put(_ value: String?, _ flag: Int32, _ path: WritableKeyPath<amqp_basic_properties_t, amqp_bytes_t>) {
            guard let value else { return }
            to[keyPath: path] = text(value)
            to._flags |= amqp_flags_t(flag)
        }
        put(from.contentType, AMQP_BASIC_CONTENT_TYPE_FLAG, \.content_type)
        put(from.contentEncoding, AMQP_BASIC_CONTENT_ENCODING_FLAG, \.content_encoding)
        put(from.replyTo, AMQP_BASIC_REPLY_TO_FLAG, \.reply_to)
        put(from.expiration, AMQP_BASIC_EXPIRATION_FLAG, \.expiration)
        put(from.messageID, AMQP_BASIC_MESSAGE_ID_FLAG, \.message_id)
        put(from.type, AMQP_BASIC_TYPE_FLAG, \.type)
        put(from.userID, AMQP_BASIC_USER_ID_FLAG, \.user_id)
        put(from.appID, AMQP_BASIC_APP_ID_FLAG, \.app_id)
        if let correlation = from.correlationID {
            to.correlation_id = bytes(correlation)
            to._flags |= amqp_flags_t(AMQP_BASIC_CORRELATION_ID_FLAG)
        }
        if let mode = from.deliveryMode {
            to.delivery_mode = mode
            to._flags |= amqp_flags_t(AMQP_BASIC_DELIVERY_MODE_FLAG)
        }
        if let timestamp = from.timestamp {
            to.timestamp = timestamp
            to._flags |= amqp_flags_t(AMQP_BASIC_TIMESTAMP_FLAG)
        }
        if !from.headers.entries.isEmpty {
            to.headers = table(from.headers)
            to._flags |= amqp_flags_t(AMQP_BASIC_HEADERS_FLAG)
        }
        return to
    }
}
