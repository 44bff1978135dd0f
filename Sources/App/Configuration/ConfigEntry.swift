public import Wire

/// A value and where it came from.
///
/// Printing one prints what may be shown.
public struct ConfigEntry: Sendable {
    /// The layers, the strongest first.
    public enum Source: String, Sendable, CaseIterable {
        case flag
        case environment
        case secretFile = "secret file"
        case file
        case none = "default"
    }

    /// Which key it is.
    public let key: ConfigKey
    let value: String?
    /// Which kind of place the value is from.
    public let source: Source
    /// The variable, the file with its line, …: what to look at when the value is wrong.
    public let place: String
    /// The file that it was read from, for a secret file.
    let secretFile: SecretFile.Origin?

    init(
        _ key: ConfigKey, _ value: String?, source: Source = .none, place: String = "default",
        secretFile: SecretFile.Origin? = nil
    ) {
        self.key = key
        self.value = value.map { $0.withoutByteOrderMark }.map { $0.trimmed.isEmpty ? "" : $0 }
        self.source = source
        self.place = place
        self.secretFile = secretFile
    }

    /// What may be shown.
    public var shown: String {
        guard let value else { return "" }
        guard key.isSecret else { return value }
        // A broker's URL is useful without its password; any other secret is just there.
        guard key.kind == .brokers, let hidden = Self.withoutPasswords(value) else { return "(hidden)" }
        return hidden
    }

    /// `nil` when it is not clear what in it is a password.
    private static func withoutPasswords(_ urls: String) -> String? {
        let parts = urls.split(separator: ",").map { url -> String? in
            guard let scheme = url.firstRange(of: "://"), !url[..<scheme.lowerBound].contains("@") else { return nil }
            guard let at = url.lastIndex(of: "@") else { return String(url) }
            let user = url[scheme.upperBound..<max(at, scheme.upperBound)].split(separator: ":").first ?? ""
            return "\(url[..<scheme.upperBound])\(user):•••\(url[at...])"
        }
        return parts.contains(nil) ? nil : parts.compactMap(\.self).joined(separator: ",")
    }

    /// What is odd about it, but may be meant.
    var warning: String? {
        guard source != .none, value?.hasQuotesAround == true else { return nil }
        return "\(key.name) has quotes around its value, which count as a part of it (\(place))"
    }

    /// The value as its kind has it.
    ///
    /// - Throws: ``ConfigProblem`` that names the key, the place and what is allowed.
    func typed() throws(ConfigProblem) -> ConfigTyped? {
        guard let value, !value.isEmpty || key.takesBlank else { return nil }
        do { return try key.kind.parse(value) } catch {
            let quoted = key.kind.isQuotable && !key.isSecret ? ", not '\(LogText.escaped(value, limit: 60))'" : ""
            throw ConfigProblem("\(key.name) \(error.message)\(quoted) (\(place))")
        }
    }
}

extension ConfigEntry: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Key, value and place; of a secret only that there is one.
    public var description: String { "\(key.name) = \(shown)  [\(source.rawValue)]" }
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// The same as ``description``.
    public var customMirror: Mirror { Mirror(reflecting: description) }
}

/// Mistakes in the configuration, each in words that say what to do.
///
/// Exit code 78.
public struct ConfigProblem: Error, Sendable, CustomStringConvertible {
    /// What is wrong, each with its place and what to do.
    public let problems: [String]

    /// A single problem.
    public init(_ problem: String) {
        problems = [problem]
    }

    /// Several, told at once.
    public init(_ problems: [String]) {
        self.problems = problems
    }

    /// A line each.
    public var description: String { problems.joined(separator: "\n") }
}

/// What was found while reading, gathered so that an operator sees all of it at once.
struct ConfigNotes: Sendable {
    var problems: [String] = []
    var warnings: [String] = []

    mutating func problem(_ text: String) { problems.append(text) }
    mutating func warn(_ text: String) { warnings.append(text) }
}

extension ConfigEntry {
    /// The same for programs: a number or a flag where the key is one and the value fits it.
    public var shownValue: JSONValue {
        switch key.kind {
        case .number: Int(shown).map { .number(String($0)) } ?? .string(shown)
        case .flag: Bool(shown).map { .bool($0) } ?? .string(shown)
        case .text, .path, .providerSecret, .choice, .sid, .seconds, .words, .countries, .brokers, .store, .twilio,
            .proxy, .listen, .frontEnds:
            .string(shown)
        }
    }
}
