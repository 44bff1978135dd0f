import Basics
import TestKit
import Testing
import TwilioVerify

@Suite("Whatever an answer holds", .timeLimit(.minutes(10))) struct MutationTests {
    private static let required = ["sid", "service_sid", "to", "status", "valid"]

    private func check(_ body: [UInt8]) async throws -> CheckAnswer? {
        let answer = TransportResponse(status: 200, body: body)
        return try? await Sample.client(ScriptedTransport(.success(answer))).check(
            verificationSID: Sample.verification, code: Redacted("123456"), gate: { true })
    }

    @Test(arguments: 1...20) func `An approval of which anything that matters is changed does not approve`(
        seed: UInt64
    ) async throws {
        var generator = Seeded(seed)
        for _ in 0..<100 {
            let (tree, isIntact) = mutated(&generator)
            let answer = try await check(Array(tree.description.utf8))
            let approves = answer?.approves(sid: Sample.verification, to: try Sample.to) ?? false
            #expect(approves == isIntact, "\(tree)")
        }
    }

    /// The approving answer with members replaced, removed, renamed, added and put in another order.
    private func mutated(_ generator: inout Seeded) -> (JSONTree, isIntact: Bool) {
        var members = Sample.approval
        Sample.mutate(&members, &generator)
        return (.object(members), Sample.agree(members, Sample.approval, on: Self.required))
    }

    @Test(arguments: 1...10) func `A pending answer of which any bytes are changed does not approve`(
        seed: UInt64
    ) async throws {
        var generator = Seeded(seed)
        let pending = Sample.approval.map { $0.0 == "status" ? ("status", JSONTree.string("pending")) : $0 }
        let body = Array(JSONTree.object(pending).description.utf8)
        for _ in 0..<300 {
            var damaged = body
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                damaged[Int.random(in: 0..<damaged.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) {
                damaged.removeLast(Int.random(in: 1...damaged.count, using: &generator))
            }
            let answer = try await check(damaged)
            #expect(answer?.approves(sid: Sample.verification, to: try Sample.to) != true)
        }
    }

    @Test(arguments: 1...10) func `No call trips over any JSON`(seed: UInt64) async throws {
        var generator = Seeded(seed)
        for _ in 0..<40 {
            var members =
                Sample.approval + [
                    ("attempts", .random(3, &generator)), ("services", .random(3, &generator)),
                    ("meta", .random(3, &generator)), ("send_code_attempts", .random(3, &generator)),
                    ("totp", .random(2, &generator)), ("push", .random(2, &generator)),
                ]
            let index = Int.random(in: 0..<members.count, using: &generator)
            members[index].1 = .random(3, &generator)
            let tree = Bool.random(using: &generator) ? JSONTree.object(members) : .random(4, &generator)
            for status in [200, 400, 404, 429, 500] {
                await callEverything(ScriptedTransport(status: status, tree.description))
            }
        }
    }

    private func callEverything(_ transport: ScriptedTransport) async {
        let client = Sample.client(transport)
        let to = E164(Sample.number)
        if let to { _ = try? await client.start(to: to, channel: .sms, locale: nil, gate: { true }) }
        _ = try? await client.fetchVerification(.sid(Sample.verification))
        _ = try? await client.cancelVerification(sid: Sample.verification)
        _ = try? await client.attempts(verificationSID: nil, to: to, createdAfter: Sample.now)
        _ = try? await client.fetchService()
        _ = try? await client.services()
        _ = try? await client.createService(ServiceSettings())
        _ = try? await client.updateService(Sample.service, ServiceSettings())
        #expect(transport.requests.count >= 8)
    }

    @Test(arguments: [
        String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 50_000), "{\"a\":\"\\ud800\"}",
        "\u{FEFF}{}", "{}{}", "{\"a\":NaN}", "{\"a\":1,}", "{'a':1}", "\u{0}", " ", "",
        "{\"sid\":\"" + String(repeating: "x", count: 300_000) + "\"}",
    ])
    func `Hostile bodies are bad answers`(body: String) async throws {
        #expect(try await check(Array(body.utf8)) == nil)
        #expect(try await check(Array(body.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })) == nil)
        #expect(try await check(Array(body.utf8) + [0xFF, 0xFE, 0x80]) == nil)
    }
}
