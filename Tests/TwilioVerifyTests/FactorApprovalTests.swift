import Basics
import Testing
import TwilioVerify

@Suite("An authenticator's code", .timeLimit(.minutes(10))) struct FactorApprovalTests {
    enum Call: CaseIterable, Sendable { case verify, create, answer, list }

    static let required: [Call: [String]] = [
        .verify: ["sid", "service_sid", "identity", "factor_type", "status"],
        .create: ["sid", "service_sid", "identity", "factor_type", "factor_sid", "status"],
        .answer: ["sid", "service_sid", "identity", "factor_type", "factor_sid", "status"],
        .list: ["sid", "service_sid", "identity", "factor_type", "factor_sid", "status", "hidden_details"],
    ]

    static func members(_ call: Call) -> [(String, JSONTree)] {
        call == .verify ? Sample.verifiedFactor : Sample.approvedChallenge
    }

    /// Whether the call finds that the code was right.
    static func approves(_ call: Call, _ tree: JSONTree, status: Int = 200) async -> Bool {
        let body = call == .list ? JSONTree.object([("challenges", .array([tree]))]) : tree
        let client = Sample.client(ScriptedTransport(status: status, body.description))
        switch call {
        case .verify:
            let factor = try? await Sample.verifyFactor(client)
            return factor?.isVerified(sid: Sample.factor, identity: Sample.identity) ?? false
        case .create:
            let challenge = try? await Sample.createChallenge(client)
            return challenge?.approves(
                request: Sample.request, factorSID: Sample.factor, identity: Sample.identity) ?? false
        case .answer:
            let challenge = try? await Sample.answerChallenge(client)
            return challenge?.approves(
                sid: Sample.challenge, factorSID: Sample.factor, identity: Sample.identity) ?? false
        case .list:
            let challenges = try? await client.challenges(identity: Sample.identity, factorSID: Sample.factor)
            return challenges?.contains {
                $0.approves(request: Sample.request, factorSID: Sample.factor, identity: Sample.identity)
            } ?? false
        }
    }

    private func changed(_ call: Call, _ name: String, to value: JSONTree?) -> JSONTree {
        .object(Sample.changed(Self.members(call), name, to: value))
    }

    @Test(arguments: Call.allCases) func `Is right when everything agrees`(call: Call) async {
        #expect(await Self.approves(call, .object(Self.members(call))))
        #expect(await Self.approves(call, .object(Self.members(call)), status: 201))
        #expect(await Self.approves(call, changed(call, "identity", to: .string(Sample.identity.uppercased()))))
        for name in ["account_sid", "entity_sid", "metadata", "date_created", "date_responded", "details", "config"] {
            for value in [nil, .null, .number("1e400"), .array([.null])] as [JSONTree?] {
                #expect(await Self.approves(call, changed(call, name, to: value)))
            }
        }
    }

    @Test(arguments: Call.allCases)
    func `Is not when anything that matters is missing, null or of another type`(call: Call) async {
        for name in Self.required[call] ?? [] {
            for value in [
                nil, .null, .number("1"), .string(""), .bool(true), .array([.string("approved")]), .object([]),
                .object([("request", .null)]),
            ] as [JSONTree?] {
                #expect(
                    await !Self.approves(call, changed(call, name, to: value)), "\(name) = \(value.debugDescription)")
            }
        }
    }

    @Test(arguments: Call.allCases) func `Is not when an answer is about something else`(call: Call) async {
        let others = [
            ("service_sid", "VA" + String(repeating: "1", count: 32)), ("identity", Sample.identity + "0"),
            ("identity", String(Sample.identity.dropLast())), ("factor_type", "push"), ("factor_type", "TOTP"),
            ("status", "pending"), ("status", "unverified"), ("status", "denied"), ("status", "expired"),
            ("status", "APPROVED"), ("status", "VERIFIED"), ("status", "approved "), ("status", "verified "),
            ("status", call == .verify ? "approved" : "verified"), ("status", "аpproved"), ("sid", "YC1"),
        ]
        for (name, text) in others {
            #expect(await !Self.approves(call, changed(call, name, to: .string(text))), "\(name) = \(text)")
        }
        if call == .verify || call == .answer {
            let other = (call == .verify ? "YF" : "YC") + String(repeating: "9", count: 32)
            #expect(await !Self.approves(call, changed(call, "sid", to: .string(other))))
        }
        if call != .verify {
            let other = JSONTree.string("YF" + String(repeating: "9", count: 32))
            #expect(await !Self.approves(call, changed(call, "factor_sid", to: other)))
        }
    }

    @Test(arguments: [Call.create, .list]) func `Is not when a challenge has another name than ours`(call: Call) async {
        for name in ["", " ", Sample.request + "0", Sample.request.uppercased()] {
            let details = JSONTree.object([("request", .string(name))])
            #expect(await !Self.approves(call, changed(call, "hidden_details", to: details)))
        }
    }

    @Test(arguments: [nil, .null, .string(Sample.request), .array([])] as [JSONTree?])
    func `The answer to a new challenge need not repeat its name`(details: JSONTree?) async {
        #expect(await Self.approves(.create, changed(.create, "hidden_details", to: details)))
        #expect(await !Self.approves(.list, changed(.list, "hidden_details", to: details)))
    }

    @Test(arguments: Call.allCases, [100, 204, 301, 302, 400, 401, 403, 404, 408, 429, 500, 503])
    func `Is not under another status, whatever the body says`(call: Call, status: Int) async {
        let tree = status == 204 ? JSONTree.null : .object(Self.members(call))
        #expect(await !Self.approves(call, tree, status: status))
    }

    @Test(arguments: Call.allCases) func `Is not when the approval lies deeper`(call: Call) async {
        let tree = JSONTree.object(Self.members(call))
        for wrapped in [
            JSONTree.array([tree]), .object([("challenge", tree)]), .object([("factors", .array([tree]))]),
            .string(tree.description),
        ] { #expect(await !Self.approves(call, wrapped)) }
    }
}
