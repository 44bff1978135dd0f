import Basics
import Testing
import TwilioVerify

@Suite("What goes out about authenticators", .timeLimit(.minutes(10))) struct FactorRequestTests {
    private func sent(
        _ body: String, _ call: (TwilioClient) async throws -> Void
    ) async throws -> TransportRequest {
        let transport = ScriptedTransport(body)
        try await call(Sample.client(transport))
        #expect(transport.requests.count == 1)
        return try #require(transport.requests.first)
    }

    private func form(_ request: TransportRequest) -> String { String(decoding: request.encodedForm, as: UTF8.self) }

    private static let path = "\(Sample.entitiesPath)/\(Sample.identity)"

    @Test func `A factor is made with our secret, a name that says nothing, and SHA-1`() async throws {
        let request = try await sent(Sample.body(Sample.createdFactor)) { _ = try await Sample.createFactor($0) }
        #expect(request.method == .post)
        #expect(request.url == Self.path + "/Factors")
        #expect(
            form(request)
                == "FriendlyName=k3v9&FactorType=totp&Binding.Secret=\(Sample.secret)&Config.Alg=sha1")
    }

    @Test func `A factor is verified by a code`() async throws {
        let request = try await sent(Sample.body(Sample.verifiedFactor)) { _ = try await Sample.verifyFactor($0) }
        #expect(request.method == .post)
        #expect(request.url == Self.path + "/Factors/\(Sample.factor)")
        #expect(form(request) == "AuthPayload=123456")
    }

    @Test func `Factors are read one by one, and listed`() async throws {
        let one = try await sent(Sample.body(Sample.verifiedFactor)) {
            _ = try await $0.fetchFactor(sid: Sample.factor, identity: Sample.identity)
        }
        #expect(one.method == .get)
        #expect(one.url == Self.path + "/Factors/\(Sample.factor)")
        let all = try await sent("{\"factors\":[]}") { _ = try await $0.factors(identity: Sample.identity) }
        #expect(all.method == .get)
        #expect(all.url == Self.path + "/Factors?PageSize=100")
    }

    @Test func `Factors and entities are deleted by name`() async throws {
        let factor = try await sent("") {
            try await $0.deleteFactor(sid: Sample.factor, identity: Sample.identity, gate: { true })
        }
        #expect(factor.method == .delete)
        #expect(factor.url == Self.path + "/Factors/\(Sample.factor)")
        let entity = try await sent("") { try await $0.deleteEntity(identity: Sample.identity, gate: { true }) }
        #expect(entity.method == .delete)
        #expect(entity.url == Self.path)
    }

    @Test func `A new challenge carries the code and our name for it`() async throws {
        let request = try await sent(Sample.body(Sample.approvedChallenge)) {
            _ = try await Sample.createChallenge($0)
        }
        #expect(request.method == .post)
        #expect(request.url == Self.path + "/Challenges")
        #expect(
            form(request)
                == "FactorSid=\(Sample.factor)&AuthPayload=123456"
                + "&HiddenDetails=%7B%22request%22%3A%22\(Sample.request)%22%7D")
    }

    @Test func `Our name is escaped as JSON`() async throws {
        let request = try await sent(Sample.body(Sample.changed(Sample.approvedChallenge, "hidden_details", to: nil))) {
            _ = try await $0.createChallenge(
                identity: Sample.identity, factorSID: Sample.factor, code: Redacted("1"), request: "a\"}\\",
                gate: { true })
        }
        #expect(request.form.last?.1 == #"{"request":"a\"}\\"}"#)
    }

    @Test func `A pending challenge is answered by a code alone`() async throws {
        let request = try await sent(Sample.body(Sample.approvedChallenge)) {
            _ = try await Sample.answerChallenge($0)
        }
        #expect(request.method == .post)
        #expect(request.url == Self.path + "/Challenges/\(Sample.challenge)")
        #expect(form(request) == "AuthPayload=123456")
    }

    @Test func `Challenges are listed with the newest first`() async throws {
        let request = try await sent("{\"challenges\":[]}") {
            _ = try await $0.challenges(identity: Sample.identity, factorSID: Sample.factor)
        }
        #expect(request.method == .get)
        #expect(request.url == Self.path + "/Challenges?FactorSid=\(Sample.factor)&Order=desc&PageSize=100")
    }

    @Test func `Names cannot leave their place in the path`() async throws {
        let request = try await sent("") {
            try await $0.deleteFactor(sid: "../YF?a#b", identity: "a/b c", gate: { true })
        }
        #expect(request.url == "\(Sample.entitiesPath)/a%2Fb%20c/Factors/..%2FYF%3Fa%23b")
    }

    @Test func `A closed gate keeps everything back that changes something`() async {
        let client = Sample.client(ScriptedTransport(Sample.body(Sample.createdFactor)))
        let withheld = CallFailure(effect: .none, result: .withheld)
        await #expect(throws: withheld) { try await Sample.createFactor(client, gate: { false }) }
        await #expect(throws: withheld) { try await Sample.verifyFactor(client, gate: { false }) }
        await #expect(throws: withheld) { try await Sample.createChallenge(client, gate: { false }) }
        await #expect(throws: withheld) { try await Sample.answerChallenge(client, gate: { false }) }
        await #expect(throws: withheld) {
            try await client.deleteFactor(sid: Sample.factor, identity: Sample.identity, gate: { false })
        }
        await #expect(throws: withheld) { try await client.deleteEntity(identity: Sample.identity, gate: { false }) }
    }

    @Test func `No code and no secret is in an address or a description`() async throws {
        let transport = ScriptedTransport(status: 400, "{\"code\":60306}")
        let client = Sample.client(transport)
        let failures = [
            await #expect(throws: CallFailure.self) { try await Sample.createFactor(client) },
            await #expect(throws: CallFailure.self) { try await Sample.verifyFactor(client) },
            await #expect(throws: CallFailure.self) { try await Sample.createChallenge(client) },
            await #expect(throws: CallFailure.self) { try await Sample.answerChallenge(client) },
        ]
        let texts = failures.map { String(reflecting: $0) } + transport.requests.flatMap { [$0.url, "\($0)"] }
        #expect(texts.count == 12)
        for text in texts { #expect(!text.contains("123456") && !text.contains("GEZD")) }
    }
}
