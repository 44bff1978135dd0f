import Basics

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
