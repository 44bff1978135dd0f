import Store
import StoreSQLite

/// What operators do to the store.
extension App {
    /// Looks through the whole store; changes nothing.
    public func checkStore() async throws -> [Finding] {
        let place = try settings.store()
        return Self.findings(try await StoreKeeping.check(place), place.path)
    }

    static func findings(_ report: StoreKeeping.Report, _ path: String) -> [Finding] {
        let migration = report.missingMigrations.map {
            Finding.Issue.warn("step \($0) is missing: 'store migrate' or the next worker takes it")
        }
        return [
            Finding("file", well: "\(path) is sound", report.damage.map { .fail($0) }),
            Finding("schema", well: "up to date", migration),
            Finding(
                "key", well: "it fits, and opens all of \(report.sealed) sealed values",
                (report.isBound ? [] : [.warn("values are not bound to their rows yet: 'store rekey' binds them")])
                    + report.unreadable.sorted { $0.key < $1.key }.map {
                        .fail("\($0.value) values in \($0.key) cannot be opened: restore them from a backup")
                    }),
            Finding(
                "rows", well: "they agree with each other",
                report.violations.sorted { $0.key < $1.key }.map { .fail("\($0.value) rows break this: \($0.key)") }),
        ]
    }

    /// Writes a backup into a new file.
    /// - Returns: the key file's path, which has to be kept apart.
    public func backUpStore(to path: String) async throws -> String {
        let place = try settings.store()
        try await StoreKeeping.backup(place, to: path)
        return place.keyFile
    }

    /// Brings the store up to date.
    /// - Returns: the steps that were missing.
    public func migrateStore() async throws -> [String] {
        try await StoreKeeping.migrate(try settings.store())
    }

    /// Seals everything with a new key.
    /// - Returns: the new key's id, and how many values were sealed anew.
    public func rekeyStore() async throws -> (key: UInt8, values: Int) {
        let done = try await StoreKeeping.rekey(try settings.store())
        return (done.key, done.values)
    }

    /// Moves the store and its keys.
    ///
    /// - Parameter url: as `store.url`.
    public func copyStore(to url: String, keyFile: String?) async throws {
        guard case .text(let path)? = try? ConfigKind.store.parse(url) else {
            throw ConfigProblem("--to must be sqlite:PATH, not '\(url)'")
        }
        try await StoreKeeping.copy(try settings.store(), to: SQLiteStoreConfiguration(path: path, keyFile: keyFile))
    }
}
