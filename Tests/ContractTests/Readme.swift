/// The tables of a page of docs/contract.
struct Readme: Sendable {
    struct JobRow {
        var kind: String
        var fields: Set<String>
        var outcomes: [String]
    }

    private let text: String

    init(_ page: String = "README.md") throws {
        text = try Published.text(page)
    }

    /// The headings of the second level, in order.
    var headings: [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("## ") }.map { String($0.dropFirst(3)) }
    }

    /// The cells of the first table under a heading, without its head.
    func table(_ heading: String) -> [[String]] {
        let section = section(heading)
        let rows = section.drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
        return rows.dropFirst(2).map { row in
            row.split(separator: "|").map { $0.trimming(" ") }
        }
    }

    /// What is in code quotes, in order.
    static func quoted(_ cell: String) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    var jobs: [JobRow] {
        table("Jobs").map { cells in
            JobRow(
                kind: Self.quoted(cells[0]).joined(), fields: Set(Self.quoted(cells[1])),
                outcomes: Self.quoted(cells[2]))
        }
    }

    /// The outcomes that any job may have.
    var universal: [String] {
        let line = section("Jobs").first { $0.hasPrefix("Any job") } ?? ""
        return Self.quoted(String(line))
    }

    private func section(_ heading: String) -> [Substring] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return Array(lines.drop { $0 != "## \(heading)" }.dropFirst().prefix { !$0.hasPrefix("## ") })
    }
}

extension StringProtocol {
    fileprivate func trimming(_ character: Character) -> String {
        let front = drop { $0 == character }
        return String(front.reversed().drop { $0 == character }.reversed())
    }
}
