import Basics
import Testing
import TwilioVerify

@Suite("What a failure means", .timeLimit(.minutes(10))) struct FailureTests {
    private func failure(_ response: TransportResponse) async -> CallFailure? {
        await failure(.success(response))
    }

    private func failure(_ result: Result<TransportResponse, TransportError>) async -> CallFailure? {
        do throws(CallFailure) {
            _ = try await Sample.client(ScriptedTransport(result)).check(
                verificationSID: Sample.verification, code: Redacted("123456"), gate: { true })
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        (429, #"{"code":"20429"}"#, CallFailure.Effect.none, CallFailure.Result.rateLimited, TwilioMeaning.rateLimited),
        (429, "", .none, .rateLimited, .rateLimited), (429, #"{"code":60212}"#, .none, .rateLimited, .concurrent),
        (429, #"{"code":99999}"#, .none, .rateLimited, .rateLimited),
        (429, #"{"code":60202}"#, .refused, .rateLimited, .maxChecks),
        (429, #"{"code":60203}"#, .refused, .rateLimited, .maxSends),
        (400, #"{"code":25109}"#, .none, .rateLimited, .rateLimited),
        (401, #"{"code":20003}"#, .refused, .unauthorized, .credentials),
        (401, "", .refused, .unauthorized, .credentials),
        (403, "", .refused, .unauthorized, .credentials),
        (403, #"{"code":20005}"#, .refused, .unauthorized, .credentials),
        (403, #"{"code":60410}"#, .refused, .clientError, .fraudGuard),
        (403, #"{"code":99999}"#, .refused, .clientError, .other),
        (404, #"{"code":20404}"#, .refused, .notFound, .notFound),
        (404, "<html>", .refused, .notFound, .notFound), (405, #"{"code":20004}"#, .refused, .clientError, .other),
        (408, "", .unknown, .timeout, .other), (400, #"{"code":99999}"#, .refused, .clientError, .other),
        (500, "", .unknown, .serverError, .providerFault), (502, "<html>", .unknown, .serverError, .providerFault),
        (503, #"{"code":20503}"#, .unknown, .serverError, .providerFault),
        (503, #"{"code":20429}"#, .unknown, .serverError, .rateLimited),
        (504, "", .unknown, .serverError, .providerFault), (302, "", .unknown, .badResponse, .other),
        (199, "", .unknown, .badResponse, .other), (200, "{}", .unknown, .badResponse, .providerFault),
        (204, "", .unknown, .badResponse, .providerFault), (600, "", .unknown, .badResponse, .other),
    ])
    func `Status and code decide together`(
        status: Int, body: String, effect: CallFailure.Effect, result: CallFailure.Result, meaning: TwilioMeaning
    ) async {
        let failure = await failure(TransportResponse(status: status, body: Array(body.utf8)))
        #expect(failure?.effect == effect)
        #expect(failure?.result == result)
        #expect(failure?.meaning == meaning)
        #expect(failure?.httpStatus == status)
    }

    @Test(arguments: [
        ("Invalid parameter: To", TwilioMeaning.invalidTo), ("Invalid parameter `To`", .invalidTo),
        ("Invalid parameter: Code", .wrongCode), ("Invalid parameter: AuthPayload", .wrongCode),
        ("Invalid parameter: Channel", .other), ("", .other),
        ("To: Invalid parameter", .other), ("Invalid parameter 'To'", .invalidTo),
        ("Invalid `To` parameter", .invalidTo), ("Invalid To parameter", .invalidTo),
        ("Invalid parameter `To`: not a valid phone number", .invalidTo),
        ("Invalid 'To' Phone Number: +1501XXXXXXX", .invalidTo), ("Invalid parameter: To. See the docs", .invalidTo),
        ("Invalid parameter \u{201C}To\u{201D} in the request", .invalidTo),
        ("The parameter 'Channel' cannot be used To", .other), ("Invalid parameter: Channel `To`", .invalidTo),
        ("Invalid parameter \"Code\": 4 to 10 digits", .wrongCode), ("Invalid parameter: Locale", .localeNotSupported),
        ("Invalid `Locale` parameter", .localeNotSupported), ("You are not allowed to", .other),
        ("'", .other), ("''", .other), ("'+15017122661' is no valid parameter To", .invalidTo),
    ])
    func `60200 goes by the parameter that it names`(message: String, meaning: TwilioMeaning) async {
        let body = JSONTree.object([("code", .number("60200")), ("message", .string(message))]).description
        #expect(await failure(TransportResponse(status: 400, body: Array(body.utf8)))?.meaning == meaning)
    }

    @Test(arguments: [
        (TransportError.Kind.timeout, CallFailure.Result.timeout), (.tls, .tlsError), (.withheld, .withheld),
        (.tooLarge, .badResponse), (.proxy, .proxyError), (.dns, .networkError), (.connect, .networkError),
        (.reset, .networkError),
        (.cancelled, .networkError), (.other, .networkError),
    ])
    func `Without an answer it counts how far the request had got`(
        kind: TransportError.Kind, result: CallFailure.Result
    ) async {
        #expect(
            await failure(.failure(TransportError(reach: .surelyNotSent, kind: kind)))
                == CallFailure(effect: .none, result: result))
        #expect(
            await failure(.failure(TransportError(reach: .maybeSent, kind: kind)))
                == CallFailure(effect: .unknown, result: result))
    }

    @Test(arguments: [
        "[]", "null", "\"\"", "7", "{", "{\"code\":", "\u{FEFF}{\"code\":60202}x", "{\"code\":{}}", "{\"code\":null}",
        "{\"code\":6e99}", "{\"code\":\"many\"}", "{\"code\":[60202]}", "{\"code\":true}",
    ])
    func `An unreadable envelope leaves the status`(body: String) async {
        let failure = await failure(TransportResponse(status: 429, body: Array(body.utf8)))
        #expect(failure?.code == nil)
        #expect(failure?.effect == CallFailure.Effect.none)
        #expect(failure?.meaning == .rateLimited)
    }

    @Test func `A failure says nothing of Twilio's words, of numbers or secrets`() async throws {
        let body = #"{"code":60200,"message":"Invalid parameter: To \#(Sample.number) s3cret","status":400}"#
        let transport = ScriptedTransport(status: 400, body)
        let failure = await #expect(throws: CallFailure.self) {
            try await Sample.client(transport).fetchVerification(.number(try Sample.to))
        }
        let request = try #require(transport.requests.first)
        for text in [
            String(describing: failure), String(reflecting: failure), String(describing: request),
            String(reflecting: request), "\(TransportResponse(status: 400, body: Array(body.utf8)))",
        ] {
            #expect(!text.contains("15017122661"))
            #expect(!text.contains("s3cret"))
        }
    }
}
