import Configuration
public import FoundationEssentials

/// A value and where it came from.
public struct ConfigEntry: Sendable {
    public var key: ConfigKey
    public var value: String?
    /// `flag`, `environment`, `secret file`, `file` or `default`.
    public var source: String

    /// What may be shown.
    public var shown: String {
        guard let value else { return "" }
        guard key.isSecret else { return value }
        // A broker's URL is useful without its password; any other secret is just there.
        return key.name == "broker.url" ? Self.withoutPasswords(value) : "(hidden)"
    }

    private static func withoutPasswords(_ urls: String) -> String {
        urls.split(separator: ",").map { url in
            guard let at = url.lastIndex(of: "@"), let scheme = url.firstRange(of: "://") else { return String(url) }
            let user = url[scheme.upperBound..<at].split(separator: ":").first ?? ""
            return "\(url[..<scheme.upperBound])\(user):•••\(url[at...])"
        }.joined(separator: ",")
    }
}

/// A mistake in the configuration, in words that say what to do. Exit code 78.
public struct ConfigProblem: Error, Sendable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) {
        self.description = description
    }
}

/// Reads the layers: flags, environment, secret files, `--config FILE` (YAML), defaults; the first that has a value wins.
public struct ConfigLoader: Sendable {
    private var layers: [(name: String, provider: any ConfigProvider)] = []
    private let environment: [String: String]

    public init(
        flags: [String: String], file: String?,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws(ConfigProblem) {
        self.environment = environment
        let values = Dictionary(
            flags.map {
                (
                    AbsoluteConfigKey($0.key.split(separator: ".").map(String.init)),
                    ConfigValue(.string($0.value), isSecret: false)
                )
            },
            uniquingKeysWith: { $1 })
        layers.append(("flag", InMemoryProvider(name: "flags", values: values)))
        if let file { layers.append(("file", try await Self.yaml(file))) }
        try refuseUnknown()
    }

    private static func yaml(_ path: String) async throws(ConfigProblem) -> any ConfigProvider {
        do {
            let place = InMemoryProvider(values: ["filePath": ConfigValue(.string(path), isSecret: false)])
            return try await FileProvider<YAMLSnapshot>(config: ConfigReader(provider: place))
        } catch {
            throw ConfigProblem("cannot read the configuration file \(path): \(error)")
        }
    }

    /// Every key with its value and source, in the catalogue's order.
    public func entries() throws(ConfigProblem) -> [ConfigEntry] {
        var result: [ConfigEntry] = []
        for key in ConfigKey.all { result.append(try entry(key)) }
        return result
    }

    private func entry(_ key: ConfigKey) throws(ConfigProblem) -> ConfigEntry {
        let name = AbsoluteConfigKey(key.name.split(separator: ".").map(String.init))
        for (layer, provider) in layers where layer == "flag" {
            if let value = Self.text(provider, name) { return ConfigEntry(key: key, value: value, source: layer) }
        }
        if let found = try fromEnvironment(key) { return found }
        for (layer, provider) in layers where layer == "file" {
            if let value = Self.text(provider, name) {
                guard !key.isSecret || key.name == "broker.url" else {
                    throw ConfigProblem(
                        "\(key.name) may not stand in the configuration file: name a file that holds it by \(key.environmentName)_FILE"
                    )
                }
                return ConfigEntry(key: key, value: value, source: layer)
            }
        }
        return ConfigEntry(key: key, value: key.fallback, source: "default")
    }

    private func fromEnvironment(_ key: ConfigKey) throws(ConfigProblem) -> ConfigEntry? {
        let plain = environment[key.environmentName]
        let file = environment[key.environmentName + "_FILE"]
        if plain != nil, file != nil {
            throw ConfigProblem("\(key.environmentName) and \(key.environmentName)_FILE are both set: unset one")
        }
        if let plain { return ConfigEntry(key: key, value: plain, source: "environment") }
        guard let file else { return nil }
        guard let data = try? Data(contentsOf: URL(filePath: file)) else {
            throw ConfigProblem("\(key.environmentName)_FILE names \(file), which cannot be read")
        }
        let text = String(decoding: data, as: UTF8.self)
        return ConfigEntry(key: key, value: String(text.trimmingSuffix(while: \.isWhitespace)), source: "secret file")
    }

    private static func text(_ provider: any ConfigProvider, _ key: AbsoluteConfigKey) -> String? {
        for type in [ConfigType.string, .int, .double, .bool, .stringArray, .intArray] {
            guard let found = try? provider.value(forKey: key, type: type).value else { continue }
            switch found.content {
            case .string(let text): return text
            case .int(let number): return String(number)
            case .double(let number): return String(number)
            case .bool(let flag): return String(flag)
            case .stringArray(let list): return list.joined(separator: ",")
            case .intArray(let list): return list.map(String.init).joined(separator: ",")
            default: continue
            }
        }
        return nil
    }

    /// Variables that begin with our prefix but are no keys: those of tests.
    private static let ownVariables = ["VERIFY_COURIER_FAILPOINT"]

    private func refuseUnknown() throws(ConfigProblem) {
        let known = Set(ConfigKey.all.flatMap { [$0.environmentName, $0.environmentName + "_FILE"] })
        for name in environment.keys.sorted() where name.hasPrefix("VERIFY_COURIER_") {
            guard !known.contains(name), !Self.ownVariables.contains(name), !name.hasPrefix("VERIFY_COURIER_TEST_")
            else { continue }
            let key = name.dropFirst("VERIFY_COURIER_".count).lowercased().replacing("_", with: ".")
            throw ConfigProblem("unknown key \(name); did you mean \(ConfigKey.nearest(to: key))?")
        }
    }
}

extension String {
    func trimmingSuffix(while predicate: (Character) -> Bool) -> Substring {
        var end = endIndex
        while end > startIndex, predicate(self[index(before: end)]) { end = index(before: end) }
        return self[..<end]
    }
}
