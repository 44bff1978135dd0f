import TestKit

/// A JSON value that can be rendered, wrong in any way.
indirect enum JSONTree: Sendable, Equatable, CustomStringConvertible {
    case null
    case bool(Bool)
    /// As it is written: `1e400`, `-0`.
    case number(String)
    case string(String)
    case array([JSONTree])
    case object([Member])

    struct Member: Sendable, Equatable {
        var name: String
        var value: JSONTree
    }

    static func object(_ members: [(String, JSONTree)]) -> JSONTree {
        .object(members.map { Member(name: $0.0, value: $0.1) })
    }

    var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): Self.quoted(text)
        case .array(let values): "[" + values.map(\.description).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { Self.quoted($0.name) + ":" + $0.value.description }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": output += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output + "\""
    }

    /// Any value, not deeper than `depth`; the word `approved` and good identifiers among its strings.
    static func random(_ depth: Int, _ generator: inout Seeded) -> JSONTree {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .number(numbers.randomElement(using: &generator) ?? "0")
        case 3...5: return .string(words.randomElement(using: &generator) ?? "")
        case 6: return .array((0..<Int.random(in: 0...3, using: &generator)).map { _ in random(depth - 1, &generator) })
        default:
            return .object(
                (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                    Member(
                        name: words.randomElement(using: &generator) ?? "", value: random(depth - 1, &generator))
                })
        }
    }

    private static let numbers = [
        "0", "-0", "1", "1e400", "9007199254740993", "-1.5", "0.1e-9", "99999999999999999999",
    ]
    private static let words = [
        "", "approved", "APPROVED", "approved ", "pending", "true", "\u{0}", "😀", "null", "sid", "status", "valid",
        Sample.verification, Sample.service, Sample.number, "+15017122662", "VE", "2015-07-30T20:00:00Z",
    ]
}
