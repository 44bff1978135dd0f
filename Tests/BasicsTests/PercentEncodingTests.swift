import Basics
import TestKit
import Testing

@Suite("PercentEncoding")
struct PercentEncodingTests {
    @Test(
        "escapes everything but RFC 3986's unreserved characters",
        arguments: [
            ("", ""), ("AZaz09-._~", "AZaz09-._~"), (" ", "%20"), ("+", "%2B"), ("%20", "%2520"),
            (":/?#[]@!$&'()*+,;=", "%3A%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D"), ("ü", "%C3%BC"),
            ("😀", "%F0%9F%98%80"), ("\u{0}\n\u{7F}", "%00%0A%7F"), ("a\"<>\\^`{|}", "a%22%3C%3E%5C%5E%60%7B%7C%7D"),
        ])
    func escapes(text: String, escaped: String) {
        #expect(PercentEncoding.escape(text) == escaped)
    }

    @Test("comes back to the same text", arguments: 1...20)
    func roundTrip(seed: UInt64) throws {
        var generator = Seeded(seed)
        for _ in 0..<100 {
            let bytes = (0..<Int.random(in: 0...30, using: &generator)).map { _ in
                UInt8.random(in: .min ... .max, using: &generator)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(try decoded(PercentEncoding.escape(text)) == Array(text.utf8))
        }
    }

    private func decoded(_ escaped: String) throws -> [UInt8] {
        let parts = escaped.split(separator: "%", omittingEmptySubsequences: false)
        return try (parts.first ?? "").utf8
            + parts.dropFirst().flatMap { part in
                try [#require(UInt8(part.prefix(2), radix: 16))] + part.dropFirst(2).utf8
            }
    }
}
