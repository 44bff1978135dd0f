import Basics
import Testing

/// Its grammar is tested where jobs are read, by `JSONParserTests`.
@Suite("JSONDocument")
struct JSONDocumentTests {
    private func root(_ text: String, depth: Int = 8) throws -> JSONDocument.Value {
        try JSONDocument(Array(text.utf8), maximumDepth: depth).root
    }

    @Test("finds members by name, the first of several, and also one whose name is written with escapes")
    func members() throws {
        let root = try root(#"{"a":1,"b":{"a":2,"c":[3]},"a":4,"\u0063\n":"x"}"#)
        #expect(root["a"]?.text == "1")
        #expect(root["b"]?["a"]?.text == "2")
        #expect(root["c\n"]?.text == "x")
        #expect(root["c"] == nil && root["b"]?["b"] == nil)
        // Texts that only look alike are different ones.
        #expect(try self.root(#"{"é":1}"#)["e\u{301}"] == nil)
    }

    @Test("has a member of an object alone, and elements of a list alone")
    func kinds() throws {
        for text in ["null", "true", "1", #""a""#, #"["a"]"#] {
            let value = try root(text)
            #expect(value["a"] == nil)
            value.forEachMember { _, _ in Issue.record("a member of \(text)") }
        }
        try root(#"{"a":1}"#).forEachElement { _ in Issue.record("an element of an object") }
    }

    @Test("goes through members and elements in their order, past whatever lies in them")
    func order() throws {
        var seen: [String] = []
        try root(#"{"a":[[1,2],{"x":{}}],"b":{},"c":"d"}"#).forEachMember { key, value in
            seen.append("\(key.text ?? "") \(value.kind)")
            value.forEachElement { seen.append("\($0.kind)") }
        }
        #expect(seen == ["a array", "array", "object", "b object", "c string"])
    }

    @Test("gives text of strings and numbers alone")
    func texts() throws {
        #expect(try root(#""a\/\"\u00e9\ud83d\ude00""#).text == "a/\"é😀")
        #expect(try root("-1.50e3").text == "-1.50e3")
        for text in ["null", "true", "false", "[]", "{}"] { #expect(try root(text).text == nil) }
    }

    @Test("says what is wrong")
    func problems() {
        #expect(throws: JSONDocument.Problem.notUTF8) { try JSONDocument([0x22, 0xFF, 0x22], maximumDepth: 8) }
        #expect(throws: JSONDocument.Problem.notJSON) { try root("[1,]") }
        #expect(throws: JSONDocument.Problem.tooDeep) { try root("[[1]]", depth: 1) }
    }
}
