import QRCode
import TestKit
import Testing

@Suite("A QR code is read back to its exact text", .timeLimit(.minutes(10)))
struct RoundTripTests {
    private static let printable = String(decoding: UInt8(0x20)...0x7E, as: UTF8.self)
    private static let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    static let texts = [
        "a", "0", "A", " ", "  two  spaces  ", printable, "https://example.com/?a=1&b=%20%25",
        "otpauth://totp/Example:anna?secret=\(secret)&issuer=Example&digits=6&period=30",
        "otpauth://totp/A%20%26%20B%20GmbH:j%C3%BCrgen%40example.com?secret=\(secret)&issuer=A%20%26%20B%20GmbH"
            + "&digits=8&period=60",
        "otpauth://totp/%E4%BC%9A%E7%A4%BE:" + String(repeating: "%F0%9F%98%80", count: 64)
            + "?secret=\(secret)&issuer=%E4%BC%9A%E7%A4%BE&digits=6&period=30",
        "\\~^`{|}", "'\"<>&", String(repeating: "9", count: 100), String(repeating: "AbC1", count: 50),
    ]

    @Test("as PNG, by zbar", arguments: texts)
    func png(text: String) async throws {
        #expect(try await Reader.text(inPNG: QRCode(text).png()) == text)
    }

    @Test("as SVG, rendered by librsvg, by zbar", arguments: texts)
    func svg(text: String) async throws {
        #expect(try await Reader.text(inSVG: QRCode(text).svg(label: "a label")) == text)
    }

    @Test("as PNG of every size of module", arguments: [2, 3, 4, 5, 10, 20])
    func scale(pixels: Int) async throws {
        let text = Self.texts[7]
        #expect(try await Reader.text(inPNG: QRCode(text).png(pixelsPerModule: pixels)) == text)
    }

    @Test("at any length up to the largest", arguments: [250, 500, 1000, 1500, 2000, 2330, 2331])
    func length(count: Int) async throws {
        var generator = Seeded(UInt64(count))
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        let text = String((0..<count).map { _ in letters.randomElement(using: &generator) ?? "a" })
        let code = try QRCode(text)
        #expect(try await Reader.text(inPNG: code.png(pixelsPerModule: 4)) == text)
        #expect(try await Reader.text(inSVG: code.svg(label: "")) == text)
    }

    @Test("whatever it holds", arguments: 1...12)
    func random(seed: UInt64) async throws {
        var generator = Seeded(seed)
        for _ in 0..<6 {
            let text = Self.text(&generator)
            let code = try QRCode(text)
            #expect(try await Reader.text(inPNG: code.png(pixelsPerModule: 4)) == text)
            #expect(try await Reader.text(inSVG: code.svg(label: text)) == text)
        }
    }

    /// Runs of digits, of capitals and of anything, so that the encoder changes its mode.
    private static func text(_ generator: inout Seeded) -> String {
        let pools = ["0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 $%*+-./:", printable].map { Array($0) }
        var text = ""
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            let pool = pools.randomElement(using: &generator) ?? []
            for _ in 0..<Int.random(in: 1...40, using: &generator) {
                text.append(pool.randomElement(using: &generator) ?? "x")
            }
        }
        return text
    }
}
