public import Basics

extension TwilioClient {
    /// Entries per page. One is about 700 bytes, so a page stays well below the limit on bodies.
    private static var pageSize: Int { 200 }
    private static var mostPages: Int { 10 }

    /// Lists sendings of the last 30 days on this service: `GET /v2/Attempts`, all pages.
    ///
    /// https://www.twilio.com/docs/verify/api/list-verification-attempts
    ///
    /// - Parameters:
    ///   - verificationSID: Only those of this verification.
    ///   - to: Only those to this number.
    ///   - createdAfter: Only those created later, in whole seconds (rounded down).
    /// - Returns: In Twilio's order.
    /// - Throws: `badResponse` also for a list that is not complete after 2000 entries: half a list would mislead.
    public func attempts(
        verificationSID: String?, to: E164?, createdAfter: Timestamp?
    ) async throws(CallFailure) -> [Attempt] {
        var filters: [(String, String)] = []
        if let verificationSID { filters.append(("VerificationSid", verificationSID)) }
        if let to { filters.append(("ChannelData.To", to.revealed)) }
        if let createdAfter { filters.append(("DateCreatedAfter", Self.wholeSeconds(createdAfter))) }
        filters.append(("PageSize", String(Self.pageSize)))
        var attempts: [Attempt] = []
        var nextQuery: String?
        for _ in 0..<Self.mostPages {
            let query = nextQuery
            let exchange = try await call(
                .get,
                {
                    "Attempts?" + (query ?? FormEncoding.encode([("VerifyServiceSid", $0.serviceSID)] + filters))
                })
            let page = try exchange.decode { Page($0, clockOffset: exchange.clockOffset) }
            attempts += page.attempts
            guard let next = page.nextQuery else { return attempts }
            nextQuery = next
        }
        throw .badResponse(status: 200)
    }

    private static func wholeSeconds(_ time: Timestamp) -> String {
        time.roundedDown.description.prefix(19) + "Z"
    }

    private struct Page {
        var attempts: [Attempt]
        var nextQuery: String?

        /// `nil` when it is no page, or an entry on it cannot be read.
        init?(_ object: LenientObject, clockOffset: Duration?) {
            guard let entries = object.objects("attempts") else { return nil }
            attempts = entries.compactMap { Attempt($0, clockOffset: clockOffset) }
            guard attempts.count == entries.count else { return nil }
            guard let next = object.object("meta")?.string("next_page_url") else { return }
            guard let query = Self.query(of: next) else { return nil }
            nextQuery = query
        }

        /// Only the query of the next page's URL is used, on our own base: our credentials never follow an address
        /// that an answer names.
        private static func query(of url: String) -> String? {
            guard let mark = url.firstIndex(of: "?") else { return nil }
            let query = url[url.index(after: mark)...]
            guard query.utf8.count <= 2000, query.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x23 })
            else { return nil }
            return String(query)
        }
    }
}
