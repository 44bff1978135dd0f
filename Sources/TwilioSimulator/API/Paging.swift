import Web

/// Something that lists hold.
///
/// A new one has a larger ordinal than every one before it, and keeps it, so that pages neither skip nor repeat when
/// the list changes between them.
protocol Listed: Sendable {
    var ordinal: Int { get }
}

/// One page of a list, by Twilio's `PageSize`, `Page` and `PageToken`.
struct Paging: Sendable, Equatable {
    /// Where a page begins.
    enum Anchor: Sendable, Equatable {
        /// Behind so many items.
        case offset(Int)
        /// Behind the item of that ordinal.
        case after(Int)
        /// Ends in front of the item of that ordinal.
        case before(Int)
    }

    /// Items per page, 1 to 1000; Twilio's default is 50.
    var size = 50
    /// For the client's own use once there is a token; counted from 0.
    var page = 0
    var anchor: Anchor

    init(_ fields: FormFields) throws(APIFailure) {
        size = try fields.number("PageSize", 1...1000, or: APIFailure.invalid("PageSize")) ?? size
        page = try fields.number("Page", 0...1_000_000, or: APIFailure.invalid("Page")) ?? page
        anchor = .offset(page * size)
        if let token = fields["PageToken"] { anchor = try Self.anchor(token) }
    }

    private static func anchor(_ token: String) throws(APIFailure) -> Anchor {
        guard let number = Int(token.dropFirst(2)), number >= 0 else { throw .invalid("PageToken") }
        switch token.prefix(2) {
        case "PA": return .after(number)
        case "PB": return .before(number)
        default: throw .invalid("PageToken")
        }
    }

    /// The items of this page; `items` ascend by ordinal, or descend when `newestFirst`.
    func slice<Item: Listed>(of items: [Item], newestFirst: Bool) -> ArraySlice<Item> {
        func isAhead(_ item: Item, of number: Int) -> Bool {
            newestFirst ? item.ordinal > number : item.ordinal < number
        }
        return switch anchor {
        case .offset(let count): items.dropFirst(count).prefix(size)
        case .after(let number): items.drop { isAhead($0, of: number) || $0.ordinal == number }.prefix(size)
        case .before(let number): items.prefix { isAhead($0, of: number) }.suffix(size)
        }
    }

    /// The body of a list answer: the items of this page under `key`, and links to the neighbouring pages that keep
    /// the filters of the query.
    func body<Item: Listed>(
        key: String, items: [Item], newestFirst: Bool = false, url: String, query: FormFields,
        render: (Item) -> JSONValue
    ) -> JSONValue {
        let shown = slice(of: items, newestFirst: newestFirst)
        let filters = query.encoded(leavingOut: ["Page", "PageSize", "PageToken"])
        func link(_ page: Int, _ token: String? = nil) -> JSONValue {
            let own = "PageSize=\(size)&Page=\(page)" + (token.map { "&PageToken=\($0)" } ?? "")
            return .string("\(url)?\(filters.isEmpty ? "" : filters + "&")\(own)")
        }
        var previous = JSONValue.null
        if shown.startIndex > items.startIndex, let first = shown.first {
            previous = link(max(0, page - 1), "PB\(first.ordinal)")
        }
        var next = JSONValue.null
        if shown.endIndex < items.endIndex, let last = shown.last { next = link(page + 1, "PA\(last.ordinal)") }
        let meta: JSONValue = .object([
            "page": .integer(page), "page_size": .integer(size), "first_page_url": link(0),
            "previous_page_url": previous, "url": link(page, query["PageToken"]), "next_page_url": next,
            "key": .string(key),
        ])
        var pairs: JSONValue.KeyValuePairs = ["meta": meta]
        pairs.members.append(.init(name: key, value: .array(shown.map(render))))
        return .object(pairs)
    }
}
