import Basics
import PhoneNumbers
import Web

extension SimulatedTwilio {
    /// Starts a verification, or sends the code of the pending one again.
    mutating func start(service sid: String, _ form: FormFields, now: Timestamp) throws(APIFailure)
        -> SimulatedVerification
    {
        let service = try service(sid)
        let parameters = try StartParameters(form, service: service)
        let failure = ScriptedNumbers.failure(
            to: parameters.to, channel: parameters.channel, riskCheck: parameters.riskCheck)
        if let failure { throw failure }
        let skipsLandlines = service.flag("LookupEnabled") && service.flag("SkipSmsToLandlines")
        if skipsLandlines, parameters.channel == "sms", ScriptedNumbers.isLandline(parameters.to) { throw .landline }

        let to = parameters.to
        let region = try? PhoneNumberParser.parse(to, region: nil).region
        var verification = try continued(service: sid, to: to, now: now) ?? fresh(service, to: to, now: now)
        if let code = parameters.customCode { verification.code = code }
        if service.flag("LookupEnabled") { verification.carrier = Carrier(of: to, region: region) }
        verification.amount = parameters.amount ?? verification.amount
        verification.payee = parameters.payee ?? verification.payee
        send(&verification, parameters, service: service, region: region, now: now)
        verifications[verification.sid] = verification
        latest[SessionKey(serviceSID: sid, to: to)] = verification.sid
        return verification
    }

    /// The pending verification of the number, `nil` when a new one is due.
    private func continued(service: String, to: String, now: Timestamp) throws(APIFailure)
        -> SimulatedVerification?
    {
        guard let current = visibleVerification(service: service, idOrNumber: to, now: now) else { return nil }
        switch current.status {
        case .canceled, .approved: return nil
        case .maxAttemptsReached:
            if configuration.restartAfterMaxChecks { return nil }
            throw .maxChecks
        case .pending:
            guard current.sends.count < Self.maximumSends else { throw .maxSends }
            return current
        }
    }

    private func fresh(_ service: SimulatedService, to: String, now: Timestamp) -> SimulatedVerification {
        SimulatedVerification(
            sid: sources.sid("VE"), serviceSID: service.sid, to: to, channel: "",
            code: sources.code(service.codeLength), created: now, updated: now)
    }

    private mutating func send(
        _ verification: inout SimulatedVerification, _ parameters: StartParameters, service: SimulatedService,
        region: String?, now: Timestamp
    ) {
        let channel = parameters.channel
        let attempt = SimulatedAttempt(
            ordinal: attempts.count, sid: sources.sid("VL"), serviceSID: service.sid,
            verificationSID: verification.sid, to: verification.to, channel: channel, created: now,
            expires: verification.created + configuration.codeLifetime, codeLength: verification.code.count,
            locale: parameters.locale, country: region ?? ScriptedNumbers.region(of: verification.to))
        verification.channel = channel
        verification.updated = now
        verification.sends.append(.init(time: now, channel: channel, attemptSID: attempt.sid))
        attempts.append(attempt)
        if recipients.insert(verification.to).inserted { statistics.numbers += 1 }
        statistics.sends += 1
        outbox.append(
            SimulatedMessage(
                at: now, to: verification.to, channel: channel, code: verification.code,
                text: MessageText.of(verification.code, channel: channel, service: service),
                verificationSID: verification.sid, undelivered: attempt.undelivered))
    }
}
