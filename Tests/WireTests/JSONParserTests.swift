import Testing

@testable import Wire

@Suite("JSONParser")
struct JSONParserTests {
    private func parse(_ text: String) throws(JSONProblem) -> JSONValue {
        try JSONParser.parse(Array(text.utf8), maximumDepth: 8)
    }

    @Test(
        "takes every kind of value",
        arguments: [
            ("null", .null), (" true\n", .bool(true)), ("\tfalse\r", .bool(false)), ("0", .number("0")),
            ("-0", .number("-0")), ("-12.5e+3", .number("-12.5e+3")), ("1E9", .number("1E9")), ("\"\"", .string("")),
            ("[]", .array([])), ("[ ]", .array([])), ("{}", .object([:])), ("{ }", .object([:])),
            ("[1, [true], \"a\"]", .array([.number("1"), .array([.bool(true)]), .string("a")])),
            ("{\"a\" : {\"b\":null} , \"c\":1}", .object(["a": .object(["b": .null]), "c": .number("1")])),
            (
                "{\"a\":{\"x\":1},\"b\":{\"x\":1}}",
                .object(["a": .object(["x": .number("1")]), "b": .object(["x": .number("1")])])
            ),
            (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")), (#""\u0041\u00e9\u20AC""#, .string("Aé€")),
            (#""\ud83d\ude00""#, .string("😀")), (#""\u0000""#, .string("\u{0}")), ("\"😀é\u{7F}\"", .string("😀é\u{7F}")),
        ] as [(String, JSONValue)])
    func takes(text: String, value: JSONValue) throws {
        #expect(try parse(text) == value)
    }

    @Test(
        "refuses what RFC 8259 does not allow",
        arguments: [
            "", " ", "nul", "True", "NaN", "Infinity", "-Infinity", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+",
            "0x1",
            "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{\"a\":1,}", "{,}", "{\"a\"}", "{\"a\":}",
            "{a:1}",
            "{1:2}", "{'a':1}", "\"", "\"abc", "\"\n\"", "\"\t\"", "\"\u{0}\"", "\u{0}", "{}\u{0}", "\u{FEFF}{}",
            "{}{}",
            "1 2", "{} x", "// a\n{}", #""\x41""#, #""\u12""#, #""\u12G4""#, #""\"#, "undefined", "\u{A0}{}",
        ])
    func refuses(text: String) {
        #expect(throws: JSONProblem.notJSON) { try parse(text) }
    }

    @Test(
        "refuses surrogates that make no character",
        arguments: [
            #""\ud83d""#, #""\ude00""#, #""\ud83d\ud83d""#, #""\ude00\ud83d""#, #""\ud83dx""#, #""\ud83d\n""#,
            #""\ud83d\u0041""#,
        ])
    func loneSurrogates(text: String) {
        #expect(throws: JSONProblem.notJSON) { try parse(text) }
    }

    @Test(
        "refuses bytes that are not UTF-8",
        arguments: [
            [0xFF], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], [0x22, 0x80, 0x22], [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00],
        ] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        #expect(throws: JSONProblem.notUTF8) { try JSONParser.parse(bytes, maximumDepth: 8) }
    }

    @Test(
        "refuses a key that comes twice, also when it is written differently or lies deeper",
        arguments: [
            #"{"a":1,"a":1}"#, #"{"a":1,"b":2,"a":null}"#, #"{"a":1,"\u0061":2}"#, #"[{"x":{"a":1,"a":2}}]"#,
            #"{"":1,"":2}"#,
        ])
    func duplicateKeys(text: String) {
        #expect(throws: JSONProblem.duplicateKey) { try parse(text) }
    }

    @Test("takes eight levels and refuses nine", arguments: [("[", "]"), ("{\"a\":", "}")])
    func depth(open: String, close: String) throws {
        func nested(_ depth: Int) -> String {
            String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        }
        #expect(throws: Never.self) { try parse(nested(8)) }
        #expect(throws: JSONProblem.tooDeep) { try parse(nested(9)) }
    }

    @Test("refuses depth before it could exhaust the stack")
    func bottomless() {
        let bytes = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: JSONProblem.tooDeep) { try JSONParser.parse(bytes, maximumDepth: 8) }
    }

    @Test("reads back random values that were written as text", arguments: UInt64(1)...UInt64(20))
    func roundTrip(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        for _ in 0..<40 {
            let value = random.value(depth: 7)
            let text = random.render(value)
            #expect(try parse(text) == value, "\(text)")
        }
    }

    @Test("refuses a document that was cut off anywhere", arguments: UInt64(30)...UInt64(35))
    func truncated(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        let bytes = Array(random.render(.object(["key": random.value(depth: 5)])).utf8)
        for count in 0..<bytes.count where count < bytes.lastIndex(of: UInt8(ascii: "}")) ?? 0 {
            #expect(throws: JSONProblem.self) { try JSONParser.parse(Array(bytes.prefix(count)), maximumDepth: 8) }
        }
    }

    @Test("answers random bytes and mutilated documents with a value or an error", arguments: UInt64(50)...UInt64(55))
    func randomBytes(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        var refused = 0
        for _ in 0..<500 {
            let bytes = random.noise()
            do { _ = try JSONParser.parse(bytes, maximumDepth: 8) } catch { refused += 1 }
        }
        #expect(refused > 0)
    }
}
