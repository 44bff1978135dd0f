import Basics

extension TwilioClient {
    /// Reads the account's service: `GET /v2/Services/{VA}`. https://www.twilio.com/docs/verify/api/service
    ///
    /// - Returns: `nil` when it does not exist (HTTP 404).
    /// - Throws: Any other failure.
    public func fetchService() async throws(CallFailure) -> Service? {
        let found = try await callUnlessMissing(
            .service, .get, { Self.servicePath($0) }, understand: \.ofMissingService)
        guard let exchange = found else { return nil }
        return try service(exchange, sid: exchange.account.serviceSID)
    }

    /// Lists every service of the account, in Twilio's order: `GET /v2/Services`, all pages.
    ///
    /// - Throws: `badResponse` also for a list that cannot be read to its end.
    public func services() async throws(CallFailure) -> [Service] {
        try await list(
            .service, { _ in "Services" }, key: "services", query: { _ in [] }, item: { object, _ in Service(object) })
    }

    /// Makes a service: `POST /v2/Services`.
    ///
    /// Twilio lets several services share a name and knows no idempotency key: when the effect of a failure is
    /// `unknown`, look with ``services()`` before trying again.
    ///
    /// - Parameter settings: With a friendly name, which Twilio demands.
    /// - Returns: The service as Twilio made it.
    /// - Throws: Any failure; 60200 names the parameter that Twilio does not take, 60248 a word in the name.
    public func createService(_ settings: ServiceSettings) async throws(CallFailure) -> Service {
        try service(try await call(.service, .post, { _ in "Services" }, form: settings.form))
    }

    /// Changes a service: `POST /v2/Services/{VA}`.
    ///
    /// What is `nil` stays as it is; doing it twice changes nothing more.
    ///
    /// - Parameter sid: `VA…`
    /// - Returns: The service as it is now; `nil` when it does not exist (HTTP 404).
    /// - Throws: Any other failure.
    public func updateService(_ sid: String, _ settings: ServiceSettings) async throws(CallFailure) -> Service? {
        let path = "Services/\(PercentEncoding.escape(sid))"
        guard let exchange = try await callUnlessMissing(.service, .post, { _ in path }, form: settings.form) else {
            return nil
        }
        return try service(exchange, sid: sid)
    }

    /// - Parameter sid: Whose it must be; `nil` for anybody's.
    private func service(_ exchange: Exchange, sid: String? = nil) throws(CallFailure) -> Service {
        var service = try exchange.decode { Service($0).flatMap { sid == nil || $0.sid == sid ? $0 : nil } }
        service.clockOffset = exchange.clock.offset
        return service
    }
}
