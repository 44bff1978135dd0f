import FoundationEssentials
import Wire

extension [FieldProblem] {
    /// As many as are told of: a body of 16 KiB may hold thousands of wrong fields, and a reply is bounded.
    var told: [FieldProblem] { Array(prefix(100)) }
}

/// How much goes into one reply (contract, section 8): front ends, and people at a terminal, take it in pages.
enum ReplySize {
    static let most = 48 * 1024
    /// What a list leaves for all that stands beside it: counts, and a page's end of at most 128 characters.
    private static let besides = 4096

    /// How many of a list fit, from its beginning; one at least.
    static func fitting<Item: Encodable>(_ items: [Item]) -> Int {
        var left = most - besides
        for (index, item) in items.enumerated() {
            left -= size(of: item) + 1
            if left < 0 { return max(index, 1) }
        }
        return items.count
    }

    static func size<Item: Encodable>(of item: Item) -> Int {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return (try? encoder.encode(item).count) ?? most
    }

    /// The letter with as much of its body as one reply has room for.
    static func fitted(_ letter: Reply.Letter) -> Reply.Letter {
        var fitted = letter
        while size(of: fitted) > most - besides, let body = fitted.body, !body.isEmpty {
            (fitted.body, fitted.cut) = (String(body.unicodeScalars.prefix(body.unicodeScalars.count / 2)), true)
        }
        return fitted
    }
}
