/// One page of a list, by Twilio's `PageSize` and `Page`.
struct Paging: Sendable, Equatable {
    /// Items per page, 1 to 1000; Twilio's default is 50.
    var size = 50
    /// Counted from 0.
    var page = 0

    init(_ fields: FormFields) throws(APIFailure) {
        if let text = fields["PageSize"] {
            guard let value = Int(text), (1...1000).contains(value) else { throw .invalid("PageSize") }
            size = value
        }
        if let text = fields["Page"] {
            guard let value = Int(text), (0...1_000_000).contains(value) else { throw .invalid("Page") }
            page = value
        }
    }

    /// The body of a list answer: the items of this page under `key`, and links to the neighbouring pages that keep
    /// the filters of the query.
    func body(key: String, items: [JSONValue], url: String, query: FormFields) -> JSONValue {
        let filters = query.encoded(leavingOut: ["Page", "PageSize", "PageToken"])
        func link(_ page: Int) -> JSONValue {
            .string("\(url)?\(filters.isEmpty ? "" : filters + "&")PageSize=\(size)&Page=\(page)")
        }
        let hasNext = items.count > (page + 1) * size
        let meta: JSONValue = .object([
            "page": .integer(page), "page_size": .integer(size), "first_page_url": link(0),
            "previous_page_url": page > 0 ? link(page - 1) : nil, "url": link(page),
            "next_page_url": hasNext ? link(page + 1) : nil, "key": .string(key),
        ])
        var pairs: JSONValue.KeyValuePairs = ["meta": meta]
        pairs.members.append(.init(name: key, value: .array(Array(items.dropFirst(page * size).prefix(size)))))
        return .object(pairs)
    }
}
