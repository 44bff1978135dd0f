import Basics
import Foundation
import Testing
import Wire

@Suite("docs/contract/outcomes.json is what the program says")
struct GuidanceTests {
    private static let begin = "<!-- texts: UPDATE_DOCS=1 and GuidanceTests write what follows -->"
    private static let end = "<!-- end of texts -->"

    private var isUpdating: Bool { ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" }

    @Test("4 outcomes.json: every outcome and reason, limit and mistake of a person's, word for word")
    func file() throws {
        let path = Published.folder.appendingPathComponent("outcomes.json")
        if isUpdating { try Catalogue.text.write(to: path, atomically: true, encoding: .utf8) }
        #expect(
            try Published.text("outcomes.json") == Catalogue.text,
            "docs/contract/outcomes.json is out of date: run this test with UPDATE_DOCS=1")
    }

    @Test("4 outcomes.json: what a program reads of it has every case of the program's once, and nothing else")
    func cases() throws {
        let catalogue = try JSON(bytes: Array(try Published.text("outcomes.json").utf8))
        let rows = catalogue["outcomes"]?.elements ?? []
        let plain = rows.filter { $0["reason"] == nil }.compactMap { $0["outcome"]?.text }
        #expect(plain.sorted() == Outcome.allCases.map(\.rawValue).sorted())
        let caused = rows.filter { $0["reason"] != nil }.map {
            "\($0["outcome"]?.text ?? "") / \($0["reason"]?.text ?? "")"
        }
        #expect(caused.sorted() == Reason.allCases.map { "\($0.outcome.rawValue) / \($0.rawValue)" }.sorted())
        let limits = catalogue["limits"]?.elements.compactMap { $0["limit"]?.text } ?? []
        #expect(limits.sorted() == LimitName.allCases.map(\.rawValue).sorted())
        for row in rows {
            #expect(row["text"]?.text?.isEmpty == false)
            #expect(Guidance.Step(rawValue: row["next"]?.text ?? "") != nil)
            #expect(Guidance.Repeat(rawValue: row["repeat"]?.text ?? "") != nil)
        }
    }

    @Test("4 outcomes.json: its words are those of the schema")
    func schema() throws {
        let schemas = try Schemas.published()
        let row = schemas.file("outcomes.v1.json").schema["properties"]?["outcomes"]?["items"]?["properties"]
        #expect((row?["next"]?["enum"]?.texts ?? []).sorted() == Guidance.Step.allCases.map(\.rawValue).sorted())
        #expect((row?["repeat"]?["enum"]?.texts ?? []).sorted() == Guidance.Repeat.allCases.map(\.rawValue).sorted())
    }

    @Test("a reply's message is the catalogue's text")
    func messages() {
        for reason in Reason.allCases {
            let reply = Reply(reason.outcome, reason: reason, at: .init(seconds: 1_800_000_000))
            #expect(reply.message == Guidance.of(reason).text)
        }
    }

    @Test("an outage blames nobody and is no wrong code; what a repeat cannot change is not offered again")
    func sense() {
        for outcome in [Outcome.unavailable, .uncertain, .late] {
            let text = Guidance.of(outcome).text
            #expect(!text.contains("code is not right") && Guidance.of(outcome).next == .tryAgain)
            #expect(Guidance.of(outcome).offersOthers)
        }
        let all = Outcome.allCases.map { Guidance.of($0) } + Reason.allCases.map { Guidance.of($0) }
        for guidance in all where guidance.next == .tryAgain { #expect(guidance.again != .never) }
        #expect(Outcome.allCases.filter { Guidance.of($0).next == .letIn } == [.approved])
        #expect(Reason.allCases.allSatisfy { Guidance.of($0).next != .letIn })
    }

    @Test("the contract's page shows the same table")
    func page() throws {
        let text = try Published.text("README.md")
        let begin = try #require(text.range(of: Self.begin), "the page has lost its marker")
        let end = try #require(text.range(of: Self.end), "the page has lost its end marker")
        let table = "\n\n\(Catalogue.table)\n\n"
        if isUpdating {
            let updated = text[..<begin.upperBound] + table + text[end.lowerBound...]
            let path = Published.folder.appendingPathComponent("README.md")
            try String(updated).write(to: path, atomically: true, encoding: .utf8)
            return
        }
        #expect(
            text[begin.upperBound..<end.lowerBound] == table,
            "docs/contract/README.md is out of date: run this test with UPDATE_DOCS=1")
    }

