import Basics

/// The filters of `/v2/Attempts` and `/v2/Attempts/Summary`; absent ones let everything pass.
struct AttemptsQuery: Sendable, Equatable {
    /// Both ends belong to the range, at the resolution of the answers: seconds.
    var createdAfter: Timestamp?
    var createdBefore: Timestamp?
    var to: String?
    var channel: String?
    var serviceSID: String?
    var verificationSID: String?
    var converted: Bool?

    init(_ fields: FormFields) throws(APIFailure) {
        createdAfter = try Self.time(fields, "DateCreatedAfter")
        createdBefore = try Self.time(fields, "DateCreatedBefore")
        to = fields["ChannelData.To"]
        channel = fields["Channel"]?.lowercased()
        serviceSID = fields["VerifyServiceSid"]
        verificationSID = fields["VerificationSid"]
        if let channel, !["sms", "call", "email", "whatsapp", "rbm"].contains(channel) { throw .invalid("Channel") }
        switch fields["Status"]?.lowercased() {
        case nil: converted = nil
        case "converted": converted = true
        case "unconverted": converted = false
        default: throw .invalid("Status")
        }
    }

    private static func time(_ fields: FormFields, _ name: String) throws(APIFailure) -> Timestamp? {
        guard let text = fields[name] else { return nil }
        guard let time = Timestamp(rfc3339: text) else { throw .invalid(name) }
        return time
    }

    func matches(_ attempt: SimulatedAttempt) -> Bool {
        let created = attempt.created.roundedDown
        if let createdAfter, created < createdAfter.roundedDown { return false }
        if let createdBefore, created > createdBefore { return false }
        if let converted, (attempt.converted != nil) != converted { return false }
        return [
            (to, attempt.to), (channel, attempt.channel), (serviceSID, attempt.serviceSID),
            (verificationSID, attempt.verificationSID),
        ].allSatisfy { wanted, actual in wanted == nil || wanted == actual }
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
