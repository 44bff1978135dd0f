import Testing

@testable import Pipeline

@Suite("Contract 5.6: codes are not in dead letters")
struct CodeBlankerTests {
    @Test(
        "5.6 a body that is no JSON object loses every run of three digits and more",
        arguments: [
            ("", ""), ("12", "12"), ("123", "###"), ("[123456]", "[######]"), ("\"123456\"", "\"######\""),
            ("{\"code\":\"123456\"", "{\"code\":\"######\""),
            ("{\"user\":\"1\",\"user\":\"1234\"}", "{\"user\":\"1\",\"user\":\"####\"}"),
            ("{\"code\":123456", "{\"code\":######"), ("12a345b67", "12a###b67"), ("1234567890", "##########"),
            ("code=987654", "code=######"), ("\"\\u0031\"", "\"\\u####\""),
            ("\"12-34-56\"", "\"##-##-##\""), ("12 34", "## ##"), ("1.2", "1.2"), ("１２３４", "####"), ("١٢٣", "###"),
            ("12\u{200B}34\u{202F}56\u{2011}7\u{2069}8", "##\u{200B}##\u{202F}##\u{2011}#\u{2069}#"),
            ("\"12\\t34\\n\"", "\"##\\t##\\n\""), ("\"\\uff11\\uff12\\uff13\"", "\"\\u####\\u####\\u####\""),
            ("{\"code\":\"12\\u00a034\"", "{\"code\":\"##\\u######\""), ("\"\\ud835\\udfcf\"", "\"\\u####\\u####\""),
            ("\"12\\x34\\u12\"", "\"12\\x34\\u12\""), ("12\\", "12\\"), ("𝟏𝟐𝟑", "###"),
        ])
    func blanks(text: String, blanked: String) {
        #expect(String(decoding: CodeBlanker.blank(Array(text.utf8)), as: UTF8.self) == blanked)
    }

    /// In what is expected, `*` stands for `#`.
    @Test(
        "5.6 a job loses its code and its ticket, whatever they hold, and what nobody knows loses its digits",
        arguments: [
            (#"{"code":"123456","user":"emp00123"}"#, #"{"code":"******","user":"emp00123"}"#),
            (#"{"code":123456}"#, #"{"code":"******"}"#), (#"{"code":["1","2"]}"#, #"{"code":"******"}"#),
            (#"{"ticket":"AB1C-7XYZ","user":"u1"}"#, #"{"ticket":"******","user":"u1"}"#),
            (#"{"Code":"12-34-56","user":"u1"}"#, #"{"Code":"**-**-**","user":"u1"}"#),
            (#"{"pin":123456,"x":[{"y":"9876"}]}"#, #"{"pin":"******","x":[{"y":"****"}]}"#),
            (#"{"654321":"x","user":"u1"}"#, #"{"******":"x","user":"u1"}"#),
            (#"{"x":{"user":"654321"}}"#, #"{"x":{"user":"******"}}"#),
            (
                #"{"options":{"2FA_VER_SMS":"Off","2FA_VERIFY_AUTHTOKEN":"4f2a"}}"#,
                #"{"options":{"2FA_VERIFY_AUTHTOKEN":"******","2FA_VER_SMS":"Off"}}"#
            ), (#"{"options":"4f2a99"}"#, #"{"options":"4f2a99"}"#),
            (#"{"limit":1e999,"ticket":"AB1C-7XYZ"}"#, #"{"limit":"1e999","ticket":"******"}"#),
        ])
    func jobs(text: String, blanked: String) {
        let result = String(decoding: CodeBlanker.blank(Array(text.utf8)), as: UTF8.self)
        #expect(result == blanked.replacing("*", with: "#"))
    }

    @Test("2 Replay: what is kept of a job is enough to put it through again, if it held no secret")
    func replayable() throws {
        let text =
            #"{"channel":"sms","login":"sign-in-20270101","phone":"+14155550142","region":"US","user":"emp00123"}"#
        let kept = CodeBlanker.blank(Array(text.utf8))
        #expect(String(decoding: kept, as: UTF8.self) == text)
        #expect(CodeBlanker.blank(kept) == kept)
    }

    @Test("5.6 numbers are masked outside the store: a shown body has none")
    func shown() {
        let shown = CodeBlanker.withoutNumbers(Array(#"{"phone":"+1 (415) 555-0142","user":"emp00123"}"#.utf8))
        let expected = #"{"phone":"+1 (***) ***-****","user":"emp00123"}"#.replacing("*", with: "#")
        #expect(String(decoding: shown, as: UTF8.self) == expected)
        let other = Array("no JSON".utf8)
        #expect(CodeBlanker.withoutNumbers(other) == other)
    }

    @Test("5.6 bytes that are no text hide no code")
    func bytes() {
        let blanked = CodeBlanker.blank([0xFF, 0x31, 0x32, 0x33, 0x00])
        #expect(String(decoding: blanked, as: UTF8.self) == "\u{FFFD}###\0")
    }
}
