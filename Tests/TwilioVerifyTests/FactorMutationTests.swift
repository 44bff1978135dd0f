import Basics
import TestKit
import Testing
import TwilioVerify

@Suite("Whatever an answer about an authenticator holds", .timeLimit(.minutes(10))) struct FactorMutationTests {
    typealias Call = FactorApprovalTests.Call

    @Test(arguments: Call.allCases, 1...8)
    func `An approval of which anything that matters is changed does not approve`(call: Call, seed: UInt64) async {
        var generator = Seeded(seed)
        for _ in 0..<60 {
            let (tree, isIntact) = mutated(call, &generator)
            #expect(await FactorApprovalTests.approves(call, tree) == isIntact, "\(tree)")
        }
    }

    /// The approving answer with members replaced, removed, renamed, added and put in another order.
    private func mutated(_ call: Call, _ generator: inout Seeded) -> (JSONTree, isIntact: Bool) {
        let approving = FactorApprovalTests.members(call)
        var members = approving
        // A challenge without its name is still the answer to its making; the list shows it as somebody else's.
        Sample.mutate(&members, sparing: call == .create ? "hidden_details" : nil, &generator)
        let required = FactorApprovalTests.required[call] ?? []
        return (.object(members), Sample.agree(members, approving, on: required))
    }

    @Test(arguments: Call.allCases, 1...4)
    func `A pending answer of which any bytes are changed does not approve`(call: Call, seed: UInt64) async {
        var generator = Seeded(seed)
        let word = call == .verify ? "unverified" : "pending"
        let members = Sample.changed(FactorApprovalTests.members(call), "status", to: .string(word))
        let body = Array(Sample.body(call == .list ? [("challenges", .array([.object(members)]))] : members).utf8)
        for _ in 0..<150 {
            var damaged = body
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                // A quotation mark in the right place would make "verified" of "unverified", a true approval.
                let byte = UInt8.random(in: 0...255, using: &generator)
                damaged[Int.random(in: 0..<damaged.count, using: &generator)] = byte == UInt8(ascii: "\"") ? 0 : byte
            }
            #expect(await !approvesBytes(call, damaged))
        }
    }

    private func approvesBytes(_ call: Call, _ body: [UInt8]) async -> Bool {
        let client = Sample.client(ScriptedTransport(.success(TransportResponse(status: 200, body: body))))
        let challenges: [Challenge]
        switch call {
        case .verify:
            let factor = try? await Sample.verifyFactor(client)
            return factor?.isVerified(sid: Sample.factor, identity: Sample.identity) ?? false
        case .create: challenges = [try? await Sample.createChallenge(client)].compactMap(\.self)
        case .answer: challenges = [try? await Sample.answerChallenge(client)].compactMap(\.self)
        case .list:
            challenges =
                (try? await client.challenges(identity: Sample.identity, factorSID: Sample.factor)) ?? []
        }
        return challenges.contains {
            $0.approves(request: Sample.request, factorSID: Sample.factor, identity: Sample.identity)
                || $0.approves(sid: Sample.challenge, factorSID: Sample.factor, identity: Sample.identity)
        }
    }

    @Test(arguments: 1...10) func `No call trips over any JSON`(seed: UInt64) async {
        var generator = Seeded(seed)
        for _ in 0..<30 {
            var members =
                Sample.approvedChallenge + [
                    ("factors", .random(3, &generator)), ("challenges", .random(3, &generator)),
                    ("meta", .random(3, &generator)), ("config", .random(2, &generator)),
                    ("binding", .random(2, &generator)),
                ]
            let index = Int.random(in: 0..<members.count, using: &generator)
            members[index].1 = .random(3, &generator)
            let tree = Bool.random(using: &generator) ? JSONTree.object(members) : .random(4, &generator)
            for status in [200, 201, 400, 404, 429, 500] {
                await callEverything(ScriptedTransport(status: status, tree.description))
            }
        }
    }

    private func callEverything(_ transport: ScriptedTransport) async {
        let client = Sample.client(transport)
        _ = try? await Sample.createFactor(client)
        _ = try? await Sample.verifyFactor(client)
        _ = try? await client.fetchFactor(sid: Sample.factor, identity: Sample.identity)
        _ = try? await client.factors(identity: Sample.identity)
        _ = try? await client.deleteFactor(sid: Sample.factor, identity: Sample.identity, gate: { true })
        _ = try? await client.deleteEntity(identity: Sample.identity, gate: { true })
        _ = try? await Sample.createChallenge(client)
        _ = try? await Sample.answerChallenge(client)
        _ = try? await client.challenges(identity: Sample.identity, factorSID: Sample.factor)
        #expect(transport.requests.count >= 9)
    }
}
