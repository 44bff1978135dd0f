import Foundation
import SitePolicy
import Testing
import Wire

@Suite("The decision table in docs/administrators.md")
struct PublishedTableTests {
    private static let begin = "<!-- decisions: UPDATE_DOCS=1 and PublishedTableTests write what follows -->"
    private static let end = "<!-- end of decisions -->"

    private var page: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/administrators.md")
    }

    @Test("6 Decision: the page shows what the program decides")
    func pageIsUpToDate() throws {
        let text = try String(contentsOf: page, encoding: .utf8)
        let begin = try #require(text.range(of: Self.begin), "the page has lost its marker")
        let end = try #require(text.range(of: Self.end), "the page has lost its end marker")
        let table = "\n\n\(PublishedTable.markdown())\n\n"
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" {
            let updated = text[..<begin.upperBound] + table + text[end.lowerBound...]
            try String(updated).write(to: page, atomically: true, encoding: .utf8)
            return
        }
        #expect(
            text[begin.upperBound..<end.lowerBound] == table,
            "docs/administrators.md is out of date: run this test with UPDATE_DOCS=1")
    }

    @Test("6 Decision: every combination is on a line, and no line hides a difference")
    func lines() {
        for line in PublishedTable.lines { #expect(line.decisions.count == 1, "\(line.cells)") }
        let decided = Set(PublishedTable.inputs.map { "\($0.decision)" })
        #expect(Set(PublishedTable.lines.flatMap(\.decisions).map { "\($0)" }) == decided)
    }
}
