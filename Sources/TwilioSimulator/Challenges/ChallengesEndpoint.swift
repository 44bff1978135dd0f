import Basics

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

extension ResponseBodies {
    func challenge(_ item: SimulatedChallenge, of entity: SimulatedEntity, now: Timestamp) -> JSONValue {
        let url = "\(entityURL(entity))/Challenges/\(item.sid)"
        return .object([
            "sid": .string(item.sid), "account_sid": .string(accountSID), "service_sid": .string(entity.serviceSID),
            "entity_sid": .string(entity.sid), "identity": .string(entity.identity),
            "factor_sid": .string(item.factorSID), "date_created": Self.date(item.created),
            "date_updated": Self.date(item.updated), "date_responded": item.responded.map(Self.date) ?? nil,
            "expiration_date": Self.date(item.expires), "status": .string(item.status(now: now).rawValue),
            "responded_reason": "none", "details": item.details.map { details($0, at: item.created) } ?? nil,
            "hidden_details": .optional(item.hiddenDetails), "metadata": .optional(item.metadata),
            "factor_type": "totp", "url": .string(url),
            "links": .object(["notifications": .string(url + "/Notifications")]),
        ])
    }

    private func details(_ details: ChallengeDetails, at time: Timestamp) -> JSONValue {
        .object([
            "message": .string(details.message), "date": Self.date(time),
            "fields": .array(
                details.fields.map { .object(["label": .string($0.label), "value": .string($0.value)]) }),
        ])
    }
}
