import Testing

@testable import Wire

@Suite struct JSONParserTests {
    private func parse(_ text: String) throws -> JSONValue {
        try JSONParser.parse(Array(text.utf8), maximumDepth: 8)
    }

    @Test("JSON is read")
    func reads() throws {
        let text = #" {"a": [1, -0.5e3, true, null], "b": {"c": "\u00e9\n\ud83d\ude00"}} "#
        #expect(
            try parse(text)
                == .object([
                    "a": .array([.number("1"), .number("-0.5e3"), .bool(true), .null]),
                    "b": .object(["c": .string("é\n😀")]),
                ]))
    }

    @Test(
        "what is not JSON is refused",
        arguments: [
            "", " ", "{", "{}{}", "{} x", "[1,]", "{\"a\":1,}", "NaN", "01", "1.", "+1", "'a'", "\"\u{1}\"", "tru",
            #""\ud800""#, #""\udc00""#, #""\ud800\u0041""#, #""\x""#, #""\u00g0""#, "\u{FEFF}{}", "\0",
        ])
    func refuses(text: String) {
        #expect(throws: JSONProblem.notJSON) { try parse(text) }
    }

    @Test("a key that stands twice is refused")
    func duplicates() {
        #expect(throws: JSONProblem.duplicateKey) { try parse(#"{"a":1,"\u0061":2}"#) }
    }

    @Test("eight levels are read, nine are not, and a hundred thousand cost nothing")
    func depth() throws {
        let eight = String(repeating: "[", count: 8) + String(repeating: "]", count: 8)
        #expect(throws: Never.self) { try parse(eight) }
        #expect(throws: JSONProblem.tooDeep) { try parse("[\(eight)]") }
        #expect(throws: JSONProblem.tooDeep) { try parse(String(repeating: "[", count: 100_000)) }
    }

    @Test("bytes that are no UTF-8 are refused")
    func utf8() {
        #expect(throws: JSONProblem.notUTF8) {
            try JSONParser.parse([0x22, 0xFF, 0x22], maximumDepth: 8)
        }
    }

    @Test("a random value, written and read, is the same value")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<500 {
            let value = RandomJSON.value(depth: 1, using: &generator)
            #expect(try parse(RandomJSON.text(value)) == value)
        }
    }

    @Test("random bytes never trap")
    func garbage() {
        var generator = SeededGenerator(seed: 2)
        let alphabet = Array(#"{}[]",:\u0019eE+-. tfn"#.utf8) + [0, 0x80, 0xFF]
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).compactMap { _ in
                alphabet.randomElement(using: &generator)
            }
            _ = try? JSONParser.parse(bytes, maximumDepth: 8)
        }
    }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

enum RandomJSON {
    static func value(depth: Int, using generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0...(depth < 6 ? 5 : 3), using: &generator) {
        case 0: .null
        case 1: .bool(Bool.random(using: &generator))
        case 2: .number(String(Int.random(in: -1000...1000, using: &generator)))
        case 3: .string(text(using: &generator))
        case 4:
            .array(
                (0..<Int.random(in: 0...3, using: &generator)).map { _ in value(depth: depth + 1, using: &generator) })
        default:
            .object(
                Dictionary(
                    (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                        (text(using: &generator), value(depth: depth + 1, using: &generator))
                    }, uniquingKeysWith: { $1 }))
        }
    }

    private static func text(using generator: inout SeededGenerator) -> String {
        let alphabet = Array("ab\"\\/\n\té😀\u{1}")
        return String(
            (0..<Int.random(in: 0...6, using: &generator)).compactMap { _ in alphabet.randomElement(using: &generator) }
        )
    }

    static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .number(let text): text
        case .string(let text): quoted(text)
        case .array(let values): "[\(values.map(text).joined(separator: " , "))]"
        case .object(let members): "{\(members.map { "\(quoted($0.key)):\(text($0.value))" }.joined(separator: ","))}"
        }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "\"\(escaped.joined())\""
    }
}
