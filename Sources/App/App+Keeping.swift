import Store

/// What operators do to the store.
extension App {
    /// Looks through the whole store; changes nothing.
    public func checkStore() async throws -> [Finding] {
        let store = try settings.store()
        return Self.findings(try await store.check(), store.name)
    }

    static func findings(_ report: StoreReport, _ name: String) -> [Finding] {
        let migration = report.missingMigrations.map {
            Finding.Issue.warn("step \($0) is missing: 'store migrate' or the next worker takes it")
        }
        return [
            Finding("file", well: "\(name) is sound", report.damage.map { .fail($0) }),
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
        let store = try settings.store()
        try await store.backup(to: path)
        return store.keyFile
    }

    /// Brings the store up to date.
    /// - Returns: the steps that were missing.
    public func migrateStore() async throws -> [String] {
        try await settings.store().migrate()
    }

    /// Seals everything with a new key.
    /// - Returns: the new key's id, and how many values were sealed anew.
    public func rekeyStore() async throws -> (key: UInt8, values: Int) {
        let done = try await settings.store().rekey()
        return (done.key, done.values)
    }

    /// Moves the store and its keys.
    ///
    /// - Parameter url: as `store.url`.
    public func copyStore(to url: String, keyFile: String?) async throws {
        guard let target = StoreFactory.store(at: url, keyFile: keyFile) else {
            throw ConfigProblem("--to must be \(StoreFactory.forms), not '\(url)'")
        }
        try await Self.copy(try settings.store(), to: target)
    }

    private static func copy<Driver: StoreDriver>(_ store: Driver, to target: any StoreDriver) async throws {
        if let problem = target.problem { throw ConfigProblem("--to \(problem)") }
        guard let target = target as? Driver else { return try await StoreCopying.copy(from: store, to: target) }
        try await store.copy(to: target)
    }
}
