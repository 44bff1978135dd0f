import Basics
import Testing
import TwilioVerify

@Suite("Challenges", .timeLimit(.minutes(10))) struct ChallengeTests {
    private func changed(_ name: String, to value: JSONTree?) -> [(String, JSONTree)] {
        Sample.changed(Sample.approvedChallenge, name, to: value)
    }

    private func list(_ body: String) async throws(CallFailure) -> [Challenge]? {
        try await Sample.client(ScriptedTransport(body)).challenges(
            identity: Sample.identity, factorSID: Sample.factor)
    }

    private func page(_ entries: [JSONTree], next: JSONTree = .null) -> String {
        Sample.body([("challenges", .array(entries)), ("meta", .object([("next_page_url", next)]))])
    }

    @Test func `A challenge is read in full`() async throws {
        let answer = TransportResponse(
            status: 201, date: "Sat, 31 Jan 2026 12:00:03 GMT", body: Array(Sample.body(Sample.approvedChallenge).utf8))
        let challenge = try await Sample.createChallenge(Sample.client(ScriptedTransport(.success(answer))))
        let created = Timestamp(seconds: 1_438_286_400)
        #expect(
            challenge
                == Challenge(
                    sid: Sample.challenge, factorSID: Sample.factor, identity: Sample.identity, status: .approved,
                    request: Sample.request, createdAt: created, respondedAt: created + .seconds(2),
                    expiresAt: created + .seconds(300), clockOffset: .seconds(-3)))
    }

    @Test(arguments: [
        ("pending", ChallengeStatus.pending), ("approved", .approved), ("denied", .denied), ("expired", .expired),
        ("Approved", .other("Approved")), ("", .other("")),
    ])
    func `Every status has its word`(word: String, status: ChallengeStatus) async throws {
        let client = Sample.client(ScriptedTransport(Sample.body(changed("status", to: .string(word)))))
        #expect(try await Sample.answerChallenge(client).status == status)
    }

    @Test func `A new challenge under another name is a bad answer`() async {
        let body = Sample.body(changed("hidden_details", to: .object([("request", .string("other"))])))
        await #expect(throws: Sample.badResponse(201)) {
            try await Sample.createChallenge(Sample.client(ScriptedTransport(status: 201, body)))
        }
    }

    @Test func `The list gives each challenge its name, and stops at the newest page`() async throws {
        let others = ["", "one", "two"].map { name in
            JSONTree.object(
                changed("hidden_details", to: name.isEmpty ? .null : .object([("request", .string(name))])))
        }
        let transport = ScriptedTransport(page(others, next: .string("https://twilio.invalid/x?Page=1")))
        let challenges = try await Sample.client(transport).challenges(
            identity: Sample.identity, factorSID: Sample.factor)
        #expect(challenges?.map(\.request) == [nil, "one", "two"])
        #expect(transport.requests.count == 1)
    }

    @Test func `A full page of the largest challenges can be read`() async throws {
        let details = JSONTree.object([("request", .string(String(repeating: "x", count: 64)))])
        let entry = JSONTree.object(
            changed("hidden_details", to: details) + [("url", .string(String(repeating: "u", count: 1000)))])
        #expect(try await list(page(Array(repeating: entry, count: 100)))?.count == 100)
    }

    @Test(arguments: [
        "{}", "{\"challenges\":null}", "{\"challenges\":[null]}", "{\"challenges\":[{}]}", "{\"challenges\":\"\"}",
        "[]",
        "",
    ])
    func `Half a list is none`(body: String) async {
        await #expect(throws: Sample.badResponse()) { try await list(body) }
    }

    @Test(arguments: [(404, "{\"code\":20404}"), (404, ""), (404, "{\"code\":60392}"), (400, "{\"code\":60392}")])
    func `Of an entity that is not there, there is no list`(status: Int, body: String) async throws {
        let client = Sample.client(ScriptedTransport(status: status, body))
        #expect(try await client.challenges(identity: Sample.identity, factorSID: Sample.factor) == nil)
        let created = await #expect(throws: CallFailure.self) { try await Sample.createChallenge(client) }
        #expect(created?.meaning == .notFound)
        let answered = await #expect(throws: CallFailure.self) { try await Sample.answerChallenge(client) }
        #expect(answered?.meaning == .notFound)
    }

    @Test(arguments: [
        (403, 60311, CallFailure.Effect.refused, TwilioMeaning.wrongCode), (403, 60324, .refused, .wrongCode),
        (400, 60306, .refused, .wrongCode), (429, 60308, .refused, .challengeTriesUsedUp),
        (429, 60310, .refused, .factorTriesUsedUp), (429, 60312, .refused, .challengeLimit),
        (403, 60318, .refused, .factorUnusable), (403, 60322, .refused, .challengeOver),
        (403, 60323, .refused, .challengeOver), (400, 60315, .refused, .factorLimit),
        (409, 60317, .refused, .alreadyExists), (409, 60301, .refused, .alreadyExists),
        (429, 60326, .refused, .tooManyUserRequests), (429, 60328, .none, .tooManyUserRequests),
        (403, 60328, .refused, .tooManyUserRequests), (429, 20429, .none, .rateLimited),
        (500, 60311, .unknown, .wrongCode),
    ])
    func `Refusals mean the same to every call`(
        status: Int, code: Int, effect: CallFailure.Effect, meaning: TwilioMeaning
    ) async {
        let client = Sample.client(ScriptedTransport(status: status, "{\"code\":\(code)}"))
        let failures = [
            await #expect(throws: CallFailure.self) { try await Sample.createFactor(client) },
            await #expect(throws: CallFailure.self) { try await Sample.verifyFactor(client) },
            await #expect(throws: CallFailure.self) { try await Sample.createChallenge(client) },
            await #expect(throws: CallFailure.self) { try await Sample.answerChallenge(client) },
        ]
        #expect(failures.allSatisfy { $0?.effect == effect && $0?.meaning == meaning && $0?.code == code })
    }
}
