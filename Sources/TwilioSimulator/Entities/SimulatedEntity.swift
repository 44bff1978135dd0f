import Basics

/// A person under a random name, with the authenticators that belong to them.
struct SimulatedEntity: Sendable, Equatable, Listed {
    /// Authenticators per entity (60315), and how many may be made in a day (60326).
    static let maximumFactors = 100
    static let maximumFactorsPerDay = 100

    /// Whose it is.
    ///
    /// Twilio's examples list `DD68…` under `dd68…`: case does not count.
    struct Key: Hashable, Sendable {
        let serviceSID: String
        let folded: String

        init(service: String, identity: String) {
            serviceSID = service
            folded = identity.lowercased()
        }
    }

    let ordinal: Int
    let sid: String
    let serviceSID: String
    /// As it was written when the entity was made.
    let identity: String
    let created: Timestamp
    var updated: Timestamp
    /// Both in the order of their creation.
    var factors: [SimulatedFactor] = []
    var challenges: [SimulatedChallenge] = []
    /// When factors were made, deleted ones included; the latest day.
    var factorCreations: [Timestamp] = []
    /// Factors and challenges ever made: the next one's ordinal.
    var made = 0

    /// Twilio's rule: 8 to 64 letters, digits and dashes.
    static func isAcceptable(identity: String) -> Bool {
        (8...64).contains(identity.utf8.count)
            && identity.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    func factorIndex(_ sid: String) throws(APIFailure) -> Int {
        guard let index = factors.firstIndex(where: { $0.sid == sid }) else {
            throw .notFound("/Services/\(serviceSID)/Entities/\(identity)/Factors/\(sid)")
        }
        return index
    }

    func challengeIndex(_ sid: String) throws(APIFailure) -> Int {
        guard let index = challenges.firstIndex(where: { $0.sid == sid }) else {
            throw .notFound("/Services/\(serviceSID)/Entities/\(identity)/Challenges/\(sid)")
        }
        return index
    }

    mutating func nextOrdinal() -> Int {
        made += 1
        return made
    }
}
