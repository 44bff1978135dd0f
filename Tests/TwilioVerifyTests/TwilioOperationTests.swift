import Testing

@testable import TwilioVerify

@Suite struct TwilioOperationTests {
    @Test(
        "a request's operation is told by method and path, without any id",
        arguments: [
            (.post, "Services/VA1/Verifications", .startVerification),
            (.get, "Services/VA1/Verifications/%2B14155550100", .readVerification),
            (.post, "Services/VA1/Verifications/VE1", .cancelVerification),
            (.post, "Services/VA1/VerificationCheck", .check),
            (.get, "Attempts?VerificationSid=VE1&PageSize=50", .attempts),
            (.get, "Services/VA1", .service), (.post, "Services", .service),
            (.post, "Services/VA1/Entities/x/Factors", .factor),
            (.post, "Services/VA1/Entities/x/Factors/YF1", .factor),
            (.post, "Services/VA1/Entities/x/Challenges", .challenge),
            (.delete, "Services/VA1/Entities/x", .entity), (.get, "Templates", .other), (.get, "", .other),
        ] as [(TransportRequest.Method, String, TwilioOperation)])
    func operation(_ method: TransportRequest.Method, _ path: String, _ expected: TwilioOperation) {
        #expect(TwilioOperation(method, path: path) == expected)
    }
}
