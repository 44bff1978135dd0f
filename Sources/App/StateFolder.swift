import FoundationEssentials

/// Where the program keeps what it must not lose (contract, section 7).
enum StateFolder {
    static var path: String {
        let environment = ProcessInfo.processInfo.environment
        if let state = environment["STATE_DIRECTORY"], !state.isEmpty {
            return String(state.split(separator: ":").first ?? "")
        }
        if let state = environment["XDG_STATE_HOME"], !state.isEmpty { return "\(state)/verify-courier" }
        return "\(environment["HOME"] ?? ".")/.local/state/verify-courier"
    }
}
