extension SimulatedTwilio {
    /// `/v2/Attempts`, its summary, and one attempt.
    func attemptsAnswer(_ call: APICall) throws(APIFailure) -> APIResponse {
        guard call.rest.count <= 1 else { throw call.nowhere }
        guard call.method == "GET" else { throw .noSuchMethod }
        let bodies = bodies(call)
        switch call.rest.first {
        case nil:
            let found = attempts(try AttemptsQuery(call.query), now: call.now)
            let body = try Paging(call.query).body(
                key: "attempts", items: found, newestFirst: true, url: bodies.base + "/v2/Attempts",
                query: call.query, render: { bodies.attempt($0, now: call.now) })
            return APIResponse(status: 200, body: body)
        case "Summary":
            let found = attempts(try AttemptsQuery(summary: call.query), now: call.now)
            return APIResponse(status: 200, body: bodies.summary(found))
        case let sid?:
            return APIResponse(status: 200, body: bodies.attempt(try attempt(sid, now: call.now), now: call.now))
        }
    }
}
