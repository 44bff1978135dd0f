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
        default: self = .any
        }
    }
}
