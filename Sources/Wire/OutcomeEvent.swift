/// An outcome as those hear of it who only watch: exchange `verify.events` (contract, sections 1 and 3).
public enum OutcomeEvent {
    /// For the asker only: sentences, secrets, the bodies of dead letters and the audit trail, which name people.
    private static let withheld: Set<String> = ["message", "secret", "uri", "qr", "ticket", "code", "body", "entries"]
    /// Names of people.
    ///
    /// `next` is where a list of people goes on.
    private static let names: Set<String> = ["user", "next"]
    private static let maximumDepth = 16

    /// Its routing key, such as `register.phone.throttled`.
    public static func routingKey(_ kind: JobKind, _ outcome: Outcome) -> String {
        "\(kind.rawValue).\(outcome.rawValue)"
    }

    /// The reply's body with what is withheld left out and people under another name, at every level.
    ///
    /// - Parameter pseudonym: a keyed hash of a person's name.
    /// - Returns: `nil` for what is no reply of ours.
    public static func body(ofReply bytes: [UInt8], pseudonym: (String) -> String) -> [UInt8]? {
        guard let value = try? JSONParser.parse(bytes, maximumDepth: maximumDepth), case .object = value else {
            return nil
        }
        return masked(value, pseudonym).encoded()
    }

    private static func masked(_ value: JSONValue, _ pseudonym: (String) -> String) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map { masked($0, pseudonym) })
        case .object(let members):
            var kept: [String: JSONValue] = [:]
            for (key, member) in members where !withheld.contains(key) {
                if names.contains(key), case .string(let name) = member {
                    kept[key] = .string(pseudonym(name))
                } else {
                    kept[key] = masked(member, pseudonym)
                }
            }
            return .object(kept)
        case .null, .bool, .number, .string: return value
        }
    }
}
