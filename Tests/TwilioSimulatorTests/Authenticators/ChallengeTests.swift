import Basics
import Testing

@testable import TwilioSimulator

@Suite("Challenges") struct ChallengeTests {
    private static let path =
        "/v2/Services/\(SimulatorConfiguration().serviceSID)/Entities/\(Fixture.identity)/Challenges"

    @Test func `A right code approves at once, a wrong one leaves it pending`() throws {
        var fixture = Fixture()
        let factor = try fixture.verifiedFactor()
        let form = "FactorSid=\(factor.sid)&HiddenDetails=%7B%22request%22:%22r1%22%7D&AuthPayload="
        let approved = fixture.ask("POST", Self.path, form: form + fixture.code(of: factor))
        #expect((approved.status, approved.body?["status"]) == (201, "approved"))
        #expect(approved.body?["date_responded"] == "2023-11-14T22:13:20Z")
        #expect(approved.body?["expiration_date"] == "2023-11-14T22:18:20Z")
        #expect(approved.body?["hidden_details"] == .object(["request": "r1"]))
        #expect(approved.body?["details"] == .null)
        let wrong = fixture.ask("POST", Self.path, form: form + fixture.wrongCode(of: factor))
        #expect((wrong.status, wrong.body?["status"]) == (201, "pending"))
        #expect(wrong.body?["date_responded"] == .null)
        let sid = try #require(wrong.body?["sid"]?.text)
        let later = fixture.ask("POST", "\(Self.path)/\(sid)", form: "AuthPayload=\(fixture.code(of: factor))")
        #expect((later.status, later.body?["status"]) == (200, "approved"))
        #expect(fixture.ask("GET", "\(Self.path)/\(sid)").body == later.body)
        #expect(fixture.twilio.statistics.challenges == 2)
        #expect(fixture.twilio.statistics.challengesApproved == 2)
    }

