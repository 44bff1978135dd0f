import Web

/// Identities that make the simulator misbehave on purpose: `scripted-`, an operation, `-` and the error that it causes, with
/// anything behind another dash.
///
/// `scripted-create-factor-60315-anna` behaves until a factor is to be made for it, which is refused with 60315.
/// ``ScriptedErrors`` lists the codes.
enum ScriptedIdentities {
    static let prefix = "scripted-"

    static func identity(_ operation: SimulatorOperation, _ code: Int) -> String {
        "\(prefix)\(operation.rawValue)-\(code)"
    }

    /// The error that a request for such an identity gives; `nil` for one that behaves.
    static func failure(_ request: APIRequest) -> APIFailure? {
        let operation = SimulatorOperation(method: request.method, path: request.path)
        let identity = request.path.dropFirst(4).first ?? request.form["Identity"]
        let start = "\(prefix)\(operation.rawValue)-"
        guard let identity = identity?.lowercased(), identity.hasPrefix(start) else { return nil }
        let code = identity.dropFirst(start.count).prefix { $0 != "-" }
        return Int(code).flatMap(ScriptedErrors.failure)
    }
}
