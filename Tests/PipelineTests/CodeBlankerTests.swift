import Testing

@testable import Pipeline

@Suite("CodeBlanker")
struct CodeBlankerTests {
    @Test(
        "replaces runs of three digits and more, wherever they stand",
        arguments: [
            ("", ""), ("12", "12"), ("123", "###"), ("{\"code\":\"123456\"}", "{\"code\":\"######\"}"),
            ("{\"code\":123456", "{\"code\":######"), ("12a345b67", "12a###b67"), ("1234567890", "##########"),
            ("code=987654", "code=######"), ("\"\\u0031\"", "\"\\u####\""),
            ("\"12-34-56\"", "\"##-##-##\""), ("12 34", "## ##"), ("1.2", "1.2"), ("１２３４", "####"), ("١٢٣", "###"),
        ])
    func blanks(text: String, blanked: String) {
        #expect(String(decoding: CodeBlanker.blank(Array(text.utf8)), as: UTF8.self) == blanked)
    }

    @Test("bytes that are no text hide no code")
    func bytes() {
        let blanked = CodeBlanker.blank([0xFF, 0x31, 0x32, 0x33, 0x00])
        #expect(String(decoding: blanked, as: UTF8.self) == "\u{FFFD}###\0")
    }
}
