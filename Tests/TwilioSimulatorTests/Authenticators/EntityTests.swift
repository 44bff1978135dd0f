import Basics
import Testing
import Web

@testable import TwilioSimulator

@Suite("Entities") struct EntityTests {
    private static let base = "/v2/Services/\(SimulatorConfiguration().serviceSID)/Entities"

    @Test func `An entity comes and goes, with all it has`() throws {
        var fixture = Fixture()
        let made = fixture.ask("POST", Self.base, form: "Identity=\(Fixture.identity)")
        #expect(made.status == 201)
        #expect(made.body?["identity"] == .string(Fixture.identity))
        #expect(made.body?["links"]?["new_factors"] == .string("http://sim:1\(Self.base)/\(Fixture.identity)/Factors"))
        let again = fixture.ask("POST", Self.base, form: "Identity=\(Fixture.identity.uppercased())")
        #expect((again.status, again.body?["code"]) == (409, 60301))
        let path = "\(Self.base)/\(Fixture.identity)"
        #expect(fixture.ask("GET", path).body?["sid"] == made.body?["sid"])
        let factor = try fixture.verifiedFactor()
        try fixture.challenge(factor)
        #expect(fixture.ask("DELETE", path) == APIResponse(status: 204, body: nil))
        for rest in ["", "/Factors", "/Factors/\(factor.sid)", "/Challenges"] {
            #expect(fixture.ask("GET", path + rest).body?["code"] == 20404, "\(rest)")
        }
        #expect(fixture.ask("DELETE", path).status == 404)
        #expect(try fixture.makeFactor().entity.sid != made.body?["sid"]?.text)
    }

    @Test func `A factor makes its entity, whose name is the same in either case`() throws {
        var fixture = Fixture()
        let made = try fixture.makeFactor(identity: "DD68-0aec40")
        let found = fixture.ask("GET", Self.base + "/dd68-0AEC40")
        #expect(found.body?["sid"] == .string(made.entity.sid))
        #expect(found.body?["identity"] == "DD68-0aec40")
        #expect(try fixture.makeFactor(identity: "dd68-0aec40").entity.sid == made.entity.sid)
        let listed = fixture.ask("GET", Self.base + "/dd68-0aec40/Factors")
        #expect(listed.body?["factors"]?.count == 2)
    }

    @Test(arguments: ["", "short-7", "with space", "umläut-12", "under_score", String(repeating: "x", count: 65)])
    func `What is no identity is refused`(identity: String) {
        var fixture = Fixture()
        let form = "Identity=\(FormFields.encoded(identity))"
        let answer = fixture.ask("POST", Self.base, form: form)
        #expect((answer.status, answer.body?["code"]) == (400, 60306))
        let made = Fixture.code { () throws(APIFailure) in try fixture.makeFactor(identity: identity) }
        #expect(made == 60306)
        #expect(fixture.twilio.entities.isEmpty)
    }

    @Test(arguments: ["12345678", String(repeating: "x", count: 64), "A-b-3-----"])
    func `The longest and the shortest are taken`(identity: String) throws {
        var fixture = Fixture()
        #expect(fixture.ask("POST", Self.base, form: "Identity=\(identity)").status == 201)
    }

    @Test func `They are listed in the order of their creation, each service's apart`() throws {
        var fixture = Fixture()
        let other = fixture.ask("POST", "/v2/Services", form: "FriendlyName=Other").body?["sid"]?.text ?? ""
        for number in 10..<17 { _ = fixture.ask("POST", Self.base, form: "Identity=identity-\(number)") }
        _ = fixture.ask("POST", "/v2/Services/\(other)/Entities", form: "Identity=identity-10")
        func identities(_ query: String) -> [JSONValue?] {
            guard case .array(let items) = fixture.ask("GET", Self.base + query).body?["entities"] else { return [] }
            return items.map { $0["identity"] }
        }
        #expect(identities("") == (10..<17).map { .string("identity-\($0)") })
        #expect(identities("?PageSize=3&Page=2") == ["identity-16"])
        #expect(fixture.ask("GET", "/v2/Services/\(other)/Entities").body?["entities"]?.count == 1)
        #expect(fixture.ask("DELETE", "/v2/Services/\(other)").status == 204)
        #expect(fixture.twilio.entities.count == 7)
    }

    @Test func `Entities can be made only so fast, implicit ones included`() throws {
        var fixture = Fixture { $0.entitiesPerMinute = 2 }
        try fixture.makeFactor(identity: "identity-1")
        #expect(fixture.ask("POST", Self.base, form: "Identity=identity-2").status == 201)
        let refused = Fixture.code { () throws(APIFailure) in try fixture.makeFactor(identity: "identity-3") }
        #expect(refused == 60328)
        #expect(fixture.ask("POST", Self.base, form: "Identity=identity-3").status == 429)
        try fixture.makeFactor(identity: "identity-1")
        fixture.advance(60)
        try fixture.makeFactor(identity: "identity-3")
    }

    @Test(arguments: [
        ("PUT", "", 405), ("DELETE", "", 405), ("POST", "/identity-1", 405), ("GET", "/identity-1/Other", 404),
        ("DELETE", "/identity-1/Factors", 405), ("PUT", "/identity-1/Factors/YF1", 405),
        ("GET", "/identity-1/Factors/YF1/x", 404), ("DELETE", "/identity-1/Challenges/YC1", 405),
        ("PUT", "/identity-1/Challenges", 405), ("POST", "/identity-1/Challenges/YC1/Notifications", 404),
        ("GET", "/identity-1", 404), ("GET", "/identity-1/Factors", 404), ("GET", "/identity-1/Challenges", 404),
    ])
    func `Paths lead where they should`(method: String, path: String, status: Int) {
        var fixture = Fixture()
        #expect(fixture.ask(method, Self.base + path).status == status)
    }

    @Test func `Nothing is found in a service that there is not`() {
        var fixture = Fixture()
        let base = "/v2/Services/VA9/Entities"
        for (method, path, form) in [
            ("GET", base, ""), ("POST", base, "Identity=identity-1"), ("GET", base + "/identity-1", ""),
            ("DELETE", base + "/identity-1", ""),
            ("POST", base + "/identity-1/Factors", "FactorType=totp&FriendlyName=x"),
        ] {
            let answer = fixture.ask(method, path, form: form)
            #expect((answer.status, answer.body?["code"]) == (404, 20404), "\(method) \(path)")
        }
    }
}
