import Basics

extension ResponseBodies {
    func factor(_ item: SimulatedFactor, of entity: SimulatedEntity) -> JSONValue {
        var pairs = factorHead(item, of: entity)
        pairs.members += factorTail(item, of: entity).members
        return .object(pairs)
    }

    /// Tells the secret, this once.
    func newFactor(_ made: SimulatedTwilio.NewFactor) -> JSONValue {
        var pairs = factorHead(made.factor, of: made.entity)
        let binding: JSONValue = .object([
            "secret": .string(made.secret.revealed), "uri": .string(made.uri.revealed),
        ])
        pairs.members += [.init(name: "binding", value: binding), .init(name: "options", value: nil)]
        pairs.members += factorTail(made.factor, of: made.entity).members
        return .object(pairs)
    }

    private func factorHead(_ item: SimulatedFactor, of entity: SimulatedEntity) -> JSONValue.KeyValuePairs {
        [
            "sid": .string(item.sid), "account_sid": .string(accountSID), "service_sid": .string(entity.serviceSID),
            "entity_sid": .string(entity.sid), "identity": .string(entity.identity),
        ]
    }

    private func factorTail(_ item: SimulatedFactor, of entity: SimulatedEntity) -> JSONValue.KeyValuePairs {
        [
            "date_created": Self.date(item.created), "date_updated": Self.date(item.updated),
            "friendly_name": .string(item.friendlyName), "status": .string(item.status.rawValue),
            "factor_type": "totp",
            "config": .object([
                "alg": .string(item.settings.algorithm.rawValue), "skew": .integer(item.settings.skew),
                "code_length": .integer(item.settings.codeLength), "time_step": .integer(item.settings.timeStep),
            ]), "metadata": .optional(item.metadata), "url": .string("\(entityURL(entity))/Factors/\(item.sid)"),
        ]
    }
}
