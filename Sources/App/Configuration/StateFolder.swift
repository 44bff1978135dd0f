import FoundationEssentials

/// Where the program keeps what it must not lose (contract, section 7).
enum StateFolder {
    /// `nil` when the environment tells of no place.
    static func path(_ environment: [String: String]) -> String? {
        // systemd separates several by colons.
        if let first = environment["STATE_DIRECTORY"]?.split(separator: ":").first { return String(first) }
        // The XDG base directory specification has relative paths ignored.
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/verify-courier" }
        guard let home = environment["HOME"], !home.isEmpty else { return nil }
        return "\(home)/.local/state/verify-courier"
    }

    /// Makes the folder, for its owner alone, unless it is there.
    static func make(_ path: String) throws(ConfigProblem) {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ConfigProblem("the state folder \(path) cannot be made: make it, or set store.url")
        }
    }
}
