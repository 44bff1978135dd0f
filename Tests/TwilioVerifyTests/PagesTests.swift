import Basics
import Testing
import TwilioVerify

@Suite("Lists of many pages", .timeLimit(.minutes(10))) struct PagesTests {
    private func entry(_ index: Int, converted: Bool = false) -> JSONTree {
        .object([
            (
                "sid",
                .string("VL" + String(String(index + 1_000_000_000).suffix(9)) + String(repeating: "0", count: 23))
            ),
            ("verification_sid", .string(Sample.verification)),
            ("conversion_status", .string(converted ? "converted" : "unconverted")),
            ("date_created", .string("2026-01-31T11:59:00Z")), ("date_updated", .string("2026-01-31T11:59:30Z")),
        ])
    }

    private func page(_ entries: [JSONTree], next: JSONTree?) -> Result<TransportResponse, TransportError> {
        var meta: [(String, JSONTree)] = [("key", .string("attempts"))]
        if let next { meta.append(("next_page_url", next)) }
        let body = JSONTree.object([("attempts", .array(entries)), ("meta", .object(meta))]).description
        return .success(TransportResponse(status: 200, body: Array(body.utf8)))
    }

    private func attempts(_ transport: ScriptedTransport) async throws(CallFailure) -> [Attempt] {
        try await Sample.client(transport).attempts(
            verificationSID: Sample.verification, to: nil, createdAfter: nil)
    }

    private let bad = CallFailure(effect: .unknown, result: .badResponse, meaning: .providerFault, httpStatus: 200)

    @Test func `The filters are those asked for, a whole second earlier`() async throws {
        let transport = ScriptedTransport(page([], next: nil))
        let client = Sample.client(transport)
        let time = Sample.now + .milliseconds(999)
        let none = try await client.attempts(
            verificationSID: Sample.verification, to: try Sample.to, createdAfter: time)
        #expect(none.isEmpty)
        _ = try await client.attempts(verificationSID: nil, to: nil, createdAfter: nil)
        let base = "https://twilio.invalid/v2/Attempts?VerifyServiceSid=\(Sample.service)"
        #expect(
            transport.requests.map(\.url) == [
                base + "&VerificationSid=\(Sample.verification)&ChannelData.To=%2B15017122661"
                    + "&DateCreatedAfter=2026-01-31T11%3A59%3A59Z&PageSize=100",
                base + "&PageSize=100",
            ])
    }

    @Test func `Every page is read, in order`() async throws {
        let transport = ScriptedTransport { number, _ in
            let next = JSONTree.string("https://twilio.invalid/v2/Attempts?PageSize=100&Page=\(number + 1)&PageToken=x")
            return page([entry(2 * number), entry(2 * number + 1, converted: true)], next: number < 4 ? next : .null)
        }
        let all = try await attempts(transport)
        #expect(all.map(\.converted) == Array(repeating: [false, true], count: 5).flatMap { $0 })
        #expect(Set(all.map(\.sid)).count == 10)
        #expect(all.first?.createdAt == Sample.now - .seconds(60))
        #expect(all.first?.updatedAt == Sample.now - .seconds(30))
        #expect(
            transport.requests.dropFirst().map(\.url)
                == (1...4).map { "https://twilio.invalid/v2/Attempts?PageSize=100&Page=\($0)&PageToken=x" })
    }

    @Test(arguments: [
        "http://evil.invalid/steal?PageToken=x", "//evil.invalid?PageToken=x", "https://evil.invalid@x?PageToken=x",
        "?PageToken=x", "file:///etc/passwd?PageToken=x",
    ])
    func `The credentials follow no address that an answer names`(url: String) async throws {
        let transport = ScriptedTransport { number, _ in page([], next: number == 0 ? .string(url) : nil) }
        _ = try await attempts(transport)
        #expect(transport.requests.last?.url == "https://twilio.invalid/v2/Attempts?PageToken=x")
    }

    @Test(arguments: [
        "https://x.invalid/v2/Attempts", "", "https://x.invalid/?a#b", "https://x.invalid/?a b", "https://x.invalid/?é",
        "https://x.invalid/?a\r\nHost: evil", "https://x.invalid/?" + String(repeating: "a", count: 2001),
    ])
    func `A next page that cannot be asked for makes the list incomplete`(url: String) async {
        await #expect(throws: bad) { try await attempts(ScriptedTransport(page([entry(1)], next: .string(url)))) }
    }

    @Test func `A list without end is given up`() async {
        let transport = ScriptedTransport(page([entry(1)], next: .string("https://x.invalid/?Page=1")))
        await #expect(throws: bad) { try await attempts(transport) }
        #expect(transport.requests.count == 20)
    }

    @Test func `Half a list is none`() async {
        let broken: [JSONTree] = [
            .null, .object([]), .object([("sid", .string("VE1"))]), .string("VL"),
            .object([("sid", .string(Sample.attempt)), ("verification_sid", .string("VA1"))]),
        ]
        for entry in broken {
            await #expect(throws: bad, "\(entry)") {
                try await attempts(ScriptedTransport(page([self.entry(1), entry], next: nil)))
            }
        }
        let transport = ScriptedTransport { number, _ in
            number == 0
                ? page([entry(1)], next: .string("https://x.invalid/?Page=1"))
                : .failure(TransportError(reach: .maybeSent, kind: .reset))
        }
        await #expect(throws: CallFailure(effect: .unknown, result: .networkError)) { try await attempts(transport) }
    }

    @Test(arguments: ["{\"attempts\":[]}", "{\"attempts\":[],\"meta\":null}", "{\"attempts\":[],\"meta\":[]}"])
    func `A page without meta is the last`(body: String) async throws {
        #expect(try await attempts(ScriptedTransport(body)).isEmpty)
    }

    @Test(arguments: ["converted", "unconverted", "CONVERTED", "", "maybe"])
    func `Only the word converted converts`(word: String) async throws {
        let body = JSONTree.object([
            ("sid", .string(Sample.attempt)), ("verification_sid", .string(Sample.verification)),
            ("conversion_status", .string(word)),
        ])
        #expect(
            try await attempts(ScriptedTransport(page([body], next: nil))).map(\.converted) == [word == "converted"])
    }
}
