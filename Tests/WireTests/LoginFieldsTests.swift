import Basics
import Testing
import Wire

@Suite("Contract 2: fields of login jobs")
struct LoginFieldsTests {
    private func problems(_ key: String, _ body: String) -> [FieldProblem] { Messages.read(key, body).problems }

    private func code(_ json: String) -> String? {
        guard case .check(let code, _)? = Messages.read("check", #"{"user":"u1","code":\#(json)}"#).job?.request
        else { return nil }
        return code.revealed
    }

    @Test("2 application: web by default; 2 login: one shared by all jobs without it")
    func defaults() throws {
        let job = try #require(Messages.read("options", #"{"user":"u1","x":{"y":[1]},"User":1}"#).job)
        #expect(job.kind == .options)
        #expect(job.login == Job.Login(user: "u1"))
        #expect(job.login.application == .web)
        #expect(job.login.login.isEmpty)
    }

    @Test("2 Common fields: user, application, login, client, locale")
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
        "2 check: white space, dashes and format characters of a code are dropped; digits of any script are digits",
        arguments: [
            "123456", "123 456", "1-2-3-4-5-6", " 123456 ", "12 - 34-56", "123\\u00a0456", "123\\u202f456\\u00a0",
            "123456\\t", "123456\\n", "123456\\r\\n", "\\u200b123456", "123\\u200d456", "\\ufeff123456",
            "\\u202a123456\\u202c", "123\\u2011456", "12\u{2013}34\u{2013}56", "\\u2066123456\\u2069", "\u{3000}123456",
            "12\u{FF0D}34\u{2E3A}56", "\u{AD}123456", "１２３４５６", "١٢٣٤٥٦", "۱۲۳۴۵۶", "१२३४५६", "123٤٥٦",
            "\u{1D7CF}\u{1D7D0}\u{1D7D1}456", "\u{1E951}\u{1E952}\u{1E953}456",
        ])
    func codes(typed: String) {
        #expect(code("\"\(typed)\"") == "123456")
    }

    @Test("2 check: then 3 to 10 digits", arguments: [3, 4, 9, 10])
    func codeLengths(count: Int) {
        #expect(code("\"" + String(repeating: "7", count: count) + "\"")?.count == count)
    }

    @Test(
        "2 check: any other code is invalid",
        arguments: [
            ("\"12\"", "malformed"), ("\"12345678901\"", "malformed"), ("\"12a456\"", "malformed"),
            ("\"１２\"", "malformed"), ("\"①②③④\"", "malformed"), ("\"123.456\"", "malformed"),
            ("\"½¾123\"", "malformed"),
            ("\"一二三四\"", "malformed"), ("\"12_34_56\"", "malformed"), ("\"---\"", "malformed"),
            ("\"x123456\"", "malformed"),
            ("\"\\u200b\\u2013 \"", "malformed"), ("\"12\u{FE0F}34\"", "malformed"), ("\"123\\u0000456\"", "malformed"),
            ("\"\"", "too_short"), ("123456", "wrong_type"), ("null", "wrong_type"), ("[\"123456\"]", "wrong_type"),
        ])
    func badCodes(json: String, reason: String) {
        #expect(problems("check", #"{"user":"u1","code":\#(json)}"#) == [FieldProblem("code", reason)])
    }

    @Test("5.6 Codes are nowhere: not in a print of the job")
    func codeIsHidden() throws {
        let job = try #require(Messages.read("check", #"{"user":"u1","code":"918273"}"#).job)
        var dumped = ""
        dump(job, to: &dumped)
        #expect(!"\(job) \(dumped)".contains("918273"))
    }

