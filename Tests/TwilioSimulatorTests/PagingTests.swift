import TestKit
import Testing
import Web

@testable import TwilioSimulator

private struct Item: Listed, Equatable {
    var ordinal: Int
}

@Suite("Pages of a list") struct PagingTests {
    private func body(_ query: String, _ items: [Item], newestFirst: Bool = false) throws -> JSONValue {
        let fields = FormFields(query)
        return try Paging(fields).body(
            key: "items", items: items, newestFirst: newestFirst, url: "http://x/y", query: fields,
            render: { .integer($0.ordinal) })
    }

    /// The ordinals of all pages, by following one of the links.
    private func walk(from query: String, _ link: String, _ items: () -> [Item], newestFirst: Bool) throws -> [Int] {
        var seen: [Int] = []
        var next: String? = query
        while let query = next {
            let page = try body(query, items(), newestFirst: newestFirst)
            if case .array(let values) = page["items"] {
                seen += values.compactMap { if case .integer(let number) = $0 { number } else { nil } }
            }
            next = page["meta"]?[link]?.text.map { String($0.drop { $0 != "?" }.dropFirst()) }
        }
        return seen
    }

    @Test func `Pages link to each other and keep the filters`() throws {
        let items = (0..<5).map(Item.init)
        let middle = try body("ChannelData.To=%2B1501&PageSize=2&Page=1", items)
        #expect(middle["items"] == .array([2, 3]))
        #expect(middle["meta"]?["next_page_url"] == "http://x/y?ChannelData.To=%2B1501&PageSize=2&Page=2&PageToken=PA3")
        #expect(
            middle["meta"]?["previous_page_url"] == "http://x/y?ChannelData.To=%2B1501&PageSize=2&Page=0&PageToken=PB2")
        #expect(middle["meta"]?["first_page_url"] == "http://x/y?ChannelData.To=%2B1501&PageSize=2&Page=0")
        let end = try body("PageSize=2&Page=2&PageToken=PA3", items)
        #expect(end["items"] == .array([4]))
        #expect(end["meta"]?["next_page_url"] == .null)
        #expect(end["meta"]?["url"] == "http://x/y?PageSize=2&Page=2&PageToken=PA3")
        #expect(try body("", items)["meta"]?["page_size"] == 50)
    }

    @Test(arguments: [
        "PageSize=0", "PageSize=1001", "PageSize=x", "Page=-1", "Page=x", "PageToken=x", "PageToken=PAx",
        "PageToken=PC1", "PageToken=PA-1",
    ])
    func `Bad paging is refused`(query: String) {
        #expect(Fixture.code { () throws(APIFailure) in try Paging(FormFields(query)) } == 60200)
    }

    @Test(arguments: 1...20) func `Every item is seen once, forwards and backwards`(seed: UInt64) throws {
        var generator = Seeded(seed)
        let newestFirst = Bool.random(using: &generator)
        var items = (0..<Int.random(in: 0...40, using: &generator)).map(Item.init)
        if newestFirst { items.reverse() }
        let size = Int.random(in: 1...12, using: &generator)
        let forwards = try walk(
            from: "PageSize=\(size)", "next_page_url", { items }, newestFirst: newestFirst)
        #expect(forwards == items.map(\.ordinal))
        guard let last = items.last else { return }
        let backwards = try walk(
            from: "PageSize=1&PageToken=PB\(last.ordinal)", "previous_page_url", { items }, newestFirst: newestFirst)
        #expect(backwards == items.dropLast().map(\.ordinal).reversed())
    }

    @Test func `A list that changes between pages is neither repeated nor skipped`() throws {
        var newest = 5
        let grown = try walk(
            from: "PageSize=2", "next_page_url",
            {
                newest += 1
                return (0..<newest).reversed().map(Item.init)
            }, newestFirst: true)
        #expect(grown == [5, 4, 3, 2, 1, 0])
        var left = (0..<6).map(Item.init)
        let shrinking = try walk(
            from: "PageSize=2", "next_page_url",
            {
                defer { left.removeFirst(min(2, left.count)) }
                return left
            }, newestFirst: false)
        #expect(shrinking == [0, 1, 2, 3, 4, 5])
    }
}
