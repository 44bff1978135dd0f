import CRabbitMQ

/// Properties and tables between librabbitmq's structs and ours.
///
/// Reading is bounded.
enum PropertyCoding {
    private static let mostEntries = 1000
    private static let mostLevels = 64

    static func bytes(_ value: amqp_bytes_t) -> [UInt8] {
        guard let start = value.bytes, value.len > 0 else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: value.len))
    }

    static func text(_ value: amqp_bytes_t) -> String {
        guard let start = value.bytes, value.len > 0 else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: start, count: value.len), as: UTF8.self)
    }

    /// - Parameter headers: which headers are kept.
    static func read(_ from: amqp_basic_properties_t, keeping headers: HeaderNames) -> MessageProperties {
        func has(_ flag: Int32) -> Bool { from._flags & amqp_flags_t(flag) != 0 }
        var to = MessageProperties()
        if has(AMQP_BASIC_CONTENT_TYPE_FLAG) { to.contentType = text(from.content_type) }
        if has(AMQP_BASIC_CONTENT_ENCODING_FLAG) { to.contentEncoding = text(from.content_encoding) }
        if has(AMQP_BASIC_DELIVERY_MODE_FLAG) { to.deliveryMode = from.delivery_mode }
        if has(AMQP_BASIC_CORRELATION_ID_FLAG) { to.correlationID = bytes(from.correlation_id) }
        if has(AMQP_BASIC_REPLY_TO_FLAG) { to.replyTo = text(from.reply_to) }
        if has(AMQP_BASIC_EXPIRATION_FLAG) { to.expiration = text(from.expiration) }
        if has(AMQP_BASIC_MESSAGE_ID_FLAG) { to.messageID = text(from.message_id) }
        if has(AMQP_BASIC_TIMESTAMP_FLAG) { to.timestamp = from.timestamp }
        if has(AMQP_BASIC_TYPE_FLAG) { to.type = text(from.type) }
        if has(AMQP_BASIC_USER_ID_FLAG) { to.userID = text(from.user_id) }
        if has(AMQP_BASIC_APP_ID_FLAG) { to.appID = text(from.app_id) }
        if has(AMQP_BASIC_HEADERS_FLAG) { to.headers = kept(headers, of: from.headers) }
        return to
    }

    /// The first header of each of those names; nothing is made of the others, however many a peer has put there.
    ///
    /// What is a table or a list, or longer than any header that means something, is kept as `null`: it was there.
    private static func kept(_ names: HeaderNames, of from: amqp_table_t) -> FieldTable {
        var result = FieldTable()
        guard let entries = from.entries, !names.all.isEmpty else { return result }
        for index in 0..<max(0, Int(from.num_entries)) {
            guard let name = names.first(equalTo: entries[index].key), result[name] == nil else { continue }
            result.entries.append((name, scalar(entries[index].value)))
        }
        return result
    }

    private static func scalar(_ from: amqp_field_value_t) -> FieldValue {
        switch UInt32(from.kind) {
        case UInt32(AMQP_FIELD_KIND_TABLE.rawValue), UInt32(AMQP_FIELD_KIND_ARRAY.rawValue): .null
        case UInt32(AMQP_FIELD_KIND_UTF8.rawValue), UInt32(AMQP_FIELD_KIND_BYTES.rawValue):
            from.value.bytes.len > HeaderNames.longestValue ? .null : value(from, level: mostLevels)
        default: value(from, level: mostLevels)
        }
    }

    static func table(_ from: amqp_table_t, level: Int = 1) -> FieldTable {
        var result = FieldTable()
        let count = max(0, Int(from.num_entries))
        guard level <= mostLevels, let entries = from.entries else {
            result.isTruncated = count > 0
            return result
        }
        for index in 0..<min(count, mostEntries) {
            result.entries.append((text(entries[index].key), value(entries[index].value, level: level)))
        }
        result.isTruncated = count > mostEntries
        return result
    }

    private static func value(_ from: amqp_field_value_t, level: Int) -> FieldValue {
        switch UInt32(from.kind) {
        case UInt32(AMQP_FIELD_KIND_BOOLEAN.rawValue): .bool(from.value.boolean != 0)
        case UInt32(AMQP_FIELD_KIND_I8.rawValue): .int(Int64(from.value.i8))
        case UInt32(AMQP_FIELD_KIND_U8.rawValue): .int(Int64(from.value.u8))
        case UInt32(AMQP_FIELD_KIND_I16.rawValue): .int(Int64(from.value.i16))
        case UInt32(AMQP_FIELD_KIND_U16.rawValue): .int(Int64(from.value.u16))
        case UInt32(AMQP_FIELD_KIND_I32.rawValue): .int(Int64(from.value.i32))
        case UInt32(AMQP_FIELD_KIND_U32.rawValue): .int(Int64(from.value.u32))
        case UInt32(AMQP_FIELD_KIND_I64.rawValue): .int(from.value.i64)
        case UInt32(AMQP_FIELD_KIND_U64.rawValue): .int(Int64(clamping: from.value.u64))
        case UInt32(AMQP_FIELD_KIND_F32.rawValue): .double(Double(from.value.f32))
        case UInt32(AMQP_FIELD_KIND_F64.rawValue): .double(from.value.f64)
        case UInt32(AMQP_FIELD_KIND_UTF8.rawValue): .string(bytes(from.value.bytes))
        case UInt32(AMQP_FIELD_KIND_BYTES.rawValue): .bytes(bytes(from.value.bytes))
        case UInt32(AMQP_FIELD_KIND_TIMESTAMP.rawValue): .timestamp(from.value.u64)
        case UInt32(AMQP_FIELD_KIND_TABLE.rawValue): .table(table(from.value.table, level: level + 1))
        case UInt32(AMQP_FIELD_KIND_ARRAY.rawValue): .array(array(from.value.array, level: level + 1))
        default: .null
        }
    }

    private static func array(_ from: amqp_array_t, level: Int) -> [FieldValue] {
        guard level <= mostLevels, let entries = from.entries else { return [] }
        return (0..<min(max(0, Int(from.num_entries)), mostEntries)).map { value(entries[$0], level: level) }
    }
}
