import Basics
import Testing

@testable import TwilioVerify

@Suite("What the observer hears of", .timeLimit(.minutes(10))) struct TwilioOperationTests {
    private final class Ear: TwilioObserver {
        let heard = Locked<[TwilioOperation]>([])
        func ended(_ request: EndedRequest) { heard.withLock { $0.append(request.operation) } }
    }

    private typealias Call = @Sendable (TwilioClient) async throws -> Void
    private static let sid = "YF" + String(repeating: "3", count: 32)
    private static let code = Redacted("123456")
    private static let gate: @Sendable () -> Bool = { true }

    private static let calls: [(TwilioOperation, Call)] = [
        (.startVerification, { _ = try await $0.start(to: Sample.to, channel: .sms, locale: nil, gate: gate) }),
        (.check, { _ = try await $0.check(verificationSID: Sample.verification, code: code, gate: gate) }),
        (.readVerification, { _ = try await $0.fetchVerification(.sid(Sample.verification)) }),
        (.readVerification, { _ = try await $0.fetchVerification(.number(Sample.to)) }),
        (.cancelVerification, { _ = try await $0.cancelVerification(sid: Sample.verification) }),
        (.attempts, { _ = try await $0.attempts(verificationSID: nil, to: nil, createdAfter: nil) }),
        (.service, { _ = try await $0.fetchService() }),
        (.service, { _ = try await $0.services() }),
        (.service, { _ = try await $0.createService(ServiceSettings()) }),
        (.service, { _ = try await $0.updateService(Sample.service, ServiceSettings()) }),
        (.entity, { _ = try await $0.deleteEntity(identity: "someone", gate: gate) }),
        (
            .factor,
            { _ = try await $0.createFactor(identity: "someone", friendlyName: "x", secret: code, gate: gate) }
        ),
        (.factor, { _ = try await $0.verifyFactor(sid: sid, identity: "someone", code: code, gate: gate) }),
        (.factor, { _ = try await $0.fetchFactor(sid: sid, identity: "someone") }),
        (.factor, { _ = try await $0.factors(identity: "someone") }),
        (.factor, { _ = try await $0.deleteFactor(sid: sid, identity: "someone", gate: gate) }),
        (
            .challenge,
            {
                _ = try await $0.createChallenge(
                    identity: "someone", factorSID: sid, code: code, request: "r", gate: gate)
            }
        ),
        (.challenge, { _ = try await $0.answerChallenge(sid: sid, identity: "someone", code: code, gate: gate) }),
        (.challenge, { _ = try await $0.challenges(identity: "someone", factorSID: sid) }),
    ]

    @Test(
        "is each call's own operation, once for a request, however it ended", arguments: calls.indices,
        [200, 404, 500])
    func operation(_ index: Int, status: Int) async throws {
        let (expected, call) = Self.calls[index]
        let ear = Ear()
        let client = TwilioClient(
            baseURL: "https://twilio.invalid",
            account: {
                TwilioAccount(
                    user: "SK1", password: Redacted("s3cret"), accountSID: Sample.account, serviceSID: Sample.service)
            }, transport: ScriptedTransport(status: status, "{}"), observer: ear)
        try? await call(client)
        #expect(ear.heard.withLock { $0 } == [expected])
    }

    @Test("has a call for every operation") func complete() {
        #expect(Set(Self.calls.map(\.0)) == Set(TwilioOperation.allCases))
    }

    @Test("hears nothing of a request that was kept back") func withheld() async throws {
        let ear = Ear()
        let client = TwilioClient(
            baseURL: "https://twilio.invalid",
            account: {
                TwilioAccount(
                    user: "SK1", password: Redacted("x"), accountSID: Sample.account, serviceSID: Sample.service)
            }, transport: ScriptedTransport("{}"), observer: ear)
        _ = try? await client.check(verificationSID: Sample.verification, code: Self.code) { false }
        #expect(ear.heard.withLock { $0.isEmpty })
    }
}
