import Basics

/// A code as a screen shows it.
struct ShownCode: Sendable, Equatable {
    struct Factor: Sendable, Equatable {
        var identity: String
        var status: SimulatedFactor.Status
    }

    /// The account's number, or the factor's SID.
    var id: String
    var issuer: String
    var label: String
    /// Whose factor it is and how it stands; `nil` for an account of the app.
    var factor: Factor?
    var code: Redacted<String>
    /// Whole seconds until it changes, 1 to the period.
    var secondsLeft: Int
    var period: Int

    init(id: String, issuer: String, label: String, password: OneTimePassword, now: Timestamp) {
        self.id = id
        self.issuer = issuer
        self.label = label
        code = password.code(at: now)
        secondsLeft = password.secondsLeft(at: now)
        period = password.period
    }
}

extension SimulatedTwilio {
    /// The codes that Twilio would take for the latest factors, the newest first.
    func shownFactors(limit: Int, now: Timestamp) -> [ShownCode] {
        let all = entities.values.flatMap { entity in
            entity.factors.filter { !$0.isForgotten(now: now) }.map { (entity, $0) }
        }
        let newest = all.sorted { left, right in
            (left.1.created, left.0.ordinal, left.1.ordinal) > (right.1.created, right.0.ordinal, right.1.ordinal)
        }
        return newest.prefix(limit).map { entity, factor in
            let issuer = services.first { $0.sid == entity.serviceSID }?.issuer ?? ""
            var shown = ShownCode(
                id: factor.sid, issuer: issuer, label: factor.friendlyName, password: factor.password, now: now)
            shown.factor = .init(identity: entity.identity, status: factor.status)
            return shown
        }
    }
}
