import Basics
import Testing
import TwilioVerify

struct MockTransport: Transport {
    var result: Result<TransportResponse, TransportError>

    func perform(
        _ request: TransportRequest, gate: @escaping @Sendable () -> Bool
    ) async throws(TransportError) -> TransportResponse { try result.get() }
}

private let service = "VA" + String(repeating: "0", count: 32)
private let sid = "VE" + String(repeating: "1", count: 32)

private func client(_ result: Result<TransportResponse, TransportError>) -> TwilioClient {
    TwilioClient(
        baseURL: "https://twilio.invalid",
        account: { TwilioAccount(user: "SK", password: Redacted("x"), accountSID: "AC", serviceSID: service) },
        transport: MockTransport(result: result))
}

private func check(_ result: Result<TransportResponse, TransportError>) async throws(CallFailure) -> CheckAnswer {
    try await client(result).check(verificationSID: sid, code: Redacted("123456"), gate: { true })
}

@Suite(.timeLimit(.minutes(1))) struct FailureTests {
    @Test(arguments: [
        (429, #"{"code":"20429"}"#, CallFailure.Effect.none, TwilioMeaning.rateLimited),
        (429, "", .none, .rateLimited), (429, #"{"code":60212}"#, .none, .concurrent),
        (429, #"{"code":60202}"#, .refused, .maxChecks), (429, #"{"code":60203}"#, .refused, .maxSends),
        (401, #"{"code":20003}"#, .refused, .credentials), (404, #"{"code":20404}"#, .refused, .notFound),
        (400, #"{"code":60200,"message":"Invalid parameter: To"}"#, .refused, .invalidTo),
        (503, "<html>", .unknown, .providerFault), (200, "{}", .unknown, .providerFault),
    ]) func statuses(_ status: Int, _ body: String, _ effect: CallFailure.Effect, _ meaning: TwilioMeaning) async {
        let response = TransportResponse(status: status, retryAfter: "900", body: Array(body.utf8))
        do {
            let answer = try await check(.success(response))
            Issue.record("answered \(answer.status)")
        } catch {
            #expect(error.effect == effect)
            #expect(error.meaning == meaning)
            #expect(error.retryAfter == (status == 200 ? nil : .seconds(60)))
        }
    }

    @Test(arguments: [TransportError.Reach.surelyNotSent, .maybeSent])
    func lost(_ reach: TransportError.Reach) async {
        await #expect(throws: CallFailure(effect: reach == .maybeSent ? .unknown : .none, result: .timeout)) {
            try await check(.failure(TransportError(reach: reach, kind: .timeout)))
        }
    }

    @Test func approvalNeedsEverything() async throws {
        let body =
            #"{"sid":"\#(sid)","service_sid":"\#(service)","to":"+15017122661","status":"approved","valid":true}"#
        let answer = try await check(.success(TransportResponse(status: 200, body: Array(body.utf8))))
        let to = try #require(E164("+15017122661"))
        let other = try #require(E164("+15017122662"))
        #expect(answer.approves(sid: sid, to: to))
        #expect(!answer.approves(sid: sid, to: other))
        #expect(!answer.approves(sid: "VE", to: to))
    }

    @Test func damagedAnswersNeverApprove() async throws {
        let body = Array(
            #"{"sid":"\#(sid)","service_sid":"\#(service)","to":"+15017122661","status":"pending","valid":true}"#.utf8)
        let to = try #require(E164("+15017122661"))
        var seed: UInt64 = 42
        for _ in 0..<3000 {
            var damaged = body
            for _ in 0..<3 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                damaged[Int(seed >> 33) % damaged.count] = UInt8(truncatingIfNeeded: seed >> 24)
            }
            let answer = try? await check(.success(TransportResponse(status: 200, body: damaged)))
            #expect(answer?.approves(sid: sid, to: to) != true)
        }
    }
}
