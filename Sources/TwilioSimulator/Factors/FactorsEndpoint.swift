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
