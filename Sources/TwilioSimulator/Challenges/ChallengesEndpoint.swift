extension SimulatedTwilio {
    /// `…/Challenges` of an entity, and one of them.
    mutating func challengesAnswer(
        _ call: APICall, service: String, identity: String
    ) throws(APIFailure) -> APIResponse {
        guard call.rest.count <= 1 else { throw call.nowhere }
        let bodies = bodies(call)
        switch (call.method, call.rest.first) {
        case ("GET", nil):
            let owner = try entity(service: service, identity, now: call.now)
            let query = try ChallengesQuery(call.query)
            let body = try Paging(call.query).body(
                key: "challenges", items: query.found(in: owner.challenges, now: call.now),
                newestFirst: query.newestFirst, url: bodies.entityURL(owner) + "/Challenges", query: call.query,
                render: { bodies.challenge($0, of: owner, now: call.now) })
            return APIResponse(status: 200, body: body)
        case ("POST", nil):
            let (owner, made) = try createChallenge(service: service, identity: identity, call.form, now: call.now)
            return APIResponse(status: 201, body: bodies.challenge(made, of: owner, now: call.now))
        case ("GET", let sid?):
            let owner = try entity(service: service, identity, now: call.now)
            let found = owner.challenges[try owner.challengeIndex(sid)]
            return APIResponse(status: 200, body: bodies.challenge(found, of: owner, now: call.now))
        case ("POST", let sid?):
            let (owner, answered) = try updateChallenge(
                service: service, identity: identity, sid, call.form, now: call.now)
            return APIResponse(status: 200, body: bodies.challenge(answered, of: owner, now: call.now))
        default: throw .noSuchMethod
        }
    }
}
