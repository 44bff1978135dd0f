import Basics

extension SimulatedTwilio {
    /// Answers a request to `/v2`, credentials included.
    mutating func respond(to request: APIRequest, now: Timestamp) -> APIResponse {
        do throws(APIFailure) {
            guard isAuthorized(request.authorization) else { throw .authenticate }
            let rest = Array(request.path.dropFirst())
            switch rest.first {
            case "Services" where rest.count <= 2: return try serviceAnswer(request, rest.dropFirst().first, now)
            case "Services" where rest[2] == "Verifications" && rest.count <= 4:
                return try verificationAnswer(request, rest[1], rest.dropFirst(3).first, now)
            case "Services" where rest[2] == "VerificationCheck" && rest.count == 3:
                guard request.method == "POST" else { throw .noSuchMethod }
                let checked = try check(service: rest[1], request.form, now: now)
                return APIResponse(status: 200, body: bodies(request).check(checked))
            case "Attempts" where rest.count <= 2: return try attemptsAnswer(request, rest.dropFirst().first, now)
            default: throw .notFound("/" + rest.joined(separator: "/"))
            }
        } catch {
            return APIResponse(error)
        }
    }

    private func bodies(_ request: APIRequest) -> ResponseBodies {
        ResponseBodies(accountSID: configuration.accountSID, base: request.base)
    }

    private mutating func serviceAnswer(_ request: APIRequest, _ sid: String?, _ now: Timestamp) throws(APIFailure)
        -> APIResponse
    {
        let bodies = bodies(request)
        switch (request.method, sid) {
        case ("GET", nil):
            let paging = try Paging(request.query)
            let url = request.base + "/v2/Services"
            let items = services.map(bodies.service)
            return APIResponse(
                status: 200, body: paging.body(key: "services", items: items, url: url, query: request.query))
        case ("POST", nil):
            return APIResponse(status: 201, body: bodies.service(try createService(request.form, now: now)))
        case ("GET", let sid?): return APIResponse(status: 200, body: bodies.service(try service(sid)))
        case ("POST", let sid?):
            return APIResponse(status: 200, body: bodies.service(try updateService(sid, request.form, now: now)))
        case ("DELETE", let sid?):
            try deleteService(sid)
            return APIResponse(status: 204, body: nil)
        default: throw .noSuchMethod
        }
    }

    private mutating func verificationAnswer(
        _ request: APIRequest, _ service: String, _ idOrNumber: String?, _ now: Timestamp
    ) throws(APIFailure) -> APIResponse {
        let bodies = bodies(request)
        switch (request.method, idOrNumber) {
        case ("POST", nil):
            let started = try start(service: service, request.form, now: now)
            return APIResponse(status: 201, body: bodies.verification(started))
        case ("GET", let id?):
            let found = try fetch(service: service, idOrNumber: id, now: now)
            return APIResponse(status: 200, body: bodies.verification(found))
        case ("POST", let id?):
            let updated = try update(service: service, idOrNumber: id, request.form, now: now)
            return APIResponse(status: 200, body: bodies.verification(updated))
        default: throw .noSuchMethod
        }
    }

    private func attemptsAnswer(_ request: APIRequest, _ sid: String?, _ now: Timestamp) throws(APIFailure)
        -> APIResponse
    {
        guard request.method == "GET" else { throw .noSuchMethod }
        let bodies = bodies(request)
        if let sid, sid != "Summary" {
            return APIResponse(status: 200, body: bodies.attempt(try attempt(sid, now: now)))
        }
        let found = attempts(try AttemptsQuery(request.query), now: now)
        if sid != nil { return APIResponse(status: 200, body: bodies.summary(found)) }
        let body = try Paging(request.query).body(
            key: "attempts", items: found.map(bodies.attempt), url: request.base + "/v2/Attempts",
            query: request.query)
        return APIResponse(status: 200, body: body)
    }
}
