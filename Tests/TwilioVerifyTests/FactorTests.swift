import Basics
import Testing
import TwilioVerify

@Suite("Factors", .timeLimit(.minutes(10))) struct FactorTests {
    private static let missing = [
        (404, "{\"code\":20404}"), (404, "<html>"), (404, "{\"code\":60390}"), (400, "{\"code\":60390}"),
        (404, "{\"code\":60392}"),
    ]

    private func fetch(_ members: [(String, JSONTree)], date: String? = nil) async throws(CallFailure) -> TOTPFactor? {
        let answer = TransportResponse(status: 200, date: date, body: Array(Sample.body(members).utf8))
        return try await Sample.client(ScriptedTransport(.success(answer))).fetchFactor(
            sid: Sample.factor, identity: Sample.identity)
    }

    private func changed(_ name: String, to value: JSONTree?) -> [(String, JSONTree)] {
        Sample.changed(Sample.verifiedFactor, name, to: value)
    }

    @Test func `A factor is read in full`() async throws {
        #expect(
            try await fetch(Sample.verifiedFactor, date: "Sat, 31 Jan 2026 11:59:58 GMT")
                == TOTPFactor(
                    sid: Sample.factor, identity: Sample.identity, status: .verified,
                    config: TOTPFactor.Config(skew: 1, codeLength: 6, timeStep: 30),
                    createdAt: Timestamp(seconds: 1_438_286_400), clockOffset: .seconds(2)))
    }

    @Test(arguments: ["sid", "service_sid", "identity", "factor_type", "status"])
    func `Without what it is known by it is none`(name: String) async {
        for value in [nil, .null, .number("5"), .array([]), .object([]), .bool(true)] as [JSONTree?] {
            await #expect(throws: Sample.badResponse(), "\(name) = \(value.debugDescription)") {
                try await fetch(changed(name, to: value))
            }
        }
        await #expect(throws: Sample.badResponse()) { try await fetch(changed("factor_type", to: .string("push"))) }
    }

    @Test(arguments: ["config", "date_created", "friendly_name", "entity_sid", "metadata"])
    func `What nobody needs may be missing or odd`(name: String) async throws {
        for value in [nil, .null, .number("1e400"), .string("nonsense"), .array([.null]), .object([])] as [JSONTree?] {
            let factor = try await fetch(changed(name, to: value))
            #expect(factor?.status == .verified)
            if name == "config" { #expect(factor?.config == nil) }
        }
    }

    @Test(arguments: missing) func `One that is not there is nothing`(status: Int, body: String) async throws {
        let client = Sample.client(ScriptedTransport(status: status, body))
        #expect(try await client.fetchFactor(sid: Sample.factor, identity: Sample.identity) == nil)
        #expect(try await client.factors(identity: Sample.identity) == nil)
        #expect(try await client.deleteFactor(sid: Sample.factor, identity: Sample.identity, gate: { true }) == false)
        #expect(try await client.deleteEntity(identity: Sample.identity, gate: { true }) == false)
        let failure = await #expect(throws: CallFailure.self) { try await Sample.verifyFactor(client) }
        #expect(failure?.meaning == .notFound)
    }

    @Test(arguments: [(500, "{\"code\":60390}"), (401, "{\"code\":20003}"), (429, ""), (403, "{\"code\":60318}")])
    func `Any other refusal is a failure of every call`(status: Int, body: String) async {
        let client = Sample.client(ScriptedTransport(status: status, body))
        await #expect(throws: CallFailure.self) {
            try await client.fetchFactor(sid: Sample.factor, identity: Sample.identity)
        }
        await #expect(throws: CallFailure.self) { try await client.factors(identity: Sample.identity) }
        await #expect(throws: CallFailure.self) {
            try await client.deleteFactor(sid: Sample.factor, identity: Sample.identity, gate: { true })
        }
        await #expect(throws: CallFailure.self) {
            try await client.deleteEntity(identity: Sample.identity, gate: { true })
        }
    }

    @Test(arguments: [200, 202, 204]) func `What is deleted was there`(status: Int) async throws {
        let client = Sample.client(ScriptedTransport(status: status, ""))
        #expect(try await client.deleteFactor(sid: Sample.factor, identity: Sample.identity, gate: { true }))
        #expect(try await client.deleteEntity(identity: Sample.identity, gate: { true }))
    }

    @Test func `Every page of the list is read`() async throws {
        let transport = ScriptedTransport { number, _ in
            let next = JSONTree.string("https://twilio.invalid/x?Page=\(number + 1)")
            let status = JSONTree.string(number == 0 ? "unverified" : "verified")
            let page = JSONTree.object([
                ("factors", .array([.object(changed("status", to: status))])),
                ("meta", .object([("next_page_url", number == 0 ? next : .null)])),
            ])
            return .success(TransportResponse(status: 200, body: Array(page.description.utf8)))
        }
        let factors = try await Sample.client(transport).factors(identity: Sample.identity)
        #expect(factors?.map(\.status) == [.unverified, .verified])
        #expect(transport.requests.last?.url == "\(Sample.entitiesPath)/\(Sample.identity)/Factors?Page=1")
    }

    @Test(arguments: ["{}", "{\"factors\":null}", "{\"factors\":{}}", "{\"factors\":[null]}", "{\"factors\":[{}]}", ""])
    func `Half a list is none`(body: String) async {
        await #expect(throws: Sample.badResponse()) {
            try await Sample.client(ScriptedTransport(body)).factors(identity: Sample.identity)
        }
    }
}
