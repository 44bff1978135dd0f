public import Basics
public import Wire

/// A person as the site knows them.
public struct UserRecord: Sendable, Equatable {
    public var name: String
    /// `false` for a person that no administrator named and who never registered anything.
    public var isKnown = false
    /// "Two Factor Auth. Required" in the security profile.
    public var required = false
    public var graceUntil: Timestamp?
    public var phone: Phone?
    public var authenticator: Authenticator?
    /// Raised by every reset: what was begun under an older one ends as `expired` / `reset`.
    public var generation: Int64 = 0
    public var lastApprovedAt: Timestamp?

    public init(name: String) {
        self.name = name
    }

    /// What the person has registered.
    public var factors: Set<Factor> {
        Set((phone == nil ? [] : [.phone]) + (authenticator == nil ? [] : [.authenticator]))
    }
}

/// A registered telephone.
public struct Phone: Sendable, Equatable {
    public var place: NumberPlace
    public var registeredAt: Timestamp

    public init(place: NumberPlace, registeredAt: Timestamp) {
        self.place = place
        self.registeredAt = registeredAt
    }

    public var number: E164 { place.number }
}

/// A number and what its numbering plan tells of it.
public struct NumberPlace: Sendable, Equatable, Codable {
    public var number: E164
    /// ISO 3166-1 alpha-2; `nil` for numbers of no region.
    public var region: String?
    /// The plan says that it is a landline, which gets no texts.
    public var isLandline: Bool

    public init(number: E164, region: String?, isLandline: Bool) {
        self.number = number
        self.region = region
        self.isLandline = isLandline
    }

    /// One line: region or `--`, `L` or `M`, the number. What a store seals.
    package var packed: String { "\(region ?? "--")\(isLandline ? "L" : "M")\(number.revealed)" }

    package init?(packed: String) {
        guard let number = E164(String(packed.dropFirst(3))) else { return nil }
        let region = String(packed.prefix(2))
        self.init(
            number: number, region: region == "--" ? nil : region, isLandline: packed.dropFirst(2).first == "L")
    }

    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        guard let place = NumberPlace(packed: try value.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: value, debugDescription: "no number")
        }
        self = place
    }

    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(packed)
    }
}

/// A registered authenticator: Twilio's factor, under a random identity.
public struct Authenticator: Sendable, Equatable {
    /// `YF…`
    public var factorSID: String
    /// Random, nothing personal.
    public var identity: String
    public var registeredAt: Timestamp

    public init(factorSID: String, identity: String, registeredAt: Timestamp) {
        self.factorSID = factorSID
        self.identity = identity
        self.registeredAt = registeredAt
    }
}
