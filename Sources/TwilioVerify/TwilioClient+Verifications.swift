public import Basics

extension TwilioClient {
    /// Has a code sent: `POST …/Verifications`. https://www.twilio.com/docs/verify/api/verification
    ///
    /// - Parameters:
    ///   - to: Who gets the code.
    ///   - channel: How.
    ///   - locale: The message's language, BCP 47; Twilio gets the nearest that it has. With none, or `nil`, it goes by
    ///     the number.
    ///   - gate: Asked when the request is about to be written; `false` ends the call as `withheld`.
    /// - Returns: The verification, of which the sending has been accepted, not delivered.
    /// - Throws: A failure whose effect says whether a code may have been sent; `localeNotSupported` when it may be the
    ///   language that is refused: nothing was sent then, and the same start without a language tells.
    public func start(
        to: E164, channel: Channel, locale: String?, gate: @escaping @Sendable () -> Bool
    ) async throws(CallFailure) -> Verification {
        var form = [("To", to.revealed), ("Channel", channel.rawValue)]
        let language = locale.flatMap { VerifyLanguage.nearest(to: $0) }
        if let language { form.append(("Locale", language)) }
        let exchange = try await call(
            .startVerification, .post, { Self.servicePath($0, "/Verifications") }, form: form, gate: gate
        ) {
            // Twilio answers 404 to a language that it does not have, and to a service that is gone.
            language != nil && $0.result == .notFound ? $0.meaning(.localeNotSupported) : $0.ofMissingService
        }
        return try verification(exchange)
    }

    /// Has a code checked: `POST …/VerificationCheck`. https://www.twilio.com/docs/verify/api/verification-check
    ///
    /// - Parameters:
    ///   - verificationSID: `VE…`
    ///   - code: What the user entered.
    ///   - gate: Asked when the request is about to be written; `false` ends the call as `withheld`.
    /// - Returns: Twilio's answer, a wrong code included; only ``CheckAnswer/approves(sid:to:)`` makes it an approval.
    /// - Throws: `notFound` when the verification is over or unknown, which Twilio does not tell apart.
    public func check(
        verificationSID: String, code: Redacted<String>, gate: @escaping @Sendable () -> Bool
    ) async throws(CallFailure) -> CheckAnswer {
        let form = [("VerificationSid", verificationSID), ("Code", code.revealed)]
        let exchange = try await call(
            .check, .post, { Self.servicePath($0, "/VerificationCheck") }, about: verificationSID, form: form,
            gate: gate)
        return try exchange.decode { CheckAnswer($0, serviceSID: exchange.account.serviceSID) }
    }

    /// Reads a verification: `GET …/Verifications/{SID or number}`.
    ///
    /// - Parameter reference: Its SID, or the number of the current one.
    /// - Returns: `nil` when there is none: never was, approved or expired (HTTP 404).
    /// - Throws: Any other failure.
    public func fetchVerification(_ reference: VerificationRef) async throws(CallFailure) -> Verification? {
        let sid: String? =
            switch reference {
            case .sid(let sid): sid
            case .number: nil
            }
        guard
            let exchange = try await callUnlessMissing(
                .readVerification, .get, { Self.path(of: reference, $0) }, about: sid)
        else { return nil }
        return try verification(exchange)
    }

    /// Ends a pending verification: `POST …/Verifications/{SID}` with `Status=canceled`.
    ///
    /// - Parameters:
    ///   - sid: `VE…`
    ///   - gate: Asked when the request is about to be written; `false` ends the call as `withheld`.
    /// - Returns: Whether it is cancelled now; `false` when there was none (HTTP 404) or it kept another status.
    /// - Throws: Any other failure.
    public func cancelVerification(
        sid: String, gate: @escaping @Sendable () -> Bool = { true }
    ) async throws(CallFailure) -> Bool {
        let form = [("Status", "canceled")]
        guard
            let exchange = try await callUnlessMissing(
                .cancelVerification, .post, { Self.path(of: .sid(sid), $0) }, about: sid, form: form, gate: gate)
        else { return false }
        return try verification(exchange).status == .canceled
    }

    private static func path(of reference: VerificationRef, _ account: TwilioAccount) -> String {
        let name =
            switch reference {
            case .sid(let sid): sid
            case .number(let number): number.revealed
            }
        return servicePath(account, "/Verifications/\(PercentEncoding.escape(name))")
    }

    private func verification(_ exchange: Exchange) throws(CallFailure) -> Verification {
        try exchange.decode {
            Verification($0, serviceSID: exchange.account.serviceSID, clock: exchange.clock)
        }
    }
}

extension CallFailure {
    /// A call that makes something names nothing but the service, so that is what a 404 misses.
    var ofMissingService: CallFailure {
        result == .notFound ? meaning(.serviceMissing) : self
    }

    func meaning(_ meaning: TwilioMeaning) -> CallFailure {
        var failure = self
        failure.meaning = meaning
        return failure
    }
}
