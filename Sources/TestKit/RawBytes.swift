/// Bytes in the encodings of AMQP 0-9-1, right or wrong: nothing is checked.
package struct RawBytes: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func append(_ more: [UInt8]) { bytes += more }

    /// Big-endian, in the type's own width.
    package mutating func number<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.bigEndian) { bytes += $0 }
    }

    /// At most 255 bytes count; the rest is cut off.
    package mutating func shortText(_ text: [UInt8]) {
        number(UInt8(min(text.count, 255)))
        bytes += text.prefix(255)
    }

    package mutating func shortText(_ text: String) { shortText(Array(text.utf8)) }

    package mutating func longText(_ text: [UInt8]) {
        number(UInt32(text.count))
        bytes += text
    }

    /// A whole frame: type, channel, size, payload, end.
    package static func frame(_ type: UInt8, channel: UInt16, _ payload: [UInt8]) -> [UInt8] {
        var frame = RawBytes()
        frame.number(type)
        frame.number(channel)
        frame.longText(payload)
        frame.number(UInt8(0xCE))
        return frame.bytes
    }
}

/// A value in a table of headers, of every type that RabbitMQ knows.
package indirect enum RawField: Sendable {
    case bool(Bool)
    case int8(Int8), uint8(UInt8), int16(Int16), uint16(UInt16), int32(Int32), uint32(UInt32), int64(Int64)
    case float(Float), double(Double)
    case decimal(scale: UInt8, Int32)
    case text(String), bytes([UInt8])
    case timestamp(UInt64)
    case table([(String, RawField)])
    case array([RawField])
    case void

    /// Tag and content as they go over the wire.
    case encoded([UInt8])

    /// An array in an array in an array … Written from the outside in: a value nested that deep would end the test's own
    /// process when it is let go.
    package static func nested(_ levels: Int) -> RawField {
        var out = RawBytes()
        for inner in stride(from: levels - 1, through: 0, by: -1) {
            out.append(Array("A".utf8))
            out.number(UInt32(5 * inner))
        }
        return .encoded(out.bytes)
    }

    /// A table in a table …, under the key `k`.
    package static func nestedTables(_ levels: Int) -> RawField {
        var out = RawBytes()
        for inner in stride(from: levels - 1, through: 0, by: -1) {
            out.append(Array("F".utf8))
            out.number(UInt32(7 * inner))
            if inner > 0 { out.shortText("k") }
        }
        return .encoded(out.bytes)
    }

    /// Headers that cost their sender little and whoever keeps them much: tables of values without name or content.
    package static func tables(_ count: Int, ofVoids voids: Int) -> [(String, RawField)] {
        (0..<count).map { ("t\($0)", .table((0..<voids).map { _ in ("", .void) })) }
    }

    static func table(_ entries: [(String, RawField)]) -> [UInt8] {
        var content = RawBytes()
        for (key, field) in entries {
            content.shortText(key)
            field.write(into: &content)
        }
        var table = RawBytes()
        table.longText(content.bytes)
        return table.bytes
    }

    private func write(into out: inout RawBytes) {
        func put<Value: FixedWidthInteger>(_ tag: Character, _ value: Value) {
            out.append(Array(tag.utf8))
            out.number(value)
        }
        func put(_ tag: Character, _ content: [UInt8]) {
            out.append(Array(tag.utf8) + content)
        }
        switch self {
        case .bool(let value): put("t", UInt8(value ? 1 : 0))
        case .int8(let value): put("b", value)
        case .uint8(let value): put("B", value)
        case .int16(let value): put("s", value)
        case .uint16(let value): put("u", value)
        case .int32(let value): put("I", value)
        case .uint32(let value): put("i", value)
        case .int64(let value): put("l", value)
        case .float(let value): put("f", value.bitPattern)
        case .double(let value): put("d", value.bitPattern)
        case .decimal(let scale, let value):
            put("D", scale)
            out.number(value)
        case .text(let value): put("S", Self.sized(Array(value.utf8)))
        case .bytes(let value): put("x", Self.sized(value))
        case .timestamp(let value): put("T", value)
        case .table(let entries): put("F", Self.table(entries))
        case .array(let elements):
            var content = RawBytes()
            for element in elements { element.write(into: &content) }
            put("A", Self.sized(content.bytes))
        case .void: put("V", [])
        case .encoded(let bytes): out.append(bytes)
        }
    }

    private static func sized(_ content: [UInt8]) -> [UInt8] {
        var sized = RawBytes()
        sized.longText(content)
        return sized.bytes
    }
}
