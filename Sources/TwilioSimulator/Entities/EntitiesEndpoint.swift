extension SimulatedTwilio {
    /// `…/Entities`, one entity by its identity, and what belongs to it.
    mutating func entitiesAnswer(_ call: APICall, service: String) throws(APIFailure) -> APIResponse {
        if let failure = ScriptedIdentities.failure(call.request) { throw failure }
        guard let identity = call.rest.first else { return try entityListAnswer(call, service: service) }
        let bodies = bodies(call)
        switch (call.deeper.rest.first, call.method) {
        case ("Factors", _): return try factorsAnswer(call.deeper.deeper, service: service, identity: identity)
        case ("Challenges", _): return try challengesAnswer(call.deeper.deeper, service: service, identity: identity)
        case (nil, "GET"):
            let found = try entity(service: service, identity, now: call.now)
            return APIResponse(status: 200, body: bodies.entity(found))
        case (nil, "DELETE"):
            try deleteEntity(service: service, identity, now: call.now)
            return APIResponse(status: 204, body: nil)
        case (nil, _): throw .noSuchMethod
        default: throw call.nowhere
        }
    }

    private mutating func entityListAnswer(_ call: APICall, service: String) throws(APIFailure) -> APIResponse {
        let bodies = bodies(call)
        switch call.method {
        case "GET":
            let body = try Paging(call.query).body(
                key: "entities", items: try entities(service: service),
                url: "\(bodies.base)/v2/Services/\(service)/Entities", query: call.query, render: bodies.entity)
            return APIResponse(status: 200, body: body)
        case "POST":
            let made = try createEntity(service: service, call.form, now: call.now)
            return APIResponse(status: 201, body: bodies.entity(made))
        default: throw .noSuchMethod
        }
    }
}

extension ResponseBodies {
    func entity(_ item: SimulatedEntity) -> JSONValue {
        let url = entityURL(item)
        return .object([
            "sid": .string(item.sid), "identity": .string(item.identity), "account_sid": .string(accountSID),
            "service_sid": .string(item.serviceSID), "date_created": Self.date(item.created),
            "date_updated": Self.date(item.updated), "url": .string(url),
            "links": .object([
                "factors": .string(url + "/Factors"), "new_factors": .string(url + "/Factors"),
                "challenges": .string(url + "/Challenges"),
            ]),
        ])
    }

    func entityURL(_ item: SimulatedEntity) -> String {
        "\(base)/v2/Services/\(item.serviceSID)/Entities/\(item.identity)"
    }
}
