public import Basics

extension TwilioClient {
    /// Has a code checked with a new challenge: `POST …/Challenges`. https://www.twilio.com/docs/verify/api/challenge
    ///
    /// - Parameters:
    ///   - identity: Whose factor it is.
    ///   - factorSID: `YF…`, verified.
    ///   - code: What the user entered.
    ///   - request: Our own name for the challenge, up to 64 ASCII characters, nothing personal: by it the challenge is
    ///     found in ``challenges(identity:factorSID:)`` if the answer is lost.
    ///   - gate: Asked when the request is about to be written; `false` ends the call as `withheld`.
    /// - Returns: The challenge, pending after a wrong code; only ``Challenge/approves(request:factorSID:identity:)``
    ///   makes it an approval.
    /// - Throws: Meaning `wrongCode` for a code that Twilio says so of, `challengeLimit` when the factor has had too many
    ///   challenges, `factorUnusable` or `notFound` when it is unverified or gone.
    public func createChallenge(
        identity: String, factorSID: String, code: Redacted<String>, request: String,
        gate: @escaping @Sendable () -> Bool
    ) async throws(CallFailure) -> Challenge {
        let form = [
            ("FactorSid", factorSID), ("AuthPayload", code.revealed), ("HiddenDetails", Self.hiddenDetails(request)),
        ]
        let exchange = try await call(.challenge, .post, { Self.challengesPath($0, identity) }, form: form, gate: gate)
        var challenge = try challenge(exchange)
        // The answer is about the challenge that this call has made, repeated name or not; another name is not ours.
        if challenge.request == nil { challenge.request = request }
        guard challenge.request == request else { throw .badResponse(status: exchange.response.status) }
        return challenge
    }

    /// Has another code checked with a pending challenge, five in all: `POST …/Challenges/{YC}`.
    ///
    /// - Parameters:
    ///   - sid: `YC…`
    ///   - identity: Whose factor it is.
    ///   - code: What the user entered.
    ///   - gate: Asked when the request is about to be written; `false` ends the call as `withheld`.
    /// - Returns: The challenge, pending after a wrong code; only ``Challenge/approves(sid:factorSID:identity:)`` makes
    ///   it an approval.
    /// - Throws: Meaning `wrongCode` for a code that Twilio says so of, `challengeTriesUsedUp` after five of them,
    ///   `challengeOver` when it was answered or has expired, `notFound` when it is gone.
    public func answerChallenge(
        sid: String, identity: String, code: Redacted<String>, gate: @escaping @Sendable () -> Bool
    ) async throws(CallFailure) -> Challenge {
        let form = [("AuthPayload", code.revealed)]
        return try challenge(
            try await call(
                .challenge, .post, { Self.challengesPath($0, identity, sid) }, about: sid, form: form, gate: gate))
    }

    /// Lists the newest challenges of a factor, the newest first: `GET …/Challenges`.
    ///
    /// - Returns: Up to 100, as many as Twilio lets a factor have in 24 hours; `nil` when there is no such entity.
    /// - Throws: `badResponse` also for a list with an entry that cannot be read.
    public func challenges(identity: String, factorSID: String) async throws(CallFailure) -> [Challenge]? {
        try await unlessMissing { () throws(CallFailure) in
            try await list(
                .challenge, { Self.challengesPath($0, identity) }, key: "challenges", isFirstPageEnough: true,
                query: { _ in [("FactorSid", factorSID), ("Order", "desc")] },
                item: { Challenge($0, serviceSID: $1.account.serviceSID, clock: $1.clock) })
        }
    }

    private static func challengesPath(_ account: TwilioAccount, _ identity: String, _ sid: String? = nil) -> String {
        entityPath(account, identity, ["Challenges", sid].compactMap(\.self))
    }

    /// A JSON object of texts, up to 1024 bytes.
    private static func hiddenDetails(_ request: String) -> String {
        let json = CanonicalJSON.object { $0.member(Challenge.requestKey, request) }
        return String(decoding: json, as: UTF8.self)
    }

    private func challenge(_ exchange: Exchange) throws(CallFailure) -> Challenge {
        try exchange.decode {
            Challenge($0, serviceSID: exchange.account.serviceSID, clock: exchange.clock)
        }
    }
}
