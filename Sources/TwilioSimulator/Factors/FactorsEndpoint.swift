import Basics

extension SimulatedTwilio {
    /// `…/Factors` of an entity, and one of them.
    mutating func factorsAnswer(_ call: APICall, service: String, identity: String) throws(APIFailure) -> APIResponse {
        guard call.rest.count <= 1 else { throw call.nowhere }
        let bodies = bodies(call)
        switch (call.method, call.rest.first) {
        case ("GET", nil):
            let owner = try entity(service: service, identity, now: call.now)
            let body = try Paging(call.query).body(
                key: "factors", items: owner.factors, url: bodies.entityURL(owner) + "/Factors", query: call.query,
                render: { bodies.factor($0, of: owner) })
            return APIResponse(status: 200, body: body)
        case ("POST", nil):
            let made = try createFactor(service: service, identity: identity, call.form, now: call.now)
            return APIResponse(status: 201, body: bodies.newFactor(made))
        case ("GET", let sid?):
            let owner = try entity(service: service, identity, now: call.now)
            return APIResponse(status: 200, body: bodies.factor(owner.factors[try owner.factorIndex(sid)], of: owner))
        case ("POST", let sid?):
            let (owner, factor) = try updateFactor(
                service: service, identity: identity, sid, call.form, now: call.now)
            return APIResponse(status: 200, body: bodies.factor(factor, of: owner))
        case ("DELETE", let sid?):
            try deleteFactor(service: service, identity: identity, sid, now: call.now)
            return APIResponse(status: 204, body: nil)
        default: throw .noSuchMethod
        }
    }
}

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
