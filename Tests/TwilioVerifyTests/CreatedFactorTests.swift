import Basics
import Testing
import TwilioVerify

@Suite("A new factor", .timeLimit(.minutes(10))) struct CreatedFactorTests {
    private func create(_ members: [(String, JSONTree)], status: Int = 201) async throws(CallFailure) -> CreatedFactor {
        try await Sample.createFactor(Sample.client(ScriptedTransport(status: status, Sample.body(members))))
    }

    private func changed(_ name: String, to value: JSONTree?) -> [(String, JSONTree)] {
        Sample.changed(Sample.createdFactor, name, to: value)
    }

    private func binding(secret: JSONTree? = .string(Sample.secret), uri: JSONTree?) -> [(String, JSONTree)] {
        let members = [("secret", secret), ("uri", uri)].compactMap { name, value in value.map { (name, $0) } }
        return changed("binding", to: .object(members))
    }

    @Test(arguments: [200, 201]) func `Is read in full`(status: Int) async throws {
        #expect(
            try await create(Sample.createdFactor, status: status)
                == CreatedFactor(
                    sid: Sample.factor, status: .unverified,
                    config: TOTPFactor.Config(algorithm: "sha1", skew: 1, codeLength: 6, timeStep: 30),
                    issuer: "Site & Co"))
    }

    @Test(arguments: ["sid", "service_sid", "identity", "factor_type", "status", "config", "binding"])
    func `Is none without what the app or the next call needs`(name: String) async {
        for value in [nil, .null, .number("5"), .array([]), .object([])] as [JSONTree?] {
            if name == "binding", value == .object([]) { continue }
            await #expect(throws: Sample.badResponse(201), "\(name) = \(value.debugDescription)") {
                try await create(changed(name, to: value))
            }
        }
    }

    @Test(arguments: [
        ("alg", JSONTree.string("sha256")), ("alg", .string("md5")), ("skew", .number("3")), ("skew", .number("-1")),
        ("code_length", .number("2")), ("code_length", .number("9")), ("time_step", .number("19")),
        ("time_step", .number("61")), ("time_step", .null), ("code_length", .string("six")), ("skew", .number("0.5")),
    ])
    func `Is none with codes that are made in another way than the app is told`(name: String, value: JSONTree) async {
        let config = Sample.changed(Sample.config, name, to: value)
        await #expect(throws: Sample.badResponse(201)) { try await create(changed("config", to: .object(config))) }
    }

    @Test(arguments: [(0, 3, 20), (2, 8, 60), (1, 6, 30)])
    func `Has the service's settings`(skew: Int, codeLength: Int, timeStep: Int) async throws {
        let config = JSONTree.object([
            ("skew", .number("\(skew)")), ("code_length", .string("\(codeLength)")),
            ("time_step", .number("\(timeStep)")),
        ])
        #expect(
            try await create(changed("config", to: config)).config
                == TOTPFactor.Config(skew: skew, codeLength: codeLength, timeStep: timeStep))
    }

    @Test(arguments: ["", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJA", "gezdgnbvgy3tqojqgezdgnbvgy3tqojq"])
    func `Is none with another secret than ours`(secret: String) async {
        await #expect(throws: Sample.badResponse(201)) {
            try await create(binding(secret: .string(secret), uri: nil))
        }
    }

    @Test func `Need not repeat our secret`() async throws {
        for secret in [nil, .null] as [JSONTree?] {
            #expect(try await create(binding(secret: secret, uri: nil)).sid == Sample.factor)
        }
    }

    @Test(arguments: [
        ("otpauth://totp/test-issuer:John%E2%80%99s?secret=A&issuer=test-issuer&algorithm=SHA1", "test-issuer"),
        ("otpauth://totp/x?issuer=A%20%26%20B%3A%2B+C", "A & B:++C"), ("otpauth://totp/x?issuer=%E4%BC%9A", "会"),
        ("otpauth://totp/x?issuer=one&issuer=two", "one"),
    ])
    func `Tells the issuer that the service has`(uri: String, issuer: String) async throws {
        #expect(try await create(binding(uri: .string(uri))).issuer == issuer)
    }

    @Test(
        arguments: [
            nil, .null, .number("1"), .string(""), .string("otpauth://totp/x"), .string("otpauth://totp/x?issuer="),
            .string("otpauth://totp/x?issuer"), .string("otpauth://totp/x?issuer=a%0Ab"),
            .string("otpauth://totp/x?Issuer=a"), .string("otpauth://totp/x?issuer=%ff"),
            .string("otpauth://totp/x?issuer=" + String(repeating: "a", count: 129)),
        ] as [JSONTree?])
    func `Tells no issuer that could not be shown`(uri: JSONTree?) async throws {
        #expect(try await create(binding(uri: uri)).issuer == nil)
    }

    @Test func `Of another identity is none; the case of letters does not matter`() async throws {
        await #expect(throws: Sample.badResponse(201)) {
            try await create(changed("identity", to: .string(Sample.identity + "0")))
        }
        #expect(try await create(changed("identity", to: .string(Sample.identity.uppercased()))).sid == Sample.factor)
    }

    @Test func `A 404 means that the service is missing`() async {
        let failure = await #expect(throws: CallFailure.self) {
            try await create([("code", .number("20404"))], status: 404)
        }
        #expect(failure?.meaning == .serviceMissing)
    }
}
