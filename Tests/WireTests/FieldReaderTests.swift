import Basics
import Testing
import Wire

@Suite("Fields of a job")
struct FieldReaderTests {
    private func problems(_ key: String, _ body: String) -> [FieldProblem] { Messages.read(key, body).problems }

    private func code(_ json: String) -> String? {
        guard case .check(let code, _)? = Messages.read("check", #"{"user":"u1","code":\#(json)}"#).job?.request
        else { return nil }
        return code.revealed
    }

    @Test("have the contract's defaults, and unknown ones are ignored")
    func defaults() throws {
        let job = try #require(Messages.read("options", #"{"user":"u1","x":{"y":[1]},"User":1}"#).job)
        #expect(job.kind == .options)
        #expect(job.login == Job.Login(user: "u1"))
        #expect(job.login.application == .web)
        #expect(job.login.login.isEmpty)
    }

    @Test("are all read")
    func all() throws {
        let body =
            #"{"user":"u1","application":"windows","login":"12345678","client":"10.0.0.1","locale":"en-GB","channel":"call"}"#
        let job = try #require(Messages.read("send", body).job)
        #expect(
            job.login
                == Job.Login(
                    user: "u1", application: .windows, login: "12345678", client: "10.0.0.1", locale: "en-GB"))
        guard case .send(.call) = job.request else {
            Issue.record("not a send by call")
            return
        }
    }

    @Test(
        "drop spaces and hyphens from a code",
        arguments: ["123456", "123 456", "1-2-3-4-5-6", " 123456 ", "12 - 34-56"])
    func codes(typed: String) {
        #expect(code("\"\(typed)\"") == "123456")
    }

    @Test("take codes of 3 to 10 digits", arguments: [3, 4, 9, 10])
    func codeLengths(count: Int) {
        #expect(code("\"" + String(repeating: "7", count: count) + "\"")?.count == count)
    }

    @Test(
        "refuse codes that cannot be one",
        arguments: [
            ("\"12\"", "malformed"), ("\"12345678901\"", "malformed"), ("\"12a456\"", "malformed"),
            ("\"１２３４５６\"", "malformed"), ("\"١٢٣٤٥٦\"", "malformed"), ("\"123.456\"", "malformed"),
            ("\"123\\u00a0456\"", "malformed"), ("\"12–34–56\"", "malformed"), ("\"---\"", "malformed"),
            ("\"\"", "too_short"), ("123456", "wrong_type"), ("null", "wrong_type"), ("[\"123456\"]", "wrong_type"),
        ])
    func badCodes(json: String, reason: String) {
        #expect(problems("check", #"{"user":"u1","code":\#(json)}"#) == [FieldProblem("code", reason)])
    }

    @Test("keep the code out of every print of the job")
    func codeIsHidden() throws {
        let job = try #require(Messages.read("check", #"{"user":"u1","code":"918273"}"#).job)
        var dumped = ""
        dump(job, to: &dumped)
        #expect(!"\(job) \(dumped)".contains("918273"))
    }

    @Test("read the method of a check")
    func method() throws {
        let job = try #require(Messages.read("check", #"{"user":"u1","code":"123456","method":"authenticator"}"#).job)
        guard case .check(_, .authenticator?) = job.request else {
            Issue.record("not a check of an authenticator")
            return
        }
        #expect(
            problems("check", #"{"user":"u1","code":"123456","method":"sms"}"#) == [
                FieldProblem("method", "unknown_value")
            ])
    }

    @Test(
        "take any id of 1 to 128 characters for a user",
        arguments: ["u", "Zoë O'Neil", "a@b.example", "用户", "a\\u200db", String(repeating: "é", count: 128)])
    func users(user: String) {
        #expect(Messages.read("options", #"{"user":"\#(user)"}"#).job != nil)
    }

    @Test(
        "refuse other users",
        arguments: [
            ("\"\"", "too_short"), ("\" a\"", "malformed"), ("\"a \"", "malformed"), ("\"a\\u00a0\"", "malformed"),
            ("\"\\u3000a\"", "malformed"), ("\"a\\u0000b\"", "malformed"), ("\"a\\nb\"", "malformed"),
            ("\"a\\u0085b\"", "malformed"), ("\"a\\u007fb\"", "malformed"), ("7", "wrong_type"), ("null", "wrong_type"),
            ("\"" + String(repeating: "x", count: 129) + "\"", "too_long"),
        ])
    func badUsers(json: String, reason: String) {
        #expect(problems("options", #"{"user":\#(json)}"#) == [FieldProblem("user", reason)])
    }

    @Test(
        "refuse values of the wrong kind, length or name",
        arguments: [
            (#""application":"ios""#, "application", "unknown_value"),
            (#""application":"Web""#, "application", "unknown_value"),
            (#""application":null"#, "application", "wrong_type"), (#""login":"1234567""#, "login", "too_short"),
            (#""login":12345678"#, "login", "wrong_type"), (#""client":"""#, "client", "too_short"),
            (#""client":{}"#, "client", "wrong_type"), (#""locale":"en_GB""#, "locale", "malformed"),
            (#""locale":true"#, "locale", "wrong_type"),
        ])
    func badFields(member: String, field: String, reason: String) {
        #expect(problems("options", #"{"user":"u1",\#(member)}"#) == [FieldProblem(field, reason)])
    }

    @Test("bound the login at 64 and the client at 128 characters")
    func lengths() {
        for (field, most) in [("login", 64), ("client", 128)] {
            let fits = String(repeating: "x", count: most)
            #expect(Messages.read("options", #"{"user":"u1","\#(field)":"\#(fits)"}"#).job != nil)
            #expect(
                problems("options", #"{"user":"u1","\#(field)":"\#(fits)x"}"#) == [FieldProblem(field, "too_long")])
        }
    }

    @Test("are missed where they are required")
    func missing() {
        #expect(problems("options", "{}") == [FieldProblem("user", "missing")])
        #expect(problems("send", #"{"user":"u1"}"#) == [FieldProblem("channel", "missing")])
        #expect(problems("check", #"{"user":"u1"}"#) == [FieldProblem("code", "missing")])
        #expect(problems("register.phone", #"{"user":"u1"}"#).map(\.field) == ["phone", "channel"])
    }

    @Test("read a phone to register, its region in either case")
    func registerPhone() throws {
        let body = #"{"user":"u1","phone":"(415) 555-0142","region":"us","channel":"sms"}"#
        let job = try #require(Messages.read("register.phone", body).job)
        guard case .registerPhone(let phone, let region, .sms, nil) = job.request else {
            Issue.record("not a registration by SMS")
            return
        }
        #expect(phone.revealed == "(415) 555-0142")
        #expect(region == "US")
        #expect(!"\(job)".contains("555"))
    }

    @Test(
        "refuse a region that is no two letters",
        arguments: [("USA", "too_long"), ("U", "too_short"), ("U1", "malformed")])
    func badRegion(region: String, reason: String) {
        let body = #"{"user":"u1","phone":"+14155550142","region":"\#(region)","channel":"sms"}"#
        #expect(problems("register.phone", body) == [FieldProblem("region", reason)])
    }
}
