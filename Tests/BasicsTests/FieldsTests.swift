import Testing

@testable import Basics

@Suite("Fields of a line")
struct FieldsTests {
    @Test("parts are what is between separators; empty ones only where they are wanted")
    func parts() {
        let space = UInt8(ascii: " ")
        #expect("a bc  d".fields(separatedBy: space) == ["a", "bc", "d"])
        #expect(" a ".fields(separatedBy: space, keepsEmpty: true) == ["", "a", ""])
        #expect("".fields(separatedBy: space).isEmpty)
        #expect("".fields(separatedBy: space, keepsEmpty: true) == [""])
        #expect("ä\u{301} é".dropFirst().fields(separatedBy: space) == ["é"])
        #expect("a\r\nb".fields(separatedBy: UInt8(ascii: "\n")) == ["a\r", "b"])
    }

    @Test("they are what the library's own splitting finds, whatever the text")
    func likeTheLibrary() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let text = String((0..<Int.random(in: 0...12, using: &random)).map { _ in "ab, é".randomElement() ?? "a" })
            for keepsEmpty in [true, false] {
                let expected = text.split(separator: ",", omittingEmptySubsequences: !keepsEmpty).map(String.init)
                #expect(text.fields(separatedBy: UInt8(ascii: ","), keepsEmpty: keepsEmpty) == expected, "\(text)")
            }
        }
    }
}
