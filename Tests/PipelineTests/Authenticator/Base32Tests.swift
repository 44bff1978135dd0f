import TestKit
import Testing

@testable import Pipeline

@Suite("Base32", .timeLimit(.minutes(10)))
struct Base32Tests {
    @Test(
        "gives RFC 4648's examples, without the padding",
        arguments: [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"), ("12345678901234567890", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
        ])
    func vectors(text: String, encoded: String) {
        #expect(Base32.encode(Array(text.utf8)) == encoded)
    }

    @Test("is what Python makes of any bytes", arguments: 1...3)
    func python(seed: UInt64) async throws {
        var generator = Seeded(seed)
        let samples = (0...64).map { count in
            (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        }
        let lines = samples.map { $0.map { byte in String(byte, radix: 16) }.joined(separator: " ") }
        let program = """
            import base64, sys
            for line in sys.stdin:
                bytes = bytearray(int(word, 16) for word in line.split())
                print(base64.b32encode(bytes).decode().rstrip("="))
            """
        let judged = try await Tool("python3", "-c", program).run(Array(lines.joined(separator: "\n").utf8))
        let expected = String(decoding: judged, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(samples.map { Base32.encode($0) } == expected.dropLast().map { String($0) })
    }

    @Test(
        "is grouped by four",
        arguments: [("", ""), ("A", "A"), ("ABCD", "ABCD"), ("ABCDE", "ABCD E"), ("ABCDEFGH", "ABCD EFGH")])
    func grouped(text: String, grouped: String) {
        #expect(Base32.grouped(text) == grouped)
    }
}
