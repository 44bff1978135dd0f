import Configuration

/// One source of values, read and ready to be asked key by key.
struct ConfigLayer: Sendable {
    let source: ConfigEntry.Source
    private let provider: any ConfigProvider
    private let place: @Sendable (ConfigKey) -> String
    private let files: [String: SecretFile.Origin]

    init(
        _ source: ConfigEntry.Source, _ provider: any ConfigProvider, files: [String: SecretFile.Origin] = [:],
        place: @escaping @Sendable (ConfigKey) -> String
    ) {
        self.source = source
        self.provider = provider
        self.files = files
        self.place = place
    }

    func entry(_ key: ConfigKey) -> ConfigEntry? {
        let name = AbsoluteConfigKey(key.name.split(separator: ".").map(String.init))
        guard case .string(let text)? = try? provider.value(forKey: name, type: .string).value?.content else {
            return nil
        }
        return ConfigEntry(key, text, source: source, place: place(key), secretFile: files[key.name])
    }

    /// A provider of texts by key name.
    static func provider(_ source: ConfigEntry.Source, _ values: [String: String]) -> InMemoryProvider {
        let pairs = values.map { name, text in
            let isSecret = ConfigKey.named(name)?.isSecret ?? true
            return (
                AbsoluteConfigKey(name.split(separator: ".").map(String.init)),
                ConfigValue(.string(text), isSecret: isSecret)
            )
        }
        return InMemoryProvider(
            name: source.rawValue, values: Dictionary(pairs, uniquingKeysWith: { first, _ in first }))
    }
}

extension ConfigLayer {
    static func flags(_ flags: [String: String], _ notes: inout ConfigNotes) -> ConfigLayer {
        var values: [String: String] = [:]
        for (name, text) in flags.sorted(by: { $0.key < $1.key }) {
            guard let key = ConfigKey.named(name) else {
                notes.problem("unknown key \(shown(name)) (--set): did you mean \(ConfigKey.nearest(to: name))?")
                continue
            }
            guard key.mayStandInFile else {
                notes.problem(
                    "\(name) may not be given by a flag, which shows in the list of processes: set \(key.fileVariable)")
                continue
            }
            guard !holdsPassword(text) else {
                notes.problem(
                    "\(name) may not be given by a flag with a password in it, which shows in the list of processes: set \(key.environmentName), put it into a file and name that by \(key.fileVariable), or into the configuration file with mode 0600"
                )
                continue
            }
            if !text.trimmed.isEmpty || key.takesBlank { values[name] = text }
        }
        return ConfigLayer(.flag, provider(.flag, values)) { "--set \($0.name)" }
    }

    /// Whether one of the URLs in it has a password, but for the one that everybody knows.
    private static func holdsPassword(_ text: String) -> Bool {
        text.split(separator: "://", omittingEmptySubsequences: false).dropFirst().contains { url in
            guard let at = url.lastIndex(of: "@") else { return false }
            let account = url[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return account.count == 2 && !account[1].isEmpty && account != ["guest", "guest"]
        }
    }

    static func environment(_ environment: [String: String], _ notes: inout ConfigNotes) -> ConfigLayer {
        refuseUnknown(environment, &notes)
        var given = environment
        for key in ConfigKey.all where !key.takesBlank && environment[key.environmentName]?.trimmed.isEmpty == true {
            given[key.environmentName] = nil
        }
        for key in ConfigKey.all where given[key.environmentName] != nil && isSet(environment[key.fileVariable]) {
            notes.problem("\(key.environmentName) and \(key.fileVariable) are both set: unset one")
        }
        let provider = EnvironmentVariablesProvider(
            environmentVariables: given,
            secretsSpecifier: .dynamic { name, _ in
                ConfigKey.all.contains { $0.isSecret && $0.environmentName == name }
            })
        return ConfigLayer(.environment, provider.prefixKeys(with: ["verify", "courier"])) { $0.environmentName }
    }

    /// The YAML file.
    static func file(_ path: String?, _ notes: inout ConfigNotes) -> ConfigLayer {
        let values = path.map { ConfigFile.read($0, &notes) } ?? [:]
        if let path, values.values.contains(where: { holdsPassword($0.text) }), let facts = FileFacts(path: path),
            facts.mode & ~0o640 != 0
        {
            notes.warn("\(path) holds a password and may be read by others (mode \(facts.shownMode)): chmod 600 it")
        }
        return ConfigLayer(.file, provider(.file, values.mapValues(\.text))) { key in
            "\(path ?? ""), line \(values[key.name]?.line ?? 0)"
        }
    }

    static func isSet(_ text: String?) -> Bool { text?.trimmed.isEmpty == false }

    static func shown(_ name: String) -> String { LogText.escaped(name, limit: 100) }

    /// Variables that begin with our prefix but are no keys.
    private static func isOurs(_ name: String) -> Bool {
        name == "VERIFY_COURIER_FAILPOINT" || name.hasPrefix("VERIFY_COURIER_TEST_")
    }

    private static func refuseUnknown(_ environment: [String: String], _ notes: inout ConfigNotes) {
        let known = Dictionary(
            ConfigKey.all.flatMap { [($0.environmentName, $0.name), ($0.fileVariable, $0.name)] },
            uniquingKeysWith: { first, _ in first })
        for name in environment.keys.sorted() where name.hasPrefix(ConfigKey.environmentPrefix) {
            guard known[name] == nil, !isOurs(name), !ServiceLink.isOne(name, environment[name] ?? "") else { continue }
            let nearest = EditDistance.nearest(to: name, in: known.keys.sorted()) ?? ""
            notes.problem(
                "unknown key \(shown(name)) (environment): did you mean \(nearest) (\(known[nearest] ?? ""))?")
        }
    }
}
