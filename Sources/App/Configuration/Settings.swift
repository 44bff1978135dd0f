/// The configuration as typed values, checked.
public struct Settings: Sendable {
    /// Every value with its source, in the catalogue's order.
    public let entries: [ConfigEntry]
    /// What is wrong with single values, unknown keys and files; empty unless made with `unchecked`.
    public let problems: [String]
    /// What is odd, but works.
    public let warnings: [String]
    let stateFolder: String?
    private let values: [String: ConfigTyped]

    /// - Throws: ``ConfigProblem`` with everything that is wrong.
    public init(_ loader: ConfigLoader) throws(ConfigProblem) {
        self.init(unchecked: loader)
        guard problems.isEmpty else { throw ConfigProblem(problems) }
    }

    /// What can be understood of it, for commands that show what is wrong.
    ///
    /// A value that is wrong counts as not set.
    public init(unchecked loader: ConfigLoader) {
        var problems = loader.problems
        var values: [String: ConfigTyped] = [:]
        for entry in loader.entries {
            do { values[entry.key.name] = try entry.typed() } catch { problems += error.problems }
        }
        entries = loader.entries
        warnings = loader.warnings
        stateFolder = loader.stateFolder
        self.problems = problems
        self.values = values
    }

    func entry(_ name: String) -> ConfigEntry? { entries.first { $0.key.name == name } }

    func text(_ name: String) -> String? {
        guard case .text(let text)? = values[name], !text.isEmpty else { return nil }
        return text
    }

    func number(_ name: String) throws(ConfigProblem) -> Int {
        guard case .number(let number)? = values[name] else { throw missing(name) }
        return number
    }

    func flag(_ name: String) throws(ConfigProblem) -> Bool {
        guard case .flag(let flag)? = values[name] else { throw missing(name) }
        return flag
    }

    func numbers(_ name: String) throws(ConfigProblem) -> [Int] {
        guard case .numbers(let numbers)? = values[name] else { throw missing(name) }
        return numbers
    }

    func words(_ name: String) throws(ConfigProblem) -> [String] {
        guard case .words(let words)? = values[name] else { throw missing(name) }
        return words
    }

    /// `nil` is every country.
    func countries(_ name: String) throws(ConfigProblem) -> Set<String>? {
        guard case .countries(let countries)? = values[name] else { throw missing(name) }
        return countries
    }

    func typed(_ name: String) -> ConfigTyped? { values[name] }

    func missing(_ name: String) -> ConfigProblem {
        guard let key = ConfigKey.named(name) else { return ConfigProblem("\(name) is no key") }
        let how = key.mayStandInFile ? "" : ", or put it into a file and name that by \(key.fileVariable)"
        return ConfigProblem("\(name) is not set: set \(key.environmentName)\(how)")
    }
}
