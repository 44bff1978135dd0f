import Basics
import Testing

@testable import TwilioSimulator

@Suite("Requests and answers") struct DispatchTests {
    @Test(arguments: [nil, "", "Basic", "Basic !!!", "Bearer x", "Basic QUMxOnNlY3JldA=="] as [String?])
    func `Wrong credentials are refused`(header: String?) {
        var fixture = Fixture()
        let answer = fixture.ask("GET", "/v2/Services", authorization: header)
        #expect(answer.status == 401)
        #expect(answer.body?["code"] == 20003)
    }

    @Test func `An API key with the token is taken`() {
        var fixture = Fixture()
        // `SK` and 32 times `a`, then `:secret`.
        let key = "Basic U0thYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYTpzZWNyZXQ="
        #expect(fixture.ask("GET", "/v2/Services", authorization: key).status == 200)
    }

    @Test func `A number in a path may be escaped or not`() {
        var fixture = Fixture()
        let base = "/v2/Services/\(fixture.service)/Verifications"
        let started = fixture.ask("POST", base, form: "To=%2B15017122661&Channel=sms")
        #expect(started.status == 201)
        #expect(started.body?["date_created"] == "2023-11-14T22:13:20Z")
        #expect(started.body?["valid"] == false)
        for number in ["+15017122661", "%2B15017122661", "%2b15017122661"] {
            let found = fixture.ask("GET", base + "/" + number)
            #expect(found.body?["sid"] == started.body?["sid"])
        }
    }

    @Test func `A verification goes from start to approval`() throws {
        var fixture = Fixture()
        let base = "/v2/Services/\(fixture.service)"
        let started = fixture.ask("POST", base + "/Verifications", form: "To=%2B15017122661&Channel=SMS")
        let sid = try #require(started.body?["sid"]?.text)
        let code = try #require(fixture.twilio.outbox.last?.code)
        let form = "VerificationSid=\(sid)&Code=\(code)"
        let checked = fixture.ask("POST", base + "/VerificationCheck", form: form)
        #expect(checked.status == 200)
        #expect(checked.body?["status"] == "approved")
        #expect(checked.body?["valid"] == true)
        let again = fixture.ask("POST", base + "/VerificationCheck", form: form)
        #expect(
            again.body?.rendered == """
                {"code":20404,"message":"The requested resource \(base.dropFirst(3))/VerificationCheck was not found",\
                "more_info":"https://www.twilio.com/docs/errors/20404","status":404}
                """)
    }

    @Test(arguments: [
        ("GET", "/v2", 404), ("GET", "/v2/Nothing", 404), ("GET", "/v2/Services/VA9", 404),
        ("GET", "/v2/Services/VA9/Verifications/VE1", 404), ("POST", "/v2/Services/VA9/Verifications", 404),
        ("POST", "/v2/Services/VA9/VerificationCheck", 404), ("GET", "/v2/Services/VA9/VerificationCheck", 405),
        ("POST", "/v2/Attempts", 405), ("GET", "/v2/Attempts/VL1", 404), ("GET", "/v2/Attempts/Summary", 200),
        ("GET", "/v2/Attempts", 200), ("PUT", "/v2/Services", 405), ("GET", "/v2/Services/VA9/Entities/x", 404),
        ("PUT", "/v2/Services/VA9", 405), ("GET", "/v2/Services/VA9/Verifications", 405),
        ("GET", "/v2/Attempts/Summary/x", 404), ("GET", "/v2/Services/VA9/Verifications/VE1/x", 404),
        ("POST", "/v2/Services/VA9/VerificationCheck/x", 404),
    ])
    func `Paths lead where they should`(method: String, path: String, status: Int) {
        var fixture = Fixture()
        #expect(fixture.ask(method, path).status == status)
    }
}
