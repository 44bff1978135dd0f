import Basics

/// One send as `/v2/Attempts` knows it; it outlives its verification.
struct SimulatedAttempt: Sendable, Equatable, Listed {
    let ordinal: Int
    let sid: String
    let serviceSID: String
    let verificationSID: String
    let to: String
    let channel: String
    let created: Timestamp
    /// When its verification runs out.
    let expires: Timestamp
    let codeLength: Int
    let locale: String?
    /// ISO 3166-1 alpha-2.
    let country: String?
    /// When the code of this send was entered rightly; `nil` until then.
    var converted: Timestamp?

    /// See ``ScriptedNumbers/undelivered(to:channel:)``.
    var undelivered: String? { ScriptedNumbers.undelivered(to: to, channel: channel) }

    /// Twilio's word for the attempt at a moment.
    func status(now: Timestamp) -> String {
        if converted != nil { return "confirmed" }
        return now >= expires ? "expired" : "unconfirmed"
    }
}

extension SimulatedTwilio {
    /// The attempts that can be seen now and match, newest first.
    func attempts(_ query: AttemptsQuery, now: Timestamp) -> [SimulatedAttempt] {
        Array(attempts.lazy.reversed().compactMap { visible($0, now: now) }.filter(query.matches))
    }

    func attempt(_ sid: String, now: Timestamp) throws(APIFailure) -> SimulatedAttempt {
        guard let found = attempts.first(where: { $0.sid == sid }), let seen = visible(found, now: now) else {
            throw .notFound("/Attempts/\(sid)")
        }
        return seen
    }

    /// The attempt as the outside sees it: the send and its conversion each appear after the configured delay.
    private func visible(_ attempt: SimulatedAttempt, now: Timestamp) -> SimulatedAttempt? {
        let delay = configuration.attemptVisibilityDelay
        guard attempt.created + delay <= now, attempt.created > now - Self.attemptsWindow else { return nil }
        var seen = attempt
        if let converted = attempt.converted, converted + delay > now { seen.converted = nil }
        return seen
    }
}
