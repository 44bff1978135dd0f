import Basics
import Testing
import TwilioVerify

@Suite("What comes back", .timeLimit(.minutes(10))) struct DecodingTests {
    private static let members: [(String, JSONTree)] = [
        ("sid", .string(Sample.verification)), ("service_sid", .string(Sample.service)),
        ("to", .string(Sample.number)), ("channel", .string("SMS")), ("status", .string("pending")),
        ("valid", .bool(false)), ("date_created", .string("2015-07-30T20:00:00Z")),
        ("date_updated", .string("2015-07-30T20:00:01Z")),
        (
            "send_code_attempts",
            .array([
                .object([("time", .string("2015-07-30T20:00:00Z")), ("attempt_sid", .string(Sample.attempt))])
            ])
        ),
    ]

    private func fetch(
        _ members: [(String, JSONTree)], date: String? = nil, at now: Timestamp = Sample.now
    ) async -> Result<Verification?, CallFailure> {
        let body = Array(JSONTree.object(members).description.utf8)
        let answer = TransportResponse(status: 200, date: date, body: body)
        let client = Sample.client(ScriptedTransport(.success(answer)), at: now)
        do throws(CallFailure) { return .success(try await client.fetchVerification(.sid(Sample.verification))) } catch
        {
            return .failure(error)
        }
    }

    private func changed(_ name: String, to value: JSONTree?) -> [(String, JSONTree)] {
        Self.members.compactMap { member, old in member == name ? value.map { (member, $0) } : (member, old) }
    }

    @Test func `A verification is read in full`() async throws {
        let created = Timestamp(seconds: 1_438_286_400)
        #expect(
            await fetch(Self.members)
                == .success(
                    Verification(
                        sid: Sample.verification, to: try Sample.to, channel: "sms", status: .pending, valid: false,
                        createdAt: created, updatedAt: created + .seconds(1),
                        attempts: [.init(sid: Sample.attempt, time: created)])))
    }

    @Test(arguments: ["sid", "service_sid", "status"]) func `Without what it is known by it is no answer`(
        name: String
    ) async {
        for value in [nil, .null, .number("5"), .string(""), .array([]), .object([])] as [JSONTree?] {
            let result = await fetch(changed(name, to: value))
            if name == "status", value == .string("") { continue }
            #expect(
                result
                    == .failure(
                        CallFailure(effect: .unknown, result: .badResponse, meaning: .providerFault, httpStatus: 200)),
                "\(name) = \(value.debugDescription)")
        }
    }

    @Test(arguments: ["to", "channel", "valid", "date_created", "date_updated", "send_code_attempts"])
    func `What nobody needs may be missing, null or odd`(name: String) async throws {
        for value in [nil, .null, .number("1e400"), .string("nonsense"), .array([.null]), .object([])] as [JSONTree?] {
            guard case .success(let verification?) = await fetch(changed(name, to: value)) else {
                Issue.record("\(name) = \(value.debugDescription) was not read")
                continue
            }
            #expect(!verification.valid)
            if name == "to" { #expect(verification.to == nil) }
            if name == "date_created" { #expect(verification.createdAt == nil) }
            if name == "send_code_attempts" { #expect(verification.attempts.isEmpty) }
        }
    }

    @Test func `Sends without an identifier are passed over, times may be missing`() async {
        let sends = JSONTree.array([
            .object([("time", .string("2015-07-30T20:00:00Z"))]), .object([("attempt_sid", .string("VE1"))]),
            .object([("attempt_sid", .string(Sample.attempt)), ("time", .null)]),
        ])
        let result = await fetch(changed("send_code_attempts", to: sends))
        #expect((try? result.get())??.attempts == [.init(sid: Sample.attempt, time: nil)])
    }

    @Test(arguments: [
        ("pending", VerificationStatus.pending), ("approved", .approved), ("canceled", .canceled),
        ("max_attempts_reached", .maxAttemptsReached), ("deleted", .deleted), ("failed", .failed),
        ("expired", .expired), ("Pending", .other("Pending")), ("", .other("")),
    ])
    func `Every status has its word`(word: String, status: VerificationStatus) async {
        #expect((try? await fetch(changed("status", to: .string(word))).get())??.status == status)
    }

    @Test(
        arguments: [
            ("Sat, 31 Jan 2026 11:59:58 GMT", 2), ("Sat, 31 Jan 2026 12:00:03 GMT", -3),
            ("Sat, 31 Jan 2026 12:00:00 GMT", 0), ("yesterday", nil), (nil, nil),
            ("Sat, 31 Jan 2026 11:55:00 GMT", 300), ("Sat, 31 Jan 2026 12:05:00 GMT", -300),
            ("Sat, 31 Jan 2026 11:54:58 GMT", nil), ("Sat, 31 Jan 2026 12:05:02 GMT", nil),
            ("Fri, 31 Dec 9999 23:59:59 GMT", nil), ("Thu, 01 Jan 1970 00:00:00 GMT", nil),
        ] as [(String?, Int?)])
    func `The offset of the clocks comes from the answer's date`(date: String?, seconds: Int?) async {
        for fraction in [Duration.zero, .milliseconds(999)] {
            let fetched = await fetch(Self.members, date: date, at: Sample.now + fraction)
            #expect((try? fetched.get())??.clockOffset == seconds.map { .seconds($0) })
        }
    }

    @Test(
        arguments: [
            (nil, true), ("Sat, 31 Jan 2026 11:58:00 GMT", true), ("Fri, 31 Dec 9999 23:59:59 GMT", false),
            ("Sat, 31 Jan 2026 11:30:00 GMT", false),
        ] as [(String?, Bool)])
    func `An answer whose clock is far from ours tells no times`(date: String?, tells: Bool) async throws {
        let found = try #require(try await fetch(Self.members, date: date, at: Sample.now).get())
        #expect((found.createdAt != nil) == tells)
        #expect((found.updatedAt != nil) == tells)
        #expect(found.attempts.isEmpty == false)
        #expect(found.attempts.allSatisfy { ($0.time != nil) == tells })
    }

    @Test(arguments: [
        "", "null", "[]", "{}", "7", "<html>", "{\"sid\":", "{\"sid\":\"VE\"}",
        String(repeating: " ", count: 300_000) + "{}",
    ])
    func `A 2xx that says nothing is no success of any call`(body: String) async {
        let client = Sample.client(ScriptedTransport(body))
        let bad = CallFailure(effect: .unknown, result: .badResponse, meaning: .providerFault, httpStatus: 200)
        await #expect(throws: bad) {
            try await client.start(to: try Sample.to, channel: .sms, locale: nil, gate: { true })
        }
        await #expect(throws: bad) {
            try await client.check(verificationSID: Sample.verification, code: Redacted("1"), gate: { true })
        }
        await #expect(throws: bad) { try await client.fetchVerification(.sid(Sample.verification)) }
        await #expect(throws: bad) { try await client.cancelVerification(sid: Sample.verification) }
        await #expect(throws: bad) { try await client.attempts(verificationSID: nil, to: nil, createdAfter: nil) }
        await #expect(throws: bad) { try await client.fetchService() }
        await #expect(throws: bad) { try await client.services() }
        await #expect(throws: bad) { try await client.createService(ServiceSettings()) }
        await #expect(throws: bad) { try await client.updateService(Sample.service, ServiceSettings()) }
    }

    @Test func `A 404 is an answer where something is looked for`() async throws {
        let client = Sample.client(ScriptedTransport(status: 404, #"{"code":20404}"#))
        #expect(try await client.fetchVerification(.sid(Sample.verification)) == nil)
        #expect(try await client.fetchService() == nil)
        #expect(try await client.cancelVerification(sid: Sample.verification) == false)
        #expect(try await client.updateService(Sample.service, ServiceSettings()) == nil)
        let start = await #expect(throws: CallFailure.self) {
            try await client.start(to: try Sample.to, channel: .sms, locale: nil, gate: { true })
        }
        #expect(start?.meaning == .serviceMissing)
        let check = await #expect(throws: CallFailure.self) {
            try await client.check(verificationSID: Sample.verification, code: Redacted("1"), gate: { true })
        }
        #expect(check?.meaning == .notFound)
    }

    @Test(arguments: [("canceled", true), ("pending", false), ("approved", false)])
    func `A cancel counts when Twilio says canceled`(status: String, isCanceled: Bool) async throws {
        let body = JSONTree.object(changed("status", to: .string(status))).description
        let client = Sample.client(ScriptedTransport(body))
        #expect(try await client.cancelVerification(sid: Sample.verification) == isCanceled)
    }
}
