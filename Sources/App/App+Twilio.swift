import Basics
import CurlHTTP
import TwilioVerify

extension App {
    /// A client with a thread of its own: make one, not one per call.
    ///
    /// - Parameter account: asked for at every call.
    func twilioClient(
        clocks: Clocks = .system, observer: (any TwilioObserver)? = nil,
        _ account: @escaping @Sendable () -> TwilioAccount
    ) throws(ConfigProblem) -> TwilioClient {
        var http = CurlConfiguration(userAgent: "verify-courier")
        http.caFile = settings.text("twilio.ca_file")
        http.proxy = settings.text("twilio.proxy")
        let curl = CurlClient(configuration: http, logger: logger)
        return TwilioClient(
            baseURL: try settings.twilioBaseURL(), account: account, transport: CurlTransport(client: curl),
            timeLimit: twilioTimeLimit, clocks: clocks, observer: observer)
    }

    /// One with the configured credentials, which it reads again when their files change.
    func twilioClient() throws(ConfigProblem) -> TwilioClient {
        let credentials = try TwilioCredentials(settings, logger: logger)
        return try twilioClient { credentials.account() }
    }

    /// Compares the configured Verify service with what the site needs; changes nothing.
    ///
    /// - Throws: ``ConfigProblem``; ``TwilioProblem`` when Twilio cannot be asked.
    public func checkTwilio() async throws -> [TwilioFinding] {
        let account = try settings.account()
        let twilio = try twilioClient { account }
        let codeMinutes = try settings.number("twilio.code_minutes")
        let service = try await TwilioProblem.turning("read the service") { () throws(CallFailure) in
            try await twilio.fetchService()
        }
        return TwilioReview(
            service: service, serviceSID: account.serviceSID, accountSID: account.accountSID,
            usesAPIKey: account.user != account.accountSID, codeMinutes: codeMinutes
        ).findings
    }
}
