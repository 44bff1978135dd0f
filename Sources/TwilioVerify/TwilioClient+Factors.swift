public import Basics

extension TwilioClient {
    /// Makes an authenticator, and its entity where there is none: `POST …/Factors`.
    /// https://www.twilio.com/docs/verify/api/factor
    ///
    /// Twilio knows no idempotency key: when the effect of a failure is `unknown`, delete the entity and begin anew, or
    /// look with ``factors(identity:)``.
    ///
    /// - Parameters:
    ///   - identity: 8 to 64 lower-case letters, digits and dashes; random, nothing personal.
    ///   - friendlyName: Random too; people see the label in our own link.
    ///   - secret: Ours, in Base32 without padding.
    ///   - gate: Asked when the request is about to be written; `false` ends the call as `withheld`.
    /// - Returns: The factor, unverified, with SHA-1 as every app can.
    /// - Throws: `badResponse` also when Twilio has taken another secret or algorithm.
    public func createFactor(
        identity: String, friendlyName: String, secret: Redacted<String>, gate: @escaping @Sendable () -> Bool
    ) async throws(CallFailure) -> CreatedFactor {
        let form = [
            ("FriendlyName", friendlyName), ("FactorType", "totp"), ("Binding.Secret", secret.revealed),
            ("Config.Alg", "sha1"),
        ]
        let exchange = try await call(.factor, .post, { Self.factorsPath($0, identity) }, form: form, gate: gate) {
            $0.ofMissingService
        }
        return try exchange.decode {
            CreatedFactor($0, serviceSID: exchange.account.serviceSID, identity: identity, secret: secret)
        }
    }

    /// Has a new factor's first code checked: `POST …/Factors/{YF}`.
    ///
    /// - Parameters:
    ///   - sid: `YF…`
    ///   - identity: Whose it is.
    ///   - code: What the user entered.
    ///   - gate: Asked when the request is about to be written; `false` ends the call as `withheld`.
    /// - Returns: The factor, unverified after a wrong code; only ``TOTPFactor/isVerified(sid:identity:)`` makes it a
    ///   verified one.
    /// - Throws: Meaning `wrongCode` for a code that Twilio says so of, `factorTriesUsedUp` after five of them,
    ///   `factorUnusable` or `notFound` when the factor is gone.
    public func verifyFactor(
        sid: String, identity: String, code: Redacted<String>, gate: @escaping @Sendable () -> Bool
    ) async throws(CallFailure) -> TOTPFactor {
        let form = [("AuthPayload", code.revealed)]
        return try factor(
            try await call(.factor, .post, { Self.factorsPath($0, identity, sid) }, about: sid, form: form, gate: gate))
    }

    /// Reads a factor: `GET …/Factors/{YF}`.
    ///
    /// - Returns: `nil` when there is none.
    /// - Throws: Any other failure.
    public func fetchFactor(sid: String, identity: String) async throws(CallFailure) -> TOTPFactor? {
        guard
            let exchange = try await callUnlessMissing(
                .factor, .get, { Self.factorsPath($0, identity, sid) }, about: sid)
        else {
            return nil
        }
        return try factor(exchange)
    }

    /// Lists the factors of an identity, in Twilio's order: `GET …/Factors`, all pages.
    ///
    /// - Returns: `nil` when there is no such entity.
    /// - Throws: `badResponse` also for a list that cannot be read to its end.
    public func factors(identity: String) async throws(CallFailure) -> [TOTPFactor]? {
        try await unlessMissing { () throws(CallFailure) in
            try await list(
                .factor, { Self.factorsPath($0, identity) }, key: "factors", query: { _ in [] },
                item: { TOTPFactor($0, serviceSID: $1.account.serviceSID, clock: $1.clock) })
        }
    }

    /// Removes a factor: `DELETE …/Factors/{YF}`.
    ///
    /// - Returns: Whether there was one; there is none now.
    /// - Throws: Any failure but that there is none. The call may be repeated.
    @discardableResult
    public func deleteFactor(
        sid: String, identity: String, gate: @escaping @Sendable () -> Bool
    ) async throws(CallFailure) -> Bool {
        try await callUnlessMissing(.factor, .delete, { Self.factorsPath($0, identity, sid) }, about: sid, gate: gate)
            != nil
    }

    private static func factorsPath(_ account: TwilioAccount, _ identity: String, _ sid: String? = nil) -> String {
        entityPath(account, identity, ["Factors", sid].compactMap(\.self))
    }

    private func factor(_ exchange: Exchange) throws(CallFailure) -> TOTPFactor {
        try exchange.decode {
            TOTPFactor($0, serviceSID: exchange.account.serviceSID, clock: exchange.clock)
        }
    }
}

extension TwilioClient {
    /// Removes an entity with everything it has: `DELETE …/Entities/{identity}`.
    /// https://www.twilio.com/docs/verify/api/entity
    ///
    /// - Parameters:
    ///   - identity: 8 to 64 lower-case letters, digits and dashes; nothing personal.
    ///   - gate: Asked when the request is about to be written; `false` ends the call as `withheld`.
    /// - Returns: Whether there was one; there is none now.
    /// - Throws: Any failure but that there is none. The call may be repeated.
    @discardableResult
    public func deleteEntity(
        identity: String, gate: @escaping @Sendable () -> Bool
    ) async throws(CallFailure) -> Bool {
        try await callUnlessMissing(.entity, .delete, { Self.entityPath($0, identity) }, gate: gate) != nil
    }

    /// - Parameter rest: Path segments below the entity.
    static func entityPath(_ account: TwilioAccount, _ identity: String, _ rest: [String] = []) -> String {
        servicePath(account, "/Entities" + ([identity] + rest).map { "/\(PercentEncoding.escape($0))" }.joined())
    }
}
