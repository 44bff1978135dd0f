import Basics

extension SimulatedTwilio {
    /// `/v2/Services`, one service, and what belongs to it.
    mutating func servicesAnswer(_ call: APICall) throws(APIFailure) -> APIResponse {
        guard let sid = call.rest.first else { return try serviceListAnswer(call) }
        if call.rest.count > 1 { return try answer(call.deeper, ofService: sid) }
        let bodies = bodies(call)
        switch call.method {
        case "GET": return APIResponse(status: 200, body: bodies.service(try service(sid)))
        case "POST":
            return APIResponse(status: 200, body: bodies.service(try updateService(sid, call.form, now: call.now)))
        case "DELETE":
            try deleteService(sid)
            return APIResponse(status: 204, body: nil)
        default: throw .noSuchMethod
        }
    }

    private mutating func serviceListAnswer(_ call: APICall) throws(APIFailure) -> APIResponse {
        let bodies = bodies(call)
        switch call.method {
        case "GET":
            let body = try Paging(call.query).body(
                key: "services", items: services, url: bodies.base + "/v2/Services", query: call.query,
                render: bodies.service)
            return APIResponse(status: 200, body: body)
        case "POST":
            return APIResponse(status: 201, body: bodies.service(try createService(call.form, now: call.now)))
        default: throw .noSuchMethod
        }
    }
}
