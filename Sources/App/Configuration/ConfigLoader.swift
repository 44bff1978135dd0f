public import FoundationEssentials

/// Reads the layers: flags, environment, secret files, `--config FILE` (YAML), defaults; the first that has a value wins.
///
/// It never throws: everything that is wrong is in ``problems``, so that an operator sees it all at once.
public struct ConfigLoader: Sendable {
    /// Every key with its value and source, in the catalogue's order.
    public let entries: [ConfigEntry]
    /// What could not be read at all, each with its place.
    public let problems: [String]
    /// What is odd, but works.
    public let warnings: [String]
    let stateFolder: String?

    /// - Parameters:
    ///   - flags: values by key name.
    ///   - file: path of the YAML file.
    ///   - environment: the variables; the file layer looks up `CREDENTIALS_DIRECTORY` here too.
    ///   - secrets: where secrets are mounted if systemd gives none; looked at only if it exists.
    public init(
        flags: [String: String], file: String?,
        environment: [String: String] = ProcessInfo.processInfo.environment, secrets: String? = "/run/secrets"
    ) {
        var notes = ConfigNotes()
        let given = environment["CREDENTIALS_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 }
        let layers = [
            ConfigLayer.flags(flags, &notes), .environment(environment, &notes),
            .secretFiles(environment, directory: given ?? secrets, &notes), .file(file, &notes),
        ]
        entries = ConfigKey.all.map { key in
            layers.lazy.compactMap { $0.entry(key) }.first ?? ConfigEntry(key, key.fallback)
        }
        problems = notes.problems
        warnings = notes.warnings + entries.compactMap(\.warning)
        stateFolder = StateFolder.path(environment)
    }
}
