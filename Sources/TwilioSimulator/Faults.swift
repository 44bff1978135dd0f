/// The kinds of requests that faults and counters tell apart.
public enum SimulatorOperation: String, Sendable, CaseIterable {
    /// `POST …/Verifications`.
    case start
    /// `POST …/VerificationCheck`.
    case check
    /// `GET …/Verifications/…`.
    case fetch
    /// `GET /v2/Attempts…`.
    case attempts
    /// As a fault's target: everything under `/v2`. As a counter: the requests that are none of the above.
    case any

    /// What a request is, by method and path.
    init(method: String, path: [String]) {
        let resource = path.dropFirst(3).first
        switch (method, path.dropFirst().first, resource, path.count) {
        case ("POST", "Services", "Verifications", 4): self = .start
        case ("POST", "Services", "VerificationCheck", 4): self = .check
        case ("GET", "Services", "Verifications", 5): self = .fetch
        case ("GET", "Attempts", _, _): self = .attempts
        default: self = .any
        }
    }
}

/// A misbehaviour to order from the simulator.
public struct SimulatorFault: Sendable, Equatable {
    /// What goes wrong.
    public enum Kind: String, Sendable, CaseIterable {
        /// 500, 503 or 429 (20429, `Retry-After: 1`), without performing the request.
        case serverError = "500"
        case unavailable = "503"
        case tooManyRequests = "429"
        /// The request is performed; the answer is not JSON.
        case garbage
        /// Nothing is performed; after 60 seconds the connection is dropped.
        case hang
        /// The request is performed; the answer comes late.
        case slow
        /// The connection is dropped without an answer, before or after performing the request.
        case closeBefore = "close-before"
        case closeAfter = "close-after"
    }

    public var kind: Kind
    /// How many of a hundred requests it hits, 1 to 100.
    public var percent: Int
    /// How many requests it still hits; `nil` for no end.
    public var count: Int?
    /// How late the answer of ``Kind/slow`` is.
    public var delay: Duration

    public init(_ kind: Kind, percent: Int = 100, count: Int? = nil, delay: Duration = .seconds(1)) {
        self.kind = kind
        self.percent = percent
        self.count = count
        self.delay = delay
    }
}

/// The faults ordered, at most one per operation.
struct FaultPlan: Sendable {
    private var faults: [SimulatorOperation: SimulatorFault] = [:]

    /// Orders a fault in place of an earlier one; `nil` ends it.
    mutating func set(_ fault: SimulatorFault?, on operation: SimulatorOperation) {
        faults[operation] = fault
    }

    /// Ends all of them.
    mutating func clear() {
        faults = [:]
    }

    /// The fault that hits a request: its operation's own, else the one for all. `roll` is a random number from 0
    /// to 99.
    mutating func draw(_ operation: SimulatorOperation, roll: Int) -> SimulatorFault? {
        let key = faults[operation] == nil ? SimulatorOperation.any : operation
        guard var fault = faults[key], roll < fault.percent else { return nil }
        let drawn = fault
        if let count = fault.count {
            fault.count = count - 1
            faults[key] = count > 1 ? fault : nil
        }
        return drawn
    }
}
