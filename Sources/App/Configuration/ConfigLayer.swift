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
            if !text.trimmed.isEmpty || key.takesBlank { values[name] = text }
        }
        return ConfigLayer(.flag, provider(.flag, values)) { "--set \($0.name)" }
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
            guard known[name] == nil, !isOurs(name) else { continue }
            let nearest = EditDistance.nearest(to: name, in: known.keys.sorted()) ?? ""
            notes.problem(
                "unknown key \(shown(name)) (environment): did you mean \(nearest) (\(known[nearest] ?? ""))?")
        }
    }
}