    @Test func `What is told to people is kept`() throws {
        var fixture = Fixture()
        let factor = try fixture.verifiedFactor()
        let fields = ["A", "B"].map { "Details.Fields=%7B%22label%22:%22\($0)%22,%22value%22:%22v%22%7D" }
        let form =
            "FactorSid=\(factor.sid)&Details.Message=Hi&ExpirationDate=2023-11-14T23:13:20Z&"
            + fields.joined(separator: "&")
        let made = fixture.ask("POST", Self.path, form: form)
        #expect(
            made.body?["details"]
                == .object([
                    "message": "Hi", "date": "2023-11-14T22:13:20Z",
                    "fields": .array([
                        .object(["label": "A", "value": "v"]), .object(["label": "B", "value": "v"]),
                    ]),
                ]))
        #expect(made.body?["expiration_date"] == "2023-11-14T23:13:20Z")
        let sid = try #require(made.body?["sid"]?.text)
        let marked = fixture.ask("POST", "\(Self.path)/\(sid)", form: "Metadata=%7B%22os%22:%22Android%22%7D")
        #expect(marked.body?["metadata"] == .object(["os": "Android"]))
        #expect(marked.body?["status"] == "pending")
    }

    @Test(arguments: [
        "", "FactorSid=YF1", "FactorSid=MINE&AuthPayload=12", "FactorSid=MINE&AuthPayload=12345x",
        "FactorSid=MINE&HiddenDetails=x", "FactorSid=MINE&HiddenDetails=%7B%22a%22:%7B%7D%7D",
        "FactorSid=MINE&HiddenDetails=%7B%22a%22:%22LONG%22%7D", "FactorSid=MINE&Details.Message=LONG",
        "FactorSid=MINE&Details.Fields=x", "FactorSid=MINE&Details.Fields=%7B%22label%22:%22x%22%7D",
        "FactorSid=MINE&ExpirationDate=tomorrow", "FactorSid=MINE&ExpirationDate=2023-11-14T22:13:20Z",
        "FactorSid=MINE&ExpirationDate=2023-11-14T23:13:21Z",
    ])
    func `A bad request makes nothing`(form: String) throws {
        var fixture = Fixture()
        let factor = try fixture.verifiedFactor()
        let filled = form.replacing("=MINE", with: "=\(factor.sid)")
            .replacing("LONG", with: String(repeating: "x", count: 1024))
        let answer = fixture.ask("POST", Self.path, form: filled)
        #expect((answer.status, answer.body?["code"]) == (400, 60306))
        #expect(fixture.ask("GET", Self.path).body?["challenges"]?.count == 0)
    }

    @Test func `A factor is needed that has been verified`() throws {
        var fixture = Fixture()
        let factor = try fixture.makeFactor().factor
        #expect(Fixture.code { () throws(APIFailure) in try fixture.challenge(factor) } == 60318)
        var missing = factor
        try fixture.twilio.deleteFactor(
            service: fixture.service, identity: Fixture.identity, factor.sid, now: fixture.now)
        #expect(Fixture.code { () throws(APIFailure) in try fixture.challenge(missing) } == 20404)
        missing = try fixture.verifiedFactor()
        let open = try fixture.challenge(missing)
        try fixture.twilio.deleteFactor(
            service: fixture.service, identity: Fixture.identity, missing.sid, now: fixture.now)
        #expect(
            Fixture.code { () throws(APIFailure) in try fixture.answer(open, fixture.code(of: missing)) } == 20404)
        #expect(fixture.ask("GET", "\(Self.path)/\(open.sid)").body?["status"] == "pending")
    }

    @Test func `A challenge has five tries, the one at its creation included`() throws {
        var fixture = Fixture()
        let factor = try fixture.verifiedFactor()
        let wrong = fixture.wrongCode(of: factor)
        let made = try fixture.challenge(factor, wrong)
        for _ in 2...5 { #expect(try fixture.answer(made, wrong).status(now: fixture.now) == .pending) }
        for code in [wrong, fixture.code(of: factor)] {
            let answer = fixture.ask("POST", "\(Self.path)/\(made.sid)", form: "AuthPayload=\(code)")
            #expect((answer.status, answer.body?["code"]) == (429, 60308))
        }
        #expect(try fixture.challenge(factor, fixture.code(of: factor)).responded != nil)
    }

    @Test func `It is answered once, and in time`() throws {
        var fixture = Fixture()
        let factor = try fixture.verifiedFactor()
        let answered = try fixture.challenge(factor, fixture.code(of: factor))
        let open = try fixture.challenge(factor)
        func code(_ challenge: SimulatedChallenge) -> Int? {
            Fixture.code { () throws(APIFailure) in try fixture.answer(challenge, fixture.code(of: factor)) }
        }
        #expect(code(answered) == 60322)
        fixture.advance(300)
        #expect(code(open) == 60323)
        #expect(code(answered) == 60322)
        #expect(fixture.ask("GET", "\(Self.path)/\(open.sid)").body?["status"] == "expired")
        #expect(fixture.ask("GET", "\(Self.path)/\(answered.sid)").body?["status"] == "approved")
    }

    @Test(arguments: [(6, 50, 3600), (5, 50, 3600), (4, 10, 24 * 3600), (3, 10, 24 * 3600)])
    func `A factor gets only so many`(digits: Int, limit: Int, window: Int) throws {
        var fixture = Fixture()
        let factor = try fixture.verifiedFactor("Config.CodeLength=\(digits)")
        let other = try fixture.verifiedFactor()
        for _ in 1...limit { try fixture.challenge(factor, fixture.wrongCode(of: factor)) }
        func make() -> Int? { Fixture.code { () throws(APIFailure) in try fixture.challenge(factor) } }
        #expect(make() == 60312)
        try fixture.challenge(other)
        fixture.advance(window - 1)
        #expect(make() == 60312)
        fixture.advance(1)
        for _ in 1...limit { #expect(make() == nil) }
        #expect(make() == 60312)
        // With codes of more digits a hundred a day are the next limit.
        if digits > 4 {
            fixture.advance(3600)
            #expect(make() == 60312)
            fixture.advance(22 * 3600)
            #expect(make() == nil)
        }
    }

    @Test func `Lists have filters, an order and pages`() throws {
        var fixture = Fixture()
        let first = try fixture.verifiedFactor()
        let second = try fixture.verifiedFactor()
        let expired = try fixture.challenge(first)
        fixture.advance(300)
        let approved = try fixture.challenge(second, fixture.code(of: second))
        let pending = try fixture.challenge(first)
        func listed(_ query: String) -> [String?] {
            guard case .array(let items) = fixture.ask("GET", "\(Self.path)?\(query)").body?["challenges"] else {
                return []
            }
            return items.map { $0["sid"]?.text }
        }
        #expect(listed("") == [expired.sid, approved.sid, pending.sid])
        #expect(listed("Order=asc") == listed(""))
        #expect(listed("Order=desc") == [pending.sid, approved.sid, expired.sid])
        #expect(listed("FactorSid=\(first.sid)&Order=desc") == [pending.sid, expired.sid])
        #expect(listed("Status=expired") == [expired.sid])
        #expect(listed("Status=approved") == [approved.sid])
        #expect(listed("Status=pending") == [pending.sid])
        #expect(listed("Status=denied") == [])
        #expect(listed("Order=desc&PageSize=1&Page=1") == [approved.sid])
        for bad in ["Status=open", "Order=up", "FactorSid=YF1"] {
            #expect(fixture.ask("GET", "\(Self.path)?\(bad)").body?["code"] == 60306)
        }
    }

    @Test func `A code counts again unless that is forbidden`() throws {
        var fixture = Fixture()
        let lenient = try fixture.verifiedFactor()
        for _ in 1...3 {
            #expect(try fixture.challenge(lenient, fixture.code(of: lenient)).responded == fixture.now)
        }
        fixture.twilio.codes.refuseReplay = true
        let strict = try fixture.verifiedFactor()
        // The code that verified it is used, and so is every one before.
        for steps in [0, -1] {
            #expect(try fixture.challenge(strict, fixture.code(of: strict, steps)).responded == nil)
        }
        #expect(try fixture.challenge(strict, fixture.code(of: strict, 1)).responded != nil)
        #expect(try fixture.challenge(strict, fixture.code(of: strict, 1)).responded == nil)
        fixture.advance(60)
        #expect(try fixture.challenge(strict, fixture.code(of: strict)).responded != nil)
    }

    @Test func `By the old rules a wrong code is an error, and the challenge is there`() throws {
        var fixture = Fixture { $0.refusesWrongCodes = true }
        let factor = try fixture.verifiedFactor()
        let form = "FactorSid=\(factor.sid)&AuthPayload=\(fixture.wrongCode(of: factor))"
        let answer = fixture.ask("POST", Self.path, form: form)
        #expect((answer.status, answer.body?["code"]) == (403, 60324))
        #expect(fixture.ask("GET", Self.path).body?["challenges"]?.count == 1)
    }
}
