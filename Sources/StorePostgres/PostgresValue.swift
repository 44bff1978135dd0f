import Basics

/// A value for a parameter of a statement.
enum PostgresValue {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
    /// A list as one value: `= ANY($1)`, `unnest($1)`.
    case list([PostgresValue])

    static func number(_ value: (some BinaryInteger)?) -> PostgresValue { value.map { .integer(Int64($0)) } ?? .null }
    static func flag(_ value: Bool) -> PostgresValue { .integer(value ? 1 : 0) }
    static func time(_ value: Timestamp?) -> PostgresValue { number(value?.milliseconds) }
    static func time(_ value: MonotonicTime?) -> PostgresValue { number(value?.nanoseconds) }
    static func words(_ value: String?) -> PostgresValue { value.map { .text($0) } ?? .null }
    static func blob(_ value: [UInt8]?) -> PostgresValue { value.map { .bytes($0) } ?? .null }

    /// As it is sent; `nil` is NULL.
    ///
    /// Numbers and lists go as text, which suits whatever type the server takes the parameter for. Texts go by their length and
    /// not as C strings: a zero byte in one is refused by the server, and never cuts it short.
    var encoded: (bytes: [UInt8], isBinary: Bool)? {
        switch self {
        case .null: nil
        case .integer(let value): (Array(String(value).utf8) + [0], false)
        case .text(let text): (Array(text.utf8), true)
        case .bytes(let bytes): (bytes, true)
        case .list(let values): (Array("{\(values.map(\.element).joined(separator: ","))}".utf8) + [0], false)
        }
    }

    /// As it stands in a list.
    private var element: String {
        switch self {
        case .null: "NULL"
        case .integer(let value): String(value)
        case .text(let text): Self.quoted(text)
        case .bytes(let bytes): "\"\\\\x\(Self.digits(bytes))\""
        case .list: preconditionFailure("lists of lists are not sent")
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text.unicodeScalars {
            if character == "\"" || character == "\\" { quoted.append("\\") }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "\""
    }

    static func digits(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
