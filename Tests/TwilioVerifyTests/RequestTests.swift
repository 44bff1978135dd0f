import Basics
import Testing
import TwilioVerify

@Suite("What goes out", .timeLimit(.minutes(10))) struct RequestTests {
    private let verification = JSONTree.object([
        ("sid", .string(Sample.verification)), ("service_sid", .string(Sample.service)), ("status", .string("pending")),
    ]).description

    private func sent(_ body: String, _ call: (TwilioClient) async throws -> Void) async throws -> TransportRequest {
        let transport = ScriptedTransport(body)
        try await call(Sample.client(transport))
        #expect(transport.requests.count == 1)
        return try #require(transport.requests.first)
    }

    private func form(_ request: TransportRequest) -> String { String(decoding: request.encodedForm, as: UTF8.self) }

    private static let root = "https://twilio.invalid/v2/Services/\(Sample.service)"

    @Test func `A start names number, channel and language`() async throws {
        let request = try await sent(verification) {
            _ = try await $0.start(to: try Sample.to, channel: .call, locale: "pt-BR", gate: { true })
        }
        #expect(request.method == .post)
        #expect(request.url == Self.root + "/Verifications")
        #expect(form(request) == "To=%2B15017122661&Channel=call&Locale=pt-BR")
        #expect(request.user == "SK1")
        #expect(request.password.revealed == "s3cret")
        #expect(request.timeLimit == .seconds(10))
        let plain = try await sent(verification) {
            _ = try await $0.start(to: try Sample.to, channel: .sms, locale: nil, gate: { true })
        }
        #expect(form(plain) == "To=%2B15017122661&Channel=sms")
    }

    @Test func `A check goes by the verification, never by the number`() async throws {
        let approval = JSONTree.object(Sample.approval).description
        let request = try await sent(approval) {
            _ = try await $0.check(verificationSID: Sample.verification, code: Redacted("12 34&=+%"), gate: { true })
        }
        #expect(request.url == Self.root + "/VerificationCheck")
        #expect(form(request) == "VerificationSid=\(Sample.verification)&Code=12%2034%26%3D%2B%25")
        #expect(!request.url.contains("12"))
    }

    @Test func `Reads and cancels name what they are about`() async throws {
        let bySID = try await sent(verification) { _ = try await $0.fetchVerification(.sid(Sample.verification)) }
        #expect(bySID.method == .get)
        #expect(bySID.url == Self.root + "/Verifications/" + Sample.verification)
        let byNumber = try await sent(verification) { _ = try await $0.fetchVerification(.number(try Sample.to)) }
        #expect(byNumber.url == Self.root + "/Verifications/%2B15017122661")
        let odd = try await sent(verification) { _ = try await $0.fetchVerification(.sid("../VE?a=b#c d")) }
        #expect(odd.url == Self.root + "/Verifications/..%2FVE%3Fa%3Db%23c%20d")
        let cancel = try await sent(verification) { _ = try await $0.cancelVerification(sid: Sample.verification) }
        #expect(cancel.method == .post)
        #expect(form(cancel) == "Status=canceled")
    }

    @Test(arguments: ["https://x.invalid", "https://x.invalid/", "https://x.invalid/v2", "https://x.invalid/v2//"])
    func `The base may be written in any way`(base: String) async throws {
        let transport = ScriptedTransport("{}")
        _ = try? await Sample.client(transport, baseURL: base).fetchService()
        #expect(transport.requests.map(\.url) == ["https://x.invalid/v2/Services/\(Sample.service)"])
    }

    @Test func `A closed gate keeps the request back`() async throws {
        let client = Sample.client(ScriptedTransport(verification))
        let withheld = CallFailure(effect: .none, result: .withheld)
        await #expect(throws: withheld) {
            try await client.start(to: try Sample.to, channel: .sms, locale: nil, gate: { false })
        }
        await #expect(throws: withheld) {
            try await client.check(verificationSID: Sample.verification, code: Redacted("1234"), gate: { false })
        }
    }

    @Test func `The account is asked for at each call`() async throws {
        let asked = Locked(0)
        let transport = ScriptedTransport("{}")
        let client = TwilioClient(
            baseURL: "https://x.invalid",
            account: {
                let count = asked.withLock { value in
                    value += 1
                    return value
                }
                return TwilioAccount(user: "SK\(count)", password: Redacted(""), accountSID: "AC", serviceSID: "VA")
            }, transport: transport)
        for _ in 1...3 { _ = try? await client.fetchService() }
        #expect(transport.requests.map(\.user) == ["SK1", "SK2", "SK3"])
    }
}
