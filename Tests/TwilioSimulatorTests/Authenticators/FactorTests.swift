import Basics
import Testing
import Web

@testable import TwilioSimulator

@Suite("Factors") struct FactorTests {
    private static let path = "/v2/Services/\(SimulatorConfiguration().serviceSID)/Entities/\(Fixture.identity)/Factors"
    private static let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    @Test func `The secret is told once`() throws {
        var fixture = Fixture()
        let form = "FriendlyName=Anna%E2%80%99s&FactorType=totp&Binding.Secret=\(Self.secret)"
        let made = fixture.ask("POST", Self.path, form: form)
        #expect(made.status == 201)
        #expect(made.body?["binding"]?["secret"] == .string(Self.secret))
        #expect(
            made.body?["binding"]?["uri"]?.text == """
                otpauth://totp/Simulator:Anna%E2%80%99s?secret=\(Self.secret)\
                &issuer=Simulator&algorithm=SHA1&digits=6&period=30
                """)
        #expect(made.body?["status"] == "unverified")
        #expect(made.body?["options"] == .null)
        let sid = try #require(made.body?["sid"]?.text)
        for path in [Self.path, "\(Self.path)/\(sid)"] {
            let text = try #require(fixture.ask("GET", path).body?.rendered)
            #expect(text.contains(sid))
            #expect(!text.contains(Self.secret))
            #expect(!text.contains("binding"))
        }
        let code = OneTimePassword(secret: Redacted(Array("12345678901234567890".utf8))).code(at: fixture.now).revealed
        let verified = fixture.ask("POST", "\(Self.path)/\(sid)", form: "AuthPayload=\(code)")
        #expect((verified.status, verified.body?["status"]) == (200, "verified"))
        #expect(verified.body?["binding"] == nil)
    }

    @Test func `Twilio makes a secret of 160 bits where none is given`() throws {
        var fixture = Fixture()
        let made = try fixture.makeFactor()
        #expect(Base32Text.decode(made.secret) == made.factor.secret)
        let system = SimulatedTwilio.Sources.system
        let secrets = (0..<200).map { _ in system.secret() }
        #expect(Set(secrets).count == 200)
        #expect(secrets.allSatisfy { $0.revealed.count == 20 })
        #expect(Set(secrets.flatMap(\.revealed)).count == 256)
    }

    @Test func `The service's settings are the factor's, unless it has its own`() throws {
        var fixture = Fixture()
        let settings = FormFields("Totp.Issuer=Site&Totp.TimeStep=60&Totp.CodeLength=8&Totp.Skew=2")
        _ = try fixture.twilio.updateService(fixture.service, settings, now: fixture.now)
        let usual = try fixture.makeFactor()
        #expect(usual.factor.settings.timeStep == 60)
        #expect(usual.factor.settings.codeLength == 8)
        #expect(usual.factor.settings.skew == 2)
        #expect(usual.uri.revealed.hasPrefix("otpauth://totp/Site:Phone?"))
        #expect(usual.uri.revealed.hasSuffix("&issuer=Site&algorithm=SHA1&digits=8&period=60"))
        let own = try fixture.makeFactor("Config.TimeStep=20&Config.CodeLength=3&Config.Skew=0&Config.Alg=sha256")
        #expect(own.uri.revealed.hasSuffix("&issuer=Site&algorithm=SHA256&digits=3&period=20"))
        #expect(own.factor.settings.skew == 0)
    }

    @Test(arguments: [
        ("FriendlyName=x", 60306), ("FactorType=totp", 60306), ("FriendlyName=x&FactorType=push", 60306),
        ("FriendlyName=\(String(repeating: "x", count: 65))&FactorType=totp", 60306),
        ("FriendlyName=x&FactorType=totp&Config.TimeStep=19", 60306),
        ("FriendlyName=x&FactorType=totp&Config.TimeStep=61", 60306),
        ("FriendlyName=x&FactorType=totp&Config.Skew=3", 60306),
        ("FriendlyName=x&FactorType=totp&Config.CodeLength=9", 60306),
        ("FriendlyName=x&FactorType=totp&Config.CodeLength=six", 60306),
        ("FriendlyName=x&FactorType=totp&Config.Alg=md5", 60306),
        ("FriendlyName=x&FactorType=totp&Metadata=%5B%5D", 60306),
        ("FriendlyName=x&FactorType=totp&Metadata=%7B%22a%22:1%7D", 60306),
        ("FriendlyName=x&FactorType=totp&Binding.Secret=no+Base32!", 60314),
        ("FriendlyName=x&FactorType=totp&Binding.Secret=A", 60314),
    ])
    func `A bad request makes nothing`(form: String, code: Int) {
        var fixture = Fixture()
        let answer = fixture.ask("POST", Self.path, form: form)
        #expect((answer.status, answer.body?["code"]) == (400, .integer(code)))
        #expect(fixture.twilio.entities.isEmpty)
        #expect(fixture.twilio.statistics.factors == 0)
    }

    @Test func `A wrong code is no error, six are`() throws {
        var fixture = Fixture()
        let factor = try fixture.makeFactor().factor
        for _ in 1...5 {
            let answer = fixture.ask(
                "POST", "\(Self.path)/\(factor.sid)", form: "AuthPayload=\(fixture.wrongCode(of: factor))")
            #expect((answer.status, answer.body?["status"]) == (200, "unverified"))
        }
        for code in [fixture.wrongCode(of: factor), fixture.code(of: factor)] {
            let answer = fixture.ask("POST", "\(Self.path)/\(factor.sid)", form: "AuthPayload=\(code)")
            #expect((answer.status, answer.body?["code"]) == (429, 60310))
        }
        #expect(try fixture.factor(factor.sid).status == .unverified)
    }

    @Test func `The fifth try may be the right one, and what follows changes nothing`() throws {
        var fixture = Fixture()
        let factor = try fixture.makeFactor().factor
        for _ in 1...4 { try fixture.update(factor: factor.sid, "AuthPayload=\(fixture.wrongCode(of: factor))") }
        #expect(try fixture.update(factor: factor.sid, "AuthPayload=\(fixture.code(of: factor))").status == .verified)
        for _ in 1...9 {
            let after = try fixture.update(factor: factor.sid, "AuthPayload=\(fixture.wrongCode(of: factor))")
            #expect(after.status == .verified)
        }
        #expect(fixture.twilio.statistics.factorsVerified == 1)
    }

    @Test(arguments: [-2, -1, 0, 1, 2]) func `A code of a neighbouring step verifies, one further off does not`(
        steps: Int
    ) throws {
        var fixture = Fixture()
        let factor = try fixture.makeFactor().factor
        let after = try fixture.update(factor: factor.sid, "AuthPayload=\(fixture.code(of: factor, steps))")
        #expect(after.status == (abs(steps) <= 1 ? .verified : .unverified))
    }

    @Test func `Nobody verifies a factor that is too old, and after a day it is gone`() throws {
        var fixture = Fixture()
        let factor = try fixture.makeFactor().factor
        let verified = try fixture.verifiedFactor()
        func verify() -> Int? {
            Fixture.code { () throws(APIFailure) in
                try fixture.update(factor: factor.sid, "AuthPayload=\(fixture.code(of: factor))")
            }
        }
        fixture.advance(3600)
        #expect(verify() == 60318)
        #expect(try fixture.factor(factor.sid).status == .unverified)
        fixture.advance(23 * 3600)
        #expect(verify() == 20404)
        #expect(fixture.ask("GET", Self.path).body?["factors"]?.count == 1)
        #expect(try fixture.factor(verified.sid).status == .verified)
    }

    @Test func `A factor can be renamed and set anew`() throws {
        var fixture = Fixture()
        let factor = try fixture.makeFactor("Metadata=%7B%22os%22:%22Android%22%7D").factor
        fixture.advance(5)
        let form = "FriendlyName=New&Config.Skew=2&Config.CodeLength=8&Config.TimeStep=60&Config.Alg=sha512"
        let changed = fixture.ask("POST", "\(Self.path)/\(factor.sid)", form: form)
        #expect(changed.body?["friendly_name"] == "New")
        #expect(
            changed.body?["config"] == .object(["alg": "sha512", "skew": 2, "code_length": 8, "time_step": 60]))
        #expect(changed.body?["date_updated"] == "2023-11-14T22:13:25Z")
        #expect(changed.body?["metadata"] == .object(["os": "Android"]))
        let now = try fixture.factor(factor.sid)
        #expect(try fixture.update(factor: factor.sid, "AuthPayload=\(fixture.code(of: now))").status == .verified)
        for bad in ["Config.Skew=9", "FriendlyName=\(String(repeating: "x", count: 65))", "AuthPayload=12"] {
            let refused = Fixture.code { () throws(APIFailure) in
                try fixture.update(factor: factor.sid, "FriendlyName=Newer&" + bad)
            }
            #expect(refused == (bad.hasPrefix("Friendly") ? nil : 60306))
        }
    }

    @Test(arguments: ["12", "123456789", "12345x", "１２３４５６", " 123456"])
    func `What is no code is not looked at`(code: String) throws {
        var fixture = Fixture()
        let factor = try fixture.makeFactor().factor
        let answer = fixture.ask(
            "POST", "\(Self.path)/\(factor.sid)", form: "AuthPayload=\(FormFields.encoded(code))")
        #expect((answer.status, answer.body?["code"]) == (400, 60306))
        #expect(try fixture.factor(factor.sid).wrongCodes == 0)
    }

    @Test func `The same secret is not bound twice to an entity`() throws {
        var fixture = Fixture()
        let binding = "Binding.Secret=\(Self.secret)"
        let first = try fixture.makeFactor(binding).factor
        let again = fixture.ask("POST", Self.path, form: "FriendlyName=x&FactorType=totp&\(binding.lowercased())")
        #expect(again.status == 201)
        let same = Fixture.code { () throws(APIFailure) in
            try fixture.makeFactor("Binding.Secret=\(Self.secret.lowercased())")
        }
        #expect(same == 60317)
        try fixture.makeFactor(binding, identity: "somebody-else")
        try fixture.twilio.deleteFactor(
            service: fixture.service, identity: Fixture.identity, first.sid, now: fixture.now)
        try fixture.makeFactor(binding)
    }

    @Test func `An entity has a hundred factors, and gets a hundred a day`() throws {
        var fixture = Fixture()
        func make() -> Int? { Fixture.code { () throws(APIFailure) in try fixture.makeFactor() } }
        let first = try fixture.verifiedFactor()
        for _ in 2...100 { #expect(make() == nil) }
        #expect(make() == 60315)
        try fixture.twilio.deleteFactor(
            service: fixture.service, identity: Fixture.identity, first.sid, now: fixture.now)
        #expect(make() == 60326)
        fixture.advance(24 * 3600)
        // The others were never verified.
        #expect(make() == nil)
        #expect(fixture.ask("GET", Self.path).body?["factors"]?.count == 1)
    }

    @Test func `They are listed in pages and deleted once`() throws {
        var fixture = Fixture()
        let sids = try (0..<7).map { _ in try fixture.makeFactor().factor.sid }
        func listed(_ query: String) -> [String?] {
            guard case .array(let items) = fixture.ask("GET", Self.path + query).body?["factors"] else { return [] }
            return items.map { $0["sid"]?.text }
        }
        #expect(listed("") == sids)
        #expect(listed("?PageSize=3&Page=1") == Array(sids[3..<6]))
        #expect(fixture.ask("DELETE", "\(Self.path)/\(sids[0])") == APIResponse(status: 204, body: nil))
        #expect(fixture.ask("DELETE", "\(Self.path)/\(sids[0])").body?["code"] == 20404)
        #expect(fixture.ask("GET", "\(Self.path)/\(sids[0])").status == 404)
        #expect(listed("") == Array(sids.dropFirst()))
    }

    @Test func `By the old rules a wrong code is an error, and counts`() throws {
        var fixture = Fixture { $0.refusesWrongCodes = true }
        let factor = try fixture.makeFactor().factor
        for _ in 1...5 {
            let answer = fixture.ask(
                "POST", "\(Self.path)/\(factor.sid)", form: "AuthPayload=\(fixture.wrongCode(of: factor))")
            #expect((answer.status, answer.body?["code"]) == (403, 60311))
        }
        let answer = fixture.ask("POST", "\(Self.path)/\(factor.sid)", form: "AuthPayload=\(fixture.code(of: factor))")
        #expect(answer.body?["code"] == 60310)
    }
}
