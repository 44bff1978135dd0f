extension TwilioClient {
    /// Entries per page.
    ///
    /// The largest, a service, is about 1600 bytes, so a page stays below the limit on bodies.
    private static var pageSize: Int { 100 }
    private static var mostPages: Int { 20 }

    /// Reads a list, all pages.
    ///
    /// - Parameters:
    ///   - operation: What the observer hears of, page by page.
    ///   - path: Below `/v2/`.
    ///   - key: Under which a page holds its entries.
    ///   - isFirstPageEnough: Whether what follows does not matter.
    ///   - query: The filters.
    ///   - item: An entry; `nil` for what is none.
    /// - Throws: `badResponse` also for a list with an entry that cannot be read, and for one that is not complete
    ///   after 2000 entries: half a list would mislead.
    func list<Item>(
        _ operation: TwilioOperation, _ path: (TwilioAccount) -> String, key: String, isFirstPageEnough: Bool = false,
        query: (TwilioAccount) -> [(String, String)],
        item: (LenientObject, Exchange) -> Item?
    ) async throws(CallFailure) -> [Item] {
        var items: [Item] = []
        var next: String?
        for _ in 0..<Self.mostPages {
            let following = next
            let exchange = try await call(
                operation, .get,
                { account in
                    let first = query(account) + [("PageSize", String(Self.pageSize))]
                    return "\(path(account))?\(following ?? FormEncoding.encode(first))"
                })
            let page = try exchange.decode { Page($0, key: key) { item($0, exchange) } }
            items += page.items
            guard let query = page.nextQuery, !isFirstPageEnough else { return items }
            next = query
        }
        throw .badResponse(status: 200)
    }

    private struct Page<Item> {
        var items: [Item]
        /// `nil` on the last page.
        var nextQuery: String?

        /// `nil` when it is no page, or an entry on it cannot be read.
        init?(_ object: LenientObject, key: String, item: (LenientObject) -> Item?) {
            guard let entries = object.objects(key) else { return nil }
            items = entries.compactMap(item)
            guard items.count == entries.count else { return nil }
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
