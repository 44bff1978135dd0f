import Foundation

/// A file of this repository.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }
}

/// The names of metrics, without the prefix that all of ours have.
enum MetricFamilies {
    private static let prefix = "verify_courier_"

    /// Those that a worker has told of.
    static func names(in exposition: String) -> Set<String> {
        let heads = exposition.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }
        let names = heads.map { String($0.split(separator: " ")[2]) }
        return Set(names.filter { !$0.hasPrefix("process_") }.map { $0.replacing(prefix, with: "") })
    }

    /// Those of the operators' page: the first column of its table, which is held against what a worker tells.
    static func documented() throws -> Set<String> {
        let lines = try Repository.text("docs/operators.md").split(separator: "\n", omittingEmptySubsequences: false)
        let table = lines.drop { $0 != "| metric | labels | meaning |" }.dropFirst(2).prefix { $0.hasPrefix("|") }
        let columns = table.map { String($0.split(separator: "|")[0]) }
        let names = columns.flatMap { $0.split(separator: "`").map(String.init) }
        return Set(names.filter { !$0.contains(" ") }).subtracting(["process_*"])
    }

    /// Those that expressions name: of a histogram's series the histogram.
    static func used(in expressions: some StringProtocol) throws -> Set<String> {
        let known = try documented()
        return Set(
            String(expressions).matches(of: /verify_courier_([a-z_]+)/).map { match in
                let name = String(match.1)
                let histogram = ["_bucket", "_count", "_sum"].first { name.hasSuffix($0) && !known.contains(name) }
                return histogram.map { String(name.dropLast($0.count)) } ?? name
            })
    }
}