    @Test("2 check: method is phone or authenticator")
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
        "2 user: 1 to 128 characters",
        arguments: ["u", "Zoë O'Neil", "a@b.example", "用户", "a\\u200db", String(repeating: "é", count: 128)])
    func users(user: String) {
        #expect(Messages.read("options", #"{"user":"\#(user)"}"#).job != nil)
    }

    @Test(
        "2 user: no control characters, no outer white space",
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
        "2 Common fields: a wrong type, length or name is invalid",
        arguments: [
            (#""application":"ios""#, "application", "unknown_value"),
            (#""application":"Web""#, "application", "unknown_value"),
            (#""login":"1234567""#, "login", "too_short"),
            (#""login":12345678"#, "login", "wrong_type"), (#""client":"""#, "client", "too_short"),
            (#""client":{}"#, "client", "wrong_type"), (#""locale":true"#, "locale", "wrong_type"),
        ])
    func badFields(member: String, field: String, reason: String) {
        #expect(problems("options", #"{"user":"u1",\#(member)}"#) == [FieldProblem(field, reason)])
    }

    @Test(
        "2 locale: what browsers and systems call a language; what is none is passed over",
        arguments: [
            ("en-US", "en-US"), ("en_US", "en-US"), ("en_US.UTF-8", "en-US"), ("de-CH,de;q=0.9", "de-CH"),
            ("de@euro", "de"), (" pt-BR ", "pt-BR"), ("zh-Hant-HK", "zh-Hant-HK"), ("*", nil), ("", nil), ("C", nil),
            ("POSIX.", "POSIX"), ("en--US", nil), ("en-", nil), ("1a", nil), ("é", nil), ("en-Größe", nil),
            (String(repeating: "a", count: 4000), nil), ("en" + String(repeating: "-abcdefgh", count: 5), nil),
        ] as [(String, String?)])
    func locales(typed: String, locale: String?) throws {
        let job = try #require(Messages.read("options", #"{"user":"u1","locale":"\#(typed)"}"#).job)
        #expect(job.login.locale == locale)
    }

    @Test("2 login: 8 to 64 characters; 2 client: 1 to 128")
    func lengths() {
        for (field, most) in [("login", 64), ("client", 128)] {
            let fits = String(repeating: "x", count: most)
            #expect(Messages.read("options", #"{"user":"u1","\#(field)":"\#(fits)"}"#).job != nil)
            #expect(
                problems("options", #"{"user":"u1","\#(field)":"\#(fits)x"}"#) == [FieldProblem(field, "too_long")])
        }
    }

    @Test("2 Table: user, channel, code, phone and job are required")
    func missing() {
        #expect(problems("options", "{}") == [FieldProblem("user", "missing")])
        #expect(problems("send", #"{"user":"u1"}"#) == [FieldProblem("channel", "missing")])
        #expect(problems("check", #"{"user":"u1"}"#) == [FieldProblem("code", "missing")])
        #expect(problems("outcome", #"{"user":"u1"}"#) == [FieldProblem("job", "missing")])
        #expect(problems("register.phone", #"{"user":"u1"}"#).map(\.field) == ["phone", "channel"])
    }

    @Test("2 register.phone: phone as typed, region in either case, channel, ticket")
    func registerPhone() throws {
        let body = #"{"user":"u1","phone":"(415) 555-0142","region":"us","channel":"sms","ticket":"AB-1"}"#
        let job = try #require(Messages.read("register.phone", body).job)
        guard case .registerPhone(let phone, let region, .sms, let ticket) = job.request else {
            Issue.record("not a registration by SMS")
            return
        }
        #expect(phone.revealed == "(415) 555-0142")
        #expect(region == "US")
        #expect(ticket?.revealed == "AB-1")
        #expect(!"\(job)".contains("555") && !"\(job)".contains("AB-1"))
    }

    @Test("2 register.authenticator: label, qr as SVG by default, ticket")
    func registerAuthenticator() throws {
        func request(_ members: String) -> (label: String?, picture: Picture, ticket: String?)? {
            let job = Messages.read("register.authenticator", #"{"user":"u1"\#(members)}"#).job
            guard case .registerAuthenticator(let label, let picture, let ticket)? = job?.request else { return nil }
            return (label, picture, ticket?.revealed)
        }
        #expect(try #require(request("")) == (nil, .svg, nil))
        #expect(try #require(request(#","label":"Zoë","qr":"png","ticket":"T""#)) == ("Zoë", .png, "T"))
        #expect(try #require(request(#","qr":"none""#)).picture == .none)
        #expect(
            problems("register.authenticator", #"{"user":"u1","label":"a\nb"}"#) == [FieldProblem("label", "malformed")]
        )
    }

    @Test("2 cancel: job is optional; 2 outcome: job is a message id")
    func otherJobs() throws {
        guard case .cancel(nil)? = Messages.read("cancel", #"{"user":"u1"}"#).job?.request,
            case .cancel("m-2")? = Messages.read("cancel", #"{"user":"u1","job":"m-2"}"#).job?.request,
            case .outcome("m-2")? = Messages.read("outcome", #"{"user":"u1","job":"m-2"}"#).job?.request
        else {
            Issue.record("not read")
            return
        }
        for key in ["cancel", "outcome"] {
            #expect(problems(key, #"{"user":"u1","job":"a b"}"#) == [FieldProblem("job", "malformed")])
            #expect(problems(key, #"{"user":"u1","job":""}"#) == [FieldProblem("job", "too_short")])
        }
    }

    @Test("2 login: a NUL would end it for the store, so it is malformed")
    func loginWithNUL() {
        #expect(
            problems("options", #"{"user":"u1","login":"sign-in-\u0000x"}"#) == [FieldProblem("login", "malformed")])
        #expect(Messages.read("options", #"{"user":"u1","login":"sign-in-\u0001é"}"#).job != nil)
    }

    @Test(
        "2 region: ISO 3166-1 alpha-2",
        arguments: [("USA", "too_long"), ("U", "too_short"), ("U1", "malformed")])
    func badRegion(region: String, reason: String) {
        let body = #"{"user":"u1","phone":"+14155550142","region":"\#(region)","channel":"sms"}"#
        #expect(problems("register.phone", body) == [FieldProblem("region", reason)])
    }
}
