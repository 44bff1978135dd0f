import Basics
import Testing

@testable import TwilioVerify

@Suite("Contract 2: locale: the nearest language that Twilio has")
struct VerifyLanguageTests {
    @Test("2 locale: each language of Twilio's list stays what it is", arguments: VerifyLanguage.all)
    func listed(language: String) {
        #expect(VerifyLanguage.nearest(to: language) == language)
        #expect(VerifyLanguage.nearest(to: language.uppercased()) == language)
    }

    @Test(
        "2 locale: the nearest of Twilio's list",
        arguments: [
            ("en-US", "en"), ("en-gb", "en-GB"), ("en-GB-oxendict", "en-GB"), ("de-DE", "de"), ("de-CH-1901", "de"),
            ("es-MX", "es"), ("es-419", "es"), ("fr-FR", "fr"), ("pt-PT", "pt"), ("pt-br", "pt-BR"),
            ("nb-NO", "nb"), ("no", "nb"), ("nn-NO", "nb"), ("iw-IL", "he"), ("in-ID", "id"), ("fil-PH", "tl"),
            ("zh-TW", "zh-HK"), ("zh-Hant", "zh-HK"), ("zh-Hant-CN", "zh-HK"), ("zh-Hans-HK", "zh-CN"),
            ("zh-CN", "zh-CN"), ("zh-SG", "zh-CN"), ("zh-XX", "zh"), ("yue-Hant-HK", "zh-HK"), ("cmn-Hans", "zh-CN"),
            ("sr-Latn-RS", nil), ("tlh", nil), ("x-pirate", nil), ("", nil), ("-", nil), ("e", nil),
        ] as [(String, String?)])
    func nearest(tag: String, language: String?) {
        #expect(VerifyLanguage.nearest(to: tag) == language)
    }

    @Test(
        "a start tells a language that may be what is refused from a service that is missing",
        arguments: [
            ("de", 404, TwilioMeaning.localeNotSupported), ("tlh", 404, .serviceMissing), (nil, 404, .serviceMissing),
            ("de", 403, .credentials),
        ] as [(String?, Int, TwilioMeaning)])
    func missing(locale: String?, status: Int, meaning: TwilioMeaning) async throws {
        let client = Sample.client(ScriptedTransport(status: status, ""))
        let failure = await #expect(throws: CallFailure.self) {
            try await client.start(to: try Sample.to, channel: .sms, locale: locale, gate: { true })
        }
        #expect(failure?.meaning == meaning)
        #expect(failure?.effect == .refused)
    }
}
