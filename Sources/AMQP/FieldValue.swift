/// A value in a table of AMQP headers or arguments.
public indirect enum FieldValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string([UInt8])
    case bytes([UInt8])
    case timestamp(UInt64)
    case table(FieldTable)
    case array([FieldValue])

    /// As text, if it is text.
    public var text: String? {
        switch self {
        case .string(let bytes), .bytes(let bytes): String(validating: bytes, as: UTF8.self)
        case .null, .bool, .int, .double, .timestamp, .table, .array: nil
        }
    }
}

/// A table of headers or arguments, in order.
public struct FieldTable: Sendable, Equatable {
    /// Its fields, in the order in which they were sent.
    public var entries: [(String, FieldValue)]
    /// More was there than is ever read: 1,000 entries, 64 levels.
    public var isTruncated = false

    /// From fields in the order in which they are to be sent.
    public init(_ entries: [(String, FieldValue)] = []) {
        self.entries = entries
    }

    /// The first value of that name.
    public subscript(key: String) -> FieldValue? {
        entries.first { $0.0 == key }?.1
    }

    /// Whether both have the same fields in the same order.
    public static func == (left: FieldTable, right: FieldTable) -> Bool {
        left.entries.count == right.entries.count
            && zip(left.entries, right.entries).allSatisfy { $0.0 == $1.0 && $0.1 == $1.1 }
    }
}

extension FieldTable: ExpressibleByDictionaryLiteral {
    /// From fields in the order in which they are to be sent.
    public init(dictionaryLiteral elements: (String, FieldValue)...) {
        self.init(elements)
    }
}
