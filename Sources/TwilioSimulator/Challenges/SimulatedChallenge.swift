import Basics

/// A question for a factor's code.
struct SimulatedChallenge: Sendable, Equatable, Listed {
    /// Expiry is no status that is kept: it follows from the clock.
    ///
    /// `denied` is for push only.
    enum Status: String, Sendable, CaseIterable {
        case pending, approved, expired, denied
    }

    /// Wrong codes per challenge (60308).
    static let maximumTries = 5

    let ordinal: Int
    let sid: String
    let factorSID: String
    let created: Timestamp
    let expires: Timestamp
    let details: ChallengeDetails?
    let hiddenDetails: [String: String]?
    var updated: Timestamp
    var metadata: [String: String]?
    /// When it was answered rightly.
    var responded: Timestamp?
    var wrongCodes = 0

    func status(now: Timestamp) -> Status {
        if responded != nil { return .approved }
        return now >= expires ? .expired : .pending
    }

    /// Throws what Twilio says to an answer that comes too late or too often.
    func checkOpen(now: Timestamp) throws(APIFailure) {
        switch status(now: now) {
        case .approved, .denied: throw .challengeAnswered
        case .expired: throw .challengeExpired
        case .pending: if wrongCodes >= Self.maximumTries { throw .challengeTriesUsedUp }
        }
    }

    /// Looks at a code of its factor, if it is open.
    ///
    /// - Returns: Whether it was right.
    mutating func answer(
        _ code: String, by factor: inout SimulatedFactor, now: Timestamp, refusesReplay: Bool
    ) throws(APIFailure) -> Bool {
        try checkOpen(now: now)
        let isRight = factor.takes(code, now: now, refusesReplay: refusesReplay)
        updated = now
        if isRight { responded = now } else { wrongCodes += 1 }
        return isRight
    }
}

/// What a person would be shown beside the question.
struct ChallengeDetails: Sendable, Equatable {
    struct Field: Sendable, Equatable, Decodable {
        var label: String
        var value: String
    }

    var message: String
    var fields: [Field]
}
