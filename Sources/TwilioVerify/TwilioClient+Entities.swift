import Basics

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
