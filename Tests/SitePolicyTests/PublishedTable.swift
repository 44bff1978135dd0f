import SitePolicy
import Wire

/// The decision table as administrators read it: each line stands for all combinations that it does not tell apart.
struct PublishedTable {
    /// One thing that the decision may depend on, in words.
    private struct Column: Sendable {
        var name: String
        var word: @Sendable (DecisionInput) -> String
    }

    struct Line: Equatable {
        var cells: [String]
        /// One, unless the words above it tell too little.
        var decisions: [LoginDecision]
    }

    /// Nobody is flagged whom the site does not know.
    static var inputs: [DecisionInput] { DecisionInput.all().filter { $0.known || !$0.flagged && $0.grace == nil } }

    static var lines: [Line] { lines(inputs, columns[...]) }

    static func markdown() -> String {
        let head = columns.map(\.name) + ["Decision", "Because"]
        let rows = [head, head.map { _ in "---" }] + lines.map { $0.cells + words($0.decisions) }
        return rows.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    private static func words(_ decisions: [LoginDecision]) -> [String] {
        let because = decisions.map { $0.because.map { "`\($0)`" }.joined(separator: ", ") }
        return [
            decisions.map { "`\($0.verdict.rawValue)`" }.joined(separator: " or "), because.joined(separator: " or "),
        ]
    }

    /// Words whose lines are the same share them; where all are the same, it is "any".
    private static func lines(_ inputs: [DecisionInput], _ rest: ArraySlice<Column>) -> [Line] {
        guard let column = rest.first else {
            let decisions = inputs.reduce(into: [LoginDecision]()) { seen, input in
                if !seen.contains(input.decision) { seen.append(input.decision) }
            }
            return [Line(cells: [], decisions: decisions)]
        }
        var groups: [(words: [String], lines: [Line])] = []
        for (word, inputs) in grouped(inputs, by: column.word) {
            let lines = lines(inputs, rest.dropFirst())
            if let index = groups.firstIndex(where: { $0.lines == lines }) {
                groups[index].words.append(word)
            } else {
                groups.append(([word], lines))
            }
        }
        return groups.flatMap { group in
            let word = groups.count == 1 ? "any" : group.words.joined(separator: " or ")
            return group.lines.map { Line(cells: [word] + $0.cells, decisions: $0.decisions) }
        }
    }

    /// In the order of first appearance.
    private static func grouped(
        _ inputs: [DecisionInput], by word: (DecisionInput) -> String
    ) -> [(String, [DecisionInput])] {
        let groups = Dictionary(grouping: inputs.enumerated(), by: { word($0.element) })
        return groups.sorted { ($0.value.first?.offset ?? 0) < ($1.value.first?.offset ?? 0) }
            .map { ($0.key, $0.value.map(\.element)) }
    }

    private static let columns: [Column] = [
        Column(name: "Provider", word: \.provider), Column(name: "Login type", word: \.loginType.rawValue),
        Column(name: "Person") {
            if !$0.known { return "unknown" }
            if !$0.flagged { return "not flagged" }
            return ($0.grace ?? 0) > 0 ? "flagged, in grace" : "flagged"
        },
        Column(name: "Registered") { $0.registered.isEmpty ? "nothing" : "one or both" },
        Column(name: "Enabled") {
            if $0.registered.isEmpty { return $0.enabled.isEmpty ? "no method" : "a method" }
            return $0.enabledOfRegistered.isEmpty ? "no registered method" : "a registered method"
        },
    ]
}
