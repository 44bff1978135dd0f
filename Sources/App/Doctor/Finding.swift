/// What one check of `doctor` found.
public struct Finding: Sendable, Equatable {
    /// How well it is; the order is that of gravity.
    public enum Level: String, Sendable, Comparable, CaseIterable {
        case ok, warn, fail

        /// Whether it is the lesser trouble.
        public static func < (left: Level, right: Level) -> Bool {
            allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
        }
    }

    /// One thing that is wrong or odd, in words that say what to do.
    struct Issue: Sendable, Equatable {
        var level: Level
        var text: String

        static func warn(_ text: String) -> Issue { Issue(level: .warn, text: text) }
        static func fail(_ text: String) -> Issue { Issue(level: .fail, text: text) }
    }

    /// The check's name, the same at every run.
    public let check: String
    /// How bad it is.
    public let level: Level
    /// What is well, or the gravest issue.
    public let message: String
    /// The other issues.
    public let details: [String]

    /// - Parameter well: the facts, shown when there is no issue.
    init(_ check: String, well: String, _ issues: [Issue] = []) {
        self.check = check
        let sorted = issues.filter { $0.level == .fail } + issues.filter { $0.level != .fail }
        level = sorted.first?.level ?? .ok
        message = sorted.first?.text ?? well
        details = sorted.dropFirst().map(\.text)
    }
}

/// How many checks ended how.
public struct DoctorSummary: Sendable, Equatable, CustomStringConvertible {
    private var counts: [Finding.Level: Int] = [:]

    mutating func count(_ finding: Finding) { counts[finding.level, default: 0] += 1 }

    /// How many findings there are of a level.
    public subscript(level: Finding.Level) -> Int { counts[level] ?? 0 }

    /// Whether the program may say that all is well; with `strict` a warning is enough that it may not.
    public func isWell(strict: Bool) -> Bool { self[.fail] == 0 && (!strict || self[.warn] == 0) }

    /// One line: how many checks ended how.
    public var description: String {
        func count(_ level: Finding.Level, _ word: String) -> String {
            "\(self[level]) \(word)\(self[level] == 1 ? "" : "s")"
        }
        return "\(self[.ok]) ok, \(count(.warn, "warning")), \(count(.fail, "failure"))"
    }
}
