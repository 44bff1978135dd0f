/// The kinds of requests that faults and counters tell apart.
public enum SimulatorOperation: String, Sendable, CaseIterable {
    /// `POST …/Verifications`.
    case start
    /// `POST …/VerificationCheck`.
    case check
    /// `GET …/Verifications/…`.
    case fetch
    /// `POST …/Verifications/…`: cancelling and approving by hand.
    case update
    /// `GET /v2/Attempts…`.
    case attempts
    /// `/v2/Services` and one of them, whatever the method.
    case services
    /// `POST …/Entities`, `GET …/Entities`, and `GET` and `DELETE` of one.
    case createEntity = "create-entity"
    case listEntities = "list-entities"
    case fetchEntity = "fetch-entity"
    case deleteEntity = "delete-entity"
    /// `POST …/Factors`, `GET …/Factors`, and `POST`, `GET` and `DELETE` of one.
    case createFactor = "create-factor"
    case listFactors = "list-factors"
    case verifyFactor = "verify-factor"
    case fetchFactor = "fetch-factor"
    case deleteFactor = "delete-factor"
    /// `POST …/Challenges`, `GET …/Challenges`, and `POST` and `GET` of one.
    case createChallenge = "create-challenge"
    case listChallenges = "list-challenges"
    case answerChallenge = "answer-challenge"
    case fetchChallenge = "fetch-challenge"
    /// As a fault's target: everything under `/v2`. As a counter: the requests that are none of the above.
    case any

    /// What a request is, by method and path.
    init(method: String, path: [String]) {
        let resource = path.dropFirst(3).first
        switch (method, path.dropFirst().first, resource, path.count) {
        case ("POST", "Services", "Verifications", 4): self = .start
        case ("POST", "Services", "VerificationCheck", 4): self = .check
        case ("GET", "Services", "Verifications", 5): self = .fetch
        case ("POST", "Services", "Verifications", 5): self = .update
        case ("GET", "Attempts", _, _): self = .attempts
        case (_, "Services", nil, _): self = .services
        case (_, "Services", "Entities", _): self = Self.ofEntities(method, path.dropFirst(4))
        default: self = .any
        }
    }

    /// - Parameter rest: What follows `Entities` in the path.
    private static func ofEntities(_ method: String, _ rest: ArraySlice<String>) -> SimulatorOperation {
        switch (method, rest.dropFirst().first, rest.count) {
        case ("POST", nil, 0): .createEntity
        case ("GET", nil, 0): .listEntities
        case ("GET", nil, 1): .fetchEntity
        case ("DELETE", nil, 1): .deleteEntity
        case ("POST", "Factors", 2): .createFactor
        case ("GET", "Factors", 2): .listFactors
        case ("POST", "Factors", 3): .verifyFactor
        case ("GET", "Factors", 3): .fetchFactor
        case ("DELETE", "Factors", 3): .deleteFactor
        case ("POST", "Challenges", 2): .createChallenge
        case ("GET", "Challenges", 2): .listChallenges
        case ("POST", "Challenges", 3): .answerChallenge
        case ("GET", "Challenges", 3): .fetchChallenge
        default: .any
        }
    }
}
