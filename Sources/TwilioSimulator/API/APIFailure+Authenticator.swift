extension APIFailure {
    static let entityExists = catalogued(60301)
    static let challengeTriesUsedUp = catalogued(60308)
    static let factorTriesUsedUp = catalogued(60310)
    static let wrongFactorCode = catalogued(60311)
    static let tooManyChallenges = catalogued(60312)
    static let badBinding = catalogued(60314)
    static let tooManyFactors = catalogued(60315)
    static let factorExists = catalogued(60317)
    static let factorUnusable = catalogued(60318)
    static let challengeAnswered = catalogued(60322)
    static let challengeExpired = catalogued(60323)
    static let wrongChallengeCode = catalogued(60324)
    static let tooManyFactorRequests = catalogued(60326)
    static let tooManyEntities = catalogued(60328)

    /// 400: a parameter of an entity, factor or challenge is missing or malformed; nothing was looked at.
    static func invalidRequest(_ parameter: String) -> APIFailure {
        var failure = catalogued(60306)
        failure.message += ": \(parameter)"
        return failure
    }
}
