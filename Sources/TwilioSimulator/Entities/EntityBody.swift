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
