import Basics
import Testing

@Suite("E164")
struct E164Tests {
    @Test(
        "takes a plus sign and 7 to 15 digits",
        arguments: ["+1234567", "+14155550142", "+123456789012345", "+442079460000"])
    func takes(text: String) throws {
        let number = try #require(E164(text))
        #expect(number.revealed == text)
    }

    @Test(
        "refuses everything else",
        arguments: [
            "", "+", "14155550142", "+0123456789", "+123456", "+1234567890123456", "+1415555014a", "+1 4155550142",
            "+١٤١٥٥٥٥٠١٤٢", "++14155550142", "+14155550142\n", "+1415555\u{0}142",
        ])
    func refuses(text: String) {
        #expect(E164(text) == nil)
    }

    @Test(
        "masks all but the country code and the last two digits, one dot per hidden digit",
        arguments: [
            ("+14155550142", "+1········42"),
            ("+442079460018", "+44········18"),
            ("+35312345678", "+353······78"),
            ("+79161234567", "+7········67"),
            ("+1234567", "+1····67"),
        ])
    func masks(text: String, mask: String) throws {
        let number = try #require(E164(text))
        #expect(number.masked == mask)
        #expect(number.masked.count == text.count)
    }

    @Test("prints only the mask, whichever way it is printed")
    func printsTheMask() throws {
        let number = try #require(E164("+14155550142"))
        var dumped = ""
        dump(number, to: &dumped)
        var nested = ""
        dump(["number": number], to: &nested)
        let prints = [
            "\(number)", String(describing: number), String(reflecting: number), number.debugDescription, dumped,
            nested,
            "\([number])", "\(Optional(number) as Any)",
        ]
        for print in prints {
            #expect(print.contains("+1········42"))
            #expect(!print.contains("415555"))
        }
    }

    @Test("is equal to the same number only")
    func equality() {
        #expect(E164("+14155550142") == E164("+14155550142"))
        #expect(E164("+14155550142") != E164("+14155550143"))
    }
}
