public import Basics

extension TwilioClient {
    /// Lists sendings of the last 30 days on this service: `GET /v2/Attempts`, all pages.
    ///
    /// https://www.twilio.com/docs/verify/api/list-verification-attempts
    ///
    /// - Parameters:
    ///   - verificationSID: Only those of this verification.
    ///   - to: Only those to this number.
    ///   - createdAfter: Only those created in that second or later; the filter is set a second earlier, since it may
    ///     leave out its own.
    /// - Returns: In Twilio's order.
    /// - Throws: `badResponse` also for a list that is not complete after 2000 entries: half a list would mislead.
    public func attempts(
        verificationSID: String?, to: E164?, createdAfter: Timestamp?
    ) async throws(CallFailure) -> [Attempt] {
        var filters: [(String, String)] = []
        if let verificationSID { filters.append(("VerificationSid", verificationSID)) }
        if let to { filters.append(("ChannelData.To", to.revealed)) }
        if let createdAfter { filters.append(("DateCreatedAfter", Self.secondBefore(createdAfter))) }
        let chosen = filters
        return try await list(
            .attempts, { _ in "Attempts" }, key: "attempts", query: { [("VerifyServiceSid", $0.serviceSID)] + chosen },
            item: { Attempt($0, clock: $1.clock) })
    }

    private static func secondBefore(_ time: Timestamp) -> String {
        (time.roundedDown - .seconds(1)).description.prefix(19) + "Z"
    }
}
