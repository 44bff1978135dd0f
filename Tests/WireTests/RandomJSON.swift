import TestKit
import Wire

/// Random JSON values and their texts.
struct RandomJSON {
    private var generator: Seeded

    init(seed: UInt64) {
        generator = Seeded(seed)
    }

    mutating func value(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 4), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .number(number())
        case 3: return .string(string())
        case 4, 5:
            return .object(
                Dictionary(
                    (0..<Int.random(in: 0...3, using: &generator)).map { _ in (string(), value(depth: depth - 1)) },
                    uniquingKeysWith: { first, _ in first }))
        default: return .array((0..<Int.random(in: 0...3, using: &generator)).map { _ in value(depth: depth - 1) })
        }
    }

    mutating func render(_ value: JSONValue) -> String {
        let text: String
        switch value {
        case .null: text = "null"
        case .bool(let bool): text = bool ? "true" : "false"
        case .number(let number): text = number
        case .string(let string): text = quoted(string)
        case .array(let elements):
            text = "[" + elements.map { render($0) }.joined(separator: ",") + space() + "]"
        case .object(let members):
            let pairs = members.map { space() + quoted($0.key) + space() + ":" + render($0.value) }
            text = "{" + pairs.joined(separator: ",") + space() + "}"
        }
        return space() + text + space()
    }

    /// Bytes that look somewhat like JSON.
    mutating func noise() -> [UInt8] {
        guard Bool.random(using: &generator) else {
            let pool = Array("{}[]\",:\\u0dDeE+-.truefalsn \u{1}é".utf8)
            return (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                Int.random(in: 0..<12, using: &generator) == 0
                    ? UInt8.random(in: .min ... .max, using: &generator)
                    : pool.randomElement(using: &generator) ?? 0
            }
        }
        var bytes = Array(render(value(depth: 4)).utf8)
        for _ in 0..<3 {
            guard let place = bytes.indices.randomElement(using: &generator) else { break }
            bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
        }
        return bytes
    }

    private mutating func number() -> String {
        var text = Bool.random(using: &generator) ? "-" : ""
        text += "\(UInt32.random(in: 0...99_999, using: &generator))"
        if Bool.random(using: &generator) { text += ".\(UInt32.random(in: 0...999, using: &generator))" }
        if Bool.random(using: &generator) { text += ["e", "E", "e+", "E-"].randomElement(using: &generator) ?? "e" }
        return text.last?.isNumber == true ? text : text + "7"
    }

    private mutating func string() -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...8, using: &generator) {
            let ranges: [ClosedRange<UInt32>] = [
                0...0x7F, 0x20...0x7E, 0x80...0x7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF,
            ]
            let range = ranges.randomElement(using: &generator) ?? 0x20...0x7E
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator)) { text.append(scalar) }
        }
        return String(text)
    }

    private mutating func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            if mustEscape || Int.random(in: 0..<6, using: &generator) == 0 {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: Bool.random(using: &generator))
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private mutating func space() -> String {
        ["", "", "", " ", "\n", "\t", "\r\n"].randomElement(using: &generator) ?? ""
    }
}
