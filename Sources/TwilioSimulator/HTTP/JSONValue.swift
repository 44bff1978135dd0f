/// A JSON value that keeps the order of its members, so that answers read like those in Twilio's documents.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case string(String)
    case array([JSONValue])
    case object(KeyValuePairs)

    /// Members in order; names are not checked for repetition.
    struct KeyValuePairs: Sendable, Equatable, ExpressibleByDictionaryLiteral {
        var members: [Member]

        init(dictionaryLiteral elements: (String, JSONValue)...) {
            members = elements.map { Member(name: $0.0, value: $0.1) }
        }
    }

    struct Member: Sendable, Equatable {
        var name: String
        var value: JSONValue
    }

    /// A string, or null for `nil`.
    static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    /// An object of strings in the order of their names, or null for `nil`.
    static func optional(_ texts: [String: String]?) -> JSONValue {
        guard let texts else { return .null }
        var pairs: KeyValuePairs = [:]
        pairs.members = texts.sorted { $0.key < $1.key }.map { Member(name: $0.key, value: .string($0.value)) }
        return .object(pairs)
    }

    /// The member `name` of an object; `nil` for anything else.
    subscript(name: String) -> JSONValue? {
        guard case .object(let pairs) = self else { return nil }
        return pairs.members.first { $0.name == name }?.value
    }

    /// The text of a string; `nil` for anything else.
    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The value as JSON text (RFC 8259).
    var rendered: String {
        var output = ""
        render(into: &output)
        return output
    }

    private func render(into output: inout String) {
        switch self {
        case .null: output += "null"
        case .bool(let value): output += value ? "true" : "false"
        case .integer(let value): output += String(value)
        case .string(let text): Self.render(text, into: &output)
        case .array(let values):
            output += "["
            for (index, value) in values.enumerated() {
                if index > 0 { output += "," }
                value.render(into: &output)
            }
            output += "]"
        case .object(let pairs): Self.render(pairs.members, into: &output)
        }
    }

    private static func render(_ members: [Member], into output: inout String) {
        output += "{"
        for (index, member) in members.enumerated() {
            if index > 0 { output += "," }
            render(member.name, into: &output)
            output += ":"
            member.value.render(into: &output)
        }
        output += "}"
    }

    private static func render(_ text: String, into output: inout String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral,
    ExpressibleByIntegerLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(nilLiteral: ()) { self = .null }
    init(integerLiteral value: Int) { self = .integer(value) }
}
