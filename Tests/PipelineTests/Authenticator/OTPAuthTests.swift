import Basics
import TestKit
import Testing

@testable import Pipeline

@Suite("OTPAuth", .timeLimit(.minutes(10)))
struct OTPAuthTests {
    private static let secret = Redacted(Array("12345678901234567890".utf8))

    private func link(_ issuer: String, _ label: String, digits: Int = 6, period: Int = 30) -> OTPAuth {
        OTPAuth(issuer: issuer, label: label, secret: Self.secret, digits: digits, period: period)
    }

    @Test("has the form of the contract, escaped by RFC 3986")
    func form() {
        #expect(
            link("A & B: GmbH", "jürgen:x@example.com", digits: 8, period: 60).uri.revealed
                == "otpauth://totp/A%20%26%20B-%20GmbH:j%C3%BCrgen-x%40example.com"
                + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=A%20%26%20B-%20GmbH&digits=8&period=60")
    }

    @Test("leaves out an issuer that is not there")
    func noIssuer() {
        #expect(
            link("", "anna").uri.revealed
                == "otpauth://totp/anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=6&period=30")
    }

    @Test("shows the secret in groups of four")
    func typed() {
        #expect(link("a", "b").typed.revealed == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")
    }

    @Test("prints no secret")
    func redacted() {
        var dumped = ""
        dump(link("a", "b"), to: &dumped)
        dump(link("a", "b").uri, to: &dumped)
        dump(link("a", "b").typed, to: &dumped)
        #expect(!dumped.contains("GEZD") && !dumped.contains("49"))
    }

    @Test(
        "is read by Python as it was meant, whatever the names",
        arguments: [
            "anna", "anna@example.com", "DOMAIN\\anna", "a/b?c#d&e=f%g+h i", "secret=AAAA&issuer=x", "ü会社😀", "'\"<>",
            "a:b:c", ":", ":\u{301}", "%3A", "..", "  ", "?", "#", "e\u{301}", "\u{202E}abc",
            String(repeating: "😀", count: 128),
        ])
    func python(name: String) async throws {
        let links = [link("Example Site", name), link(name, "anna"), link(name, name, digits: 8, period: 60)]
        let program = """
            import sys
            from urllib.parse import urlsplit, unquote, parse_qsl
            for line in sys.stdin.read().splitlines():
                uri = urlsplit(line)
                assert uri.scheme == "otpauth" and uri.netloc == "totp" and not uri.fragment
                for path in (uri.path[1:].split(":"), unquote(uri.path[1:]).split(":")):
                    assert len(path) == 2
                query = parse_qsl(uri.query, keep_blank_values=True, strict_parsing=True)
                assert [key for key, _ in query] == ["secret", "issuer", "digits", "period"]
                issuer, label = path
                assert dict(query)["issuer"] == issuer
                sys.stdout.buffer.write("\\0".join([issuer, label] + [value for _, value in query]).encode() + b"\\n")
            """
        let input = links.map(\.uri.revealed).joined(separator: "\n")
        let judged = String(decoding: try await Tool("python3", "-c", program).run(Array(input.utf8)), as: UTF8.self)
        let meant = links.map { link in
            let (issuer, label) = (kept(link.issuer), kept(link.label))
            return [
                issuer, label, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", issuer, "\(link.digits)", "\(link.period)",
            ].joined(separator: "\u{0}") + "\n"
        }
        #expect(Array(judged.utf8) == Array(meant.joined().utf8))
    }

    /// A colon would part the name in the wrong place.
    private func kept(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 == UInt8(ascii: ":") ? UInt8(ascii: "-") : $0 }, as: UTF8.self)
    }
}
