import Basics
import Web

extension SimulatedTwilio {
    /// Makes a challenge, and looks at the code if the form has one: a wrong one leaves it pending, with a try used.
    mutating func createChallenge(
        service sid: String, identity: String, _ form: FormFields, now: Timestamp
    ) throws(APIFailure) -> (SimulatedEntity, SimulatedChallenge) {
        let parameters = try ChallengeParameters(form, now: now)
        var entity = try entity(service: sid, identity, now: now)
        let index = try entity.factorIndex(parameters.factorSID)
        guard entity.factors[index].status == .verified else { throw .factorUnusable }
        try entity.checkChallengeLimits(of: entity.factors[index], now: now)
        entity.challenges.append(
            SimulatedChallenge(
                ordinal: entity.nextOrdinal(), sid: sources.sid("YC"), factorSID: parameters.factorSID, created: now,
                expires: parameters.expires, details: parameters.details, hiddenDetails: parameters.hiddenDetails,
                updated: now))
        statistics.challenges += 1
        return try answer(&entity, entity.challenges.count - 1, parameters.code, now: now)
    }

    /// Looks at a code for a pending challenge, five wrong ones in all.
    mutating func updateChallenge(
        service sid: String, identity: String, _ challengeSID: String, _ form: FormFields, now: Timestamp
    ) throws(APIFailure) -> (SimulatedEntity, SimulatedChallenge) {
        let code = try FactorParameters.authPayload(form)
        let metadata = try form.texts("Metadata")
        guard code != nil || metadata != nil else { throw .invalidRequest("AuthPayload") }
        var entity = try entity(service: sid, identity, now: now)
        let index = try entity.challengeIndex(challengeSID)
        try entity.challenges[index].checkOpen(now: now)
        if let metadata { entity.challenges[index].metadata = metadata }
        entity.challenges[index].updated = now
        return try answer(&entity, index, code, now: now)
    }

    /// Keeps the entity whatever the code was.
    private mutating func answer(
        _ entity: inout SimulatedEntity, _ index: Int, _ code: String?, now: Timestamp
    ) throws(APIFailure) -> (SimulatedEntity, SimulatedChallenge) {
        var isRight = true
        if let code {
            let factor = try entity.factorIndex(entity.challenges[index].factorSID)
            isRight = try entity.challenges[index].answer(
                code, by: &entity.factors[factor], now: now, refusesReplay: codes.refuseReplay)
            if isRight { statistics.challengesApproved += 1 }
        }
        keep(entity)
        guard isRight || !codes.refuseWrong else { throw .wrongChallengeCode }
        return (entity, entity.challenges[index])
    }
}

extension SimulatedEntity {
    /// Twilio's limits (60312): with codes of up to four digits 10 challenges a day, else 50 an hour and 100 a day.
    fileprivate func checkChallengeLimits(of factor: SimulatedFactor, now: Timestamp) throws(APIFailure) {
        func count(_ window: Duration) -> Int {
            challenges.count { $0.factorSID == factor.sid && $0.created > now - window }
        }
        let isShort = factor.settings.codeLength <= 4
        let isBelow = isShort || count(.seconds(3600)) < 50
        guard isBelow, count(.seconds(24 * 3600)) < (isShort ? 10 : 100) else { throw .tooManyChallenges }
    }
}