    @Test("the outcomes and reasons that the pages for front ends pair are pairs of the catalogue")
    func pairs() throws {
        let outcomes = Set(Outcome.allCases.map(\.rawValue))
        for name in ["README.md", "../front-ends.md"] {
            let text = try Published.text(name)
            for match in text.matches(of: /`([a-z_]+)` \/ (?:[a-z]+ )?`([a-z_]+)`/)
            where outcomes.contains(String(match.1)) {
                let pair = (String(match.1), String(match.2))
                let isLimit = pair.0 == Outcome.throttled.rawValue && LimitName(rawValue: pair.1) != nil
                // Of what a person typed, the field stands there.
                let isField = pair.0 == Outcome.invalid.rawValue && Guidance.typed.keys.contains { $0.field == pair.1 }
                #expect(
                    isLimit || isField || Reason(rawValue: pair.1)?.outcome.rawValue == pair.0, "\(pair) in \(name)")
            }
        }
    }
}

/// The catalogue as it is published.
private enum Catalogue {
    struct Row {
        var names: [(String, String)]
        var guidance: Guidance

        var json: String {
            let texts = names + [("text", guidance.text), ("next", guidance.next.rawValue)]
            let members =
                texts.map { "\"\($0.0)\": \(quoted($0.1))" } + [
                    "\"other_methods\": \(guidance.offersOthers)", "\"repeat\": \(quoted(guidance.again.rawValue))",
                ]
            return "{\(members.joined(separator: ", "))}"
        }

        private func quoted(_ text: String) -> String {
            "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
        }
    }

    static let outcomes = Outcome.allCases.flatMap { outcome in
        [Row(names: [("outcome", outcome.rawValue)], guidance: .of(outcome))]
            + Reason.allCases.filter { $0.outcome == outcome }.map {
                Row(names: [("outcome", outcome.rawValue), ("reason", $0.rawValue)], guidance: .of($0))
            }
    }

    private static let limits = LimitName.allCases.map {
        Row(names: [("limit", $0.rawValue)], guidance: .of($0))
    }

    private static let typed = Guidance.typed.keys.sorted { ($0.field, $0.reason) < ($1.field, $1.reason) }
        .compactMap { problem in
            Guidance.typed(problem).map {
                Row(names: [("field", problem.field), ("reason", problem.reason)], guidance: $0)
            }
        }

    static let text = """
        {
          "version": 1,
        \(list("outcomes", outcomes)),
        \(list("limits", limits)),
        \(list("errors", typed)),
          "no_reply": \(Row(names: [], guidance: .noReply).json)
        }

        """

    private static func list(_ name: String, _ rows: [Row]) -> String {
        "  \"\(name)\": [\n" + rows.map { "    " + $0.json }.joined(separator: ",\n") + "\n  ]"
    }

    static let table =
        (["| outcome | reason | text | next | other methods | repeat |", "| --- | --- | --- | --- | --- | --- |"]
        + outcomes.map { row in
            let reason = row.names.count > 1 ? "`\(row.names[1].1)`" : ""
            let cells = [
                "`\(row.names[0].1)`", reason, row.guidance.text, "`\(row.guidance.next.rawValue)`",
                row.guidance.offersOthers ? "yes" : "no", "`\(row.guidance.again.rawValue)`",
            ]
            return "| " + cells.joined(separator: " | ") + " |"
        }).joined(separator: "\n")
}
