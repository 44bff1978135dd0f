import QRCode
import TestKit
import Testing

@Suite("Pictures of a QR code", .timeLimit(.minutes(10)))
struct PictureTests {
    private static let text = "otpauth://totp/Example:anna?secret=GEZDGNBVGY3TQOJQ"

    @Test("a PNG is a square of two colours, with the quiet zone", arguments: [1, 8, 20])
    func header(scale: Int) throws {
        let code = try QRCode(Self.text)
        let png = try code.png(pixelsPerModule: scale)
        #expect(png.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        let side = (code.size + 8) * scale
        let bytes = [0, 0, UInt8(side >> 8), UInt8(side & 255)]
        // Width, height, one bit a pixel, by palette, not interlaced.
        #expect(Array(png[16..<29]) == bytes + bytes + [1, 3, 0, 0, 0])
        #expect(png.count < 10_000)
    }

    @Test("a PNG has no other size than the ones that make sense", arguments: [0, -1, 21, Int.max, Int.min])
    func scales(scale: Int) throws {
        let code = try QRCode(Self.text)
        #expect(throws: QRCodeError.scale(scale)) { try code.png(pixelsPerModule: scale) }
        #expect("\(QRCodeError.scale(scale))".contains("1 to 20"))
    }

    @Test("the largest code at the largest size is a PNG still")
    func largest() throws {
        let png = try QRCode(String(repeating: "a", count: 2331)).png(pixelsPerModule: 20)
        #expect(Array(png[16..<24]) == [0, 0, 0x0E, 0x74, 0, 0, 0x0E, 0x74])
    }

    @Test("a drawing is dark on a light ground of its own, sharp, sized by the page, and says what it is")
    func drawing() throws {
        let code = try QRCode(Self.text)
        let svg = code.svg(label: "QR code")
        let side = code.size + 8
        let start =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(side) \(side)\" role=\"img\" "
            + "aria-label=\"QR code\" shape-rendering=\"crispEdges\">"
            + "<path fill=\"#fff\" d=\"M0 0h\(side)v\(side)H0z\"/><path fill=\"#000\" d=\"M4 4h7v1H4z"
        #expect(svg.hasPrefix(start))
        #expect(svg.hasSuffix("z\"/></svg>"))
        #expect(!svg.contains("<title") && !svg.contains("style") && !svg.contains("secret"))
    }

    @Test(
        "a label cannot leave its attribute, in XML and in HTML",
        arguments: [
            "QR code for Anna's \"Example & Sons\"", "\"><script>alert(1)</script>", "' onload='x", "&amp;&#60;", "]]>",
            "<!--", "ü 会社 😀 \u{202E}", "\u{200B}", "", "a  b",
        ])
    func label(text: String) async throws {
        let svg = try QRCode(Self.text).svg(label: text)
        let program = """
            import sys, xml.etree.ElementTree as E
            from html.parser import HTMLParser
            svg = sys.stdin.buffer.read().decode()
            root = E.fromstring(svg)
            tags = []
            class P(HTMLParser):
                def handle_starttag(self, tag, attributes): tags.append((tag, dict(attributes)))
                def handle_startendtag(self, tag, attributes): tags.append((tag, dict(attributes)))
            P().feed(svg)
            assert [t for t, _ in tags] == ["svg", "path", "path"], tags
            assert len(root.attrib) == 4 and len(root) == 2
            assert tags[0][1]["aria-label"] == root.attrib["aria-label"]
            sys.stdout.buffer.write(root.attrib["aria-label"].encode())
            """
        let read = try await Tool("python3", "-c", program).run(Array(svg.utf8))
        #expect(String(decoding: read, as: UTF8.self) == text)
    }

    @Test(
        "characters that XML does not have become spaces",
        arguments: ["\u{0}", "\u{1F}", "\n", "\u{7F}", "\u{FFFF}"])
    func control(character: String) throws {
        #expect(try QRCode("a").svg(label: "x\(character)y").contains("aria-label=\"x y\""))
    }
}
