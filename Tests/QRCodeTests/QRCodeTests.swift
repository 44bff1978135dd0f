import QRCode
import Testing

@Suite("QRCode", .timeLimit(.minutes(10)))
struct QRCodeTests {
    @Test(
        "is as small as the standard's table for level M allows",
        arguments: [(14, 21), (15, 25), (26, 25), (27, 29), (42, 29), (43, 33), (2331, 177)])
    func size(count: Int, size: Int) throws {
        #expect(try QRCode(String(repeating: "a", count: count)).size == size)
    }

    @Test(
        "says what does not fit and how much would",
        arguments: [("a", 2331), ("A", 3391), ("1", 5596)])
    func tooLong(character: String, most: Int) throws {
        #expect(try QRCode(String(repeating: character, count: most)).size == 177)
        #expect(throws: QRCodeError.tooLong(most + 1)) {
            try QRCode(String(repeating: character, count: most + 1))
        }
        #expect(throws: QRCodeError.tooLong(200_000)) { try QRCode(String(repeating: character, count: 200_000)) }
        #expect("\(QRCodeError.tooLong(2332))".contains("2332") && "\(QRCodeError.tooLong(2332))".contains("2331"))
    }

    @Test("refuses nothing at all")
    func empty() {
        #expect(throws: QRCodeError.empty) { try QRCode("") }
    }

    @Test("refuses what readers read in different ways", arguments: ["\u{0}", "a\u{0}b", "\n", "\u{7F}", "ü", "a😀"])
    func notPrintable(text: String) {
        #expect(throws: QRCodeError.notPrintable) { try QRCode(text) }
    }

    @Test("has its three eyes, and light around it")
    func eyes() throws {
        let code = try QRCode("otpauth://totp/Example:anna?secret=GEZDGNBVGY3TQOJQ")
        let far = code.size - 7
        for (top, left) in [(0, 0), (0, far), (far, 0)] {
            for row in 0..<7 {
                for column in 0..<7 {
                    let ring = max(abs(row - 3), abs(column - 3))
                    #expect(code.isDark(row: top + row, column: left + column) == (ring != 2))
                }
            }
        }
        for place in -5..<code.size + 5 {
            for outside in [-4, -1, code.size, code.size + 3] {
                #expect(!code.isDark(row: place, column: outside))
                #expect(!code.isDark(row: outside, column: place))
            }
        }
    }

    @Test("is the same for the same text, from many tasks at once")
    func threads() async throws {
        let expected = try QRCode("otpauth://totp/x?secret=AA")
        let png = try expected.png()
        let isSame = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let other = try? QRCode("noise \(number) of this length or another")
                    let code = try? QRCode("otpauth://totp/x?secret=AA")
                    return other != code && code == expected && (try? code?.png()) == png
                }
            }
            return await group.allSatisfy(\.self)
        }
        #expect(isSame)
    }

    @Test("prints nothing of its text, nor do its errors")
    func redacted() throws {
        let code = try QRCode("SECRETSECRET")
        var dumped = ""
        dump(code, to: &dumped)
        for text in ["\(code)", String(reflecting: code), dumped] { #expect(text.contains("21 x 21")) }
        for error in [QRCodeError.empty, .notPrintable, .tooLong(1), .scale(0), .outOfMemory] {
            #expect(!"\(error)".contains("SECRET"))
        }
    }
}
