public import Basics
public import Wire

/// A person as the site knows them.
public struct UserRecord: Sendable, Equatable {
    /// The site's own id of the person.
    public var name: String
    /// `false` for a person that no administrator named and who never registered anything.
    public var isKnown = false
    /// "Two Factor Auth.
    ///
    /// Required" in the security profile.
    public var required = false
    /// Until when a person who is asked for the factor need not have registered one; `nil` for no grace.
    public var graceUntil: Timestamp?
    /// The phone that is registered.
    public var phone: Phone?
    /// The authenticator that is registered.
    public var authenticator: Authenticator?
    /// Raised by every reset: what was begun under an older one ends as `expired` / `reset`.
    public var generation: Int64 = 0
    /// When a code of the person's was last right.
    public var lastApprovedAt: Timestamp?

    package init(name: String) {
        self.name = name
    }

    /// What the person has registered.
    public var factors: Set<Factor> {
        Set((phone == nil ? [] : [.phone]) + (authenticator == nil ? [] : [.authenticator]))
    }
}

/// A registered telephone.
public struct Phone: Sendable, Equatable {
    /// The number, and what its numbering plan tells of it.
    public var place: NumberPlace
    /// When its first code was right.
    public var registeredAt: Timestamp

    package init(place: NumberPlace, registeredAt: Timestamp) {
        self.place = place
        self.registeredAt = registeredAt
    }

    /// The number alone.
    public var number: E164 { place.number }
}

/// A number and what its numbering plan tells of it.
public struct NumberPlace: Sendable, Equatable, Codable {
    /// The number itself.
    public var number: E164
    /// ISO 3166-1 alpha-2; `nil` for numbers of no region.
    public var region: String?
    /// The plan says that it is a landline, which gets no texts.
    public var isLandline: Bool

    package init(number: E164, region: String?, isLandline: Bool) {
        self.number = number
        self.region = region
        self.isLandline = isLandline
    }

    /// One line: region or `--`, `L` or `M`, the number.
    ///
    /// What a store seals.
    package var packed: String { "\(region ?? "--")\(isLandline ? "L" : "M")\(number.revealed)" }

    package init?(packed: String) {
        guard let number = E164(String(packed.dropFirst(3))) else { return nil }
        let region = String(packed.prefix(2))
        self.init(
            number: number, region: region == "--" ? nil : region, isLandline: packed.dropFirst(2).first == "L")
    }

    /// From the words that ``encode(to:)`` writes.
    ///
    /// - Throws: `DecodingError` where they are none.
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        guard let place = NumberPlace(packed: try value.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: value, debugDescription: "no number")
        }
        self = place
    }

    /// As one line: number, region and kind.
    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(packed)
    }
}

/// A registered authenticator: Twilio's factor, under a random identity.
public struct Authenticator: Sendable, Equatable {
    /// `YF…`, Twilio's name for the factor.
    public var factorSID: String
    /// Random, nothing personal.
    public var identity: String
    /// When its first code was right.
    public var registeredAt: Timestamp

    package init(factorSID: String, identity: String, registeredAt: Timestamp) {
        self.factorSID = factorSID
        self.identity = identity
        self.registeredAt = registeredAt
    }
}
