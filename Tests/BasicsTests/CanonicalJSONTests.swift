import Basics
import Foundation
import TestKit
import Testing

@Suite("CanonicalJSON")
struct CanonicalJSONTests {
    private func text(_ write: (inout CanonicalJSON) -> Void) -> String {
        String(decoding: CanonicalJSON.object(write), as: UTF8.self)
    }

    @Test("writes members in order, and leaves out what is nil")
    func members() {
        let written = text { json in
            json.member("a", "x/y")
            json.member("b", nil as String?)
            json.member("c", -5)
            json.member("d", true)
            json.member("e", object: [1, 2]) { json, list in
                json.member("list", list: list) { $0.number($1) }
                json.member("none", list: [] as [Int]) { $0.number($1) }
            }
            json.member("f", list: [[1], []]) { $0.list($1) { $0.number($1) } }
            json.member("g", 0) { json, _ in json.null() }
        }
        #expect(written == #"{"a":"x/y","c":-5,"d":true,"e":{"list":[1,2],"none":[]},"f":[[1],[]],"g":null}"#)
        #expect(text { _ in } == "{}")
    }

    @Test("writes any text and number as Foundation does", arguments: UInt64(1)...UInt64(10))
    func likeFoundation(seed: UInt64) throws {
        var random = Seeded(seed)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for _ in 0..<200 {
            let scalars = (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in
                Unicode.Scalar(
                    Bool.random(using: &random)
                        ? UInt32.random(in: 0...0x80, using: &random) : UInt32.random(in: 0...0x10FFFF, using: &random))
            }
            let string = String(String.UnicodeScalarView(scalars))
            let number =
                Double.random(in: -1e6...1e6, using: &random)
                * pow(10, Double(Int.random(in: -30...30, using: &random)))
            let ours = CanonicalJSON.object { json in
                json.member("number", number) { $0.number($1) }
                json.member("text", string)
                json.member("whole", number.rounded()) { $0.number($1) }
            }
            struct Theirs: Encodable {
                var number, whole: Double
                var text: String
            }
            let theirs = try encoder.encode(Theirs(number: number, whole: number.rounded(), text: string))
            #expect(ours == Array(theirs), "\(string.unicodeScalars.map(\.value)) \(number)")
        }
    }
}
