import Basics
import Testing
import TwilioVerify

@Suite("Approval", .timeLimit(.minutes(10))) struct ApprovalTests {
    private func approves(_ body: String, status: Int = 200) async throws -> Bool {
        let client = Sample.client(ScriptedTransport(status: status, body))
        let answer = try? await client.check(
            verificationSID: Sample.verification, code: Redacted("123456"), gate: { true })
        return answer?.approves(sid: Sample.verification, to: try Sample.to) ?? false
    }

    /// The approving answer with one member changed, or left out.
    private func changed(_ name: String, to value: JSONTree?) -> String {
        let members = Sample.approval.compactMap { member, old in
            member == name ? value.map { (member, $0) } : (member, old)
        }
        return JSONTree.object(members).description
    }

    @Test(arguments: [200, 201, 202]) func `Everything agrees, whatever the 2xx`(status: Int) async throws {
        #expect(try await approves(JSONTree.object(Sample.approval).description, status: status))
    }

    @Test(arguments: ["amount", "payee", "channel", "account_sid", "sna_attempts_error_codes", "date_created"])
    func `What does not matter may be missing or odd`(name: String) async throws {
        for value in [nil, .null, .number("1e400"), .array([.null]), .object([("x", .bool(true))])] as [JSONTree?] {
            #expect(try await approves(changed(name, to: value)))
        }
    }

    @Test(arguments: ["sid", "service_sid", "to", "status", "valid"])
    func `What matters may not be missing, null or of another type`(name: String) async throws {
        for value in [
            nil, .null, .number("1"), .number("0"), .string(""), .string("true"), .array([.string("approved")]),
            .array([.bool(true)]), .object([("status", .string("approved"))]), .bool(false),
        ] as [JSONTree?] {
            #expect(try await !approves(changed(name, to: value)), "\(name) = \(value.debugDescription)")
        }
    }

    @Test(arguments: [
        ("sid", "VE" + String(repeating: "2", count: 32)), ("sid", "VE1"), ("sid", Sample.verification + " "),
        ("sid", "ve" + String(repeating: "1", count: 32)), ("service_sid", "VA" + String(repeating: "1", count: 32)),
        ("to", "+15017122662"), ("to", "15017122661"), ("to", "+15017122661 "), ("to", "+1 501 712 2661"),
        ("to", "tel:+15017122661"), ("status", "APPROVED"), ("status", "approved "), ("status", "pending"),
        ("status", "canceled"), ("status", "max_attempts_reached"), ("status", "deleted"), ("status", "failed"),
        ("status", "expired"), ("status", "аpproved"),
    ])
    func `Nearly the same is not the same`(name: String, text: String) async throws {
        #expect(try await !approves(changed(name, to: .string(text))))
    }

    @Test func `An approval that lies deeper or in a list is none`() async throws {
        let approval = JSONTree.object(Sample.approval)
        for tree in [
            JSONTree.array([approval]), .object([("data", approval)]), .object([("verification", approval)]),
            .string(approval.description), .object([("sid", approval)]),
        ] { #expect(try await !approves(tree.description)) }
    }

    @Test(arguments: [100, 204, 301, 302, 400, 401, 403, 404, 408, 429, 500, 503])
    func `No other status approves, whatever the body says`(status: Int) async throws {
        let body = status == 204 ? "" : JSONTree.object(Sample.approval).description
        #expect(try await !approves(body, status: status))
    }

    @Test func `The same answer approves neither another number nor another verification`() throws {
        let answer = CheckAnswer(sid: Sample.verification, to: try Sample.to, status: .approved, valid: true)
        #expect(answer.approves(sid: Sample.verification, to: try Sample.to))
        #expect(!answer.approves(sid: Sample.verification, to: try #require(E164("+15017122662"))))
        #expect(!answer.approves(sid: "VE" + String(repeating: "2", count: 32), to: try Sample.to))
        #expect(!answer.approves(sid: "", to: try Sample.to))
        for wrong in [
            CheckAnswer(sid: Sample.verification, to: nil, status: .approved, valid: true),
            CheckAnswer(sid: Sample.verification, to: try Sample.to, status: .approved, valid: false),
            CheckAnswer(sid: Sample.verification, to: try Sample.to, status: .other("approved"), valid: true),
            CheckAnswer(sid: Sample.verification, to: try Sample.to, status: .pending, valid: true),
        ] { #expect(!wrong.approves(sid: Sample.verification, to: try Sample.to)) }
    }
}
