import Basics

extension SimulatedTwilio {
    /// Starts a verification, or sends the code of the pending one again.
    mutating func start(service sid: String, _ form: FormFields, now: Timestamp) throws(APIFailure)
        -> SimulatedVerification
    {
        let service = try service(sid)
        guard let to = form["To"], E164(to) != nil else { throw .invalid("To") }
        let channel = try channel(form, of: service)
        let riskCheck = form["RiskCheck"] != "disable" || channel != "sms"
        if let failure = ScriptedNumbers.failure(to: to, channel: channel, riskCheck: riskCheck) { throw failure }
        let customCode = try customCode(form, of: service)

        var verification = try continued(service: sid, to: to, now: now) ?? fresh(service, to: to, now: now)
        if let customCode { verification.code = customCode }
        verification.amount = form["Amount"]
        verification.payee = form["Payee"]
        send(&verification, over: channel, service: service, locale: form["Locale"], now: now)
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
        _ verification: inout SimulatedVerification, over channel: String, service: SimulatedService, locale: String?,
        now: Timestamp
    ) {
        let attemptSID = sources.sid("VL")
        verification.channel = channel
        verification.updated = now
        verification.sends.append(.init(time: now, channel: channel, attemptSID: attemptSID))
        attempts.append(
            SimulatedAttempt(
                sid: attemptSID, serviceSID: service.sid, verificationSID: verification.sid, to: verification.to,
                channel: channel, created: now, codeLength: verification.code.count, locale: locale))
        if recipients.insert(verification.to).inserted { statistics.numbers += 1 }
        statistics.sends += 1
        outbox.append(
            SimulatedMessage(
                at: now, to: verification.to, channel: channel, code: verification.code,
                text: "\(service.friendlyName): your code is \(verification.code)",
                verificationSID: verification.sid))
    }

    /// The channel asked for, if this service can use it.
    private func channel(_ form: FormFields, of service: SimulatedService) throws(APIFailure) -> String {
        guard let channel = form["Channel"]?.lowercased(), ["sms", "call", "email", "whatsapp"].contains(channel)
        else { throw .invalid("Channel") }
        if service.disabledChannels.contains(channel) { throw .channelDisabled }
        if channel == "email" { throw .noEmail }
        if channel == "whatsapp", service.settings["Whatsapp.MsgServiceSid"] == nil { throw .noWhatsAppSender }
        return channel
    }

    /// Sources disagree on custom codes for a service without the feature; Twilio's error dictionary (60204) wins.
    private func customCode(_ form: FormFields, of service: SimulatedService) throws(APIFailure) -> String? {
        guard let code = form["CustomCode"] else { return nil }
        guard service.flag("CustomCodeEnabled") else { throw .featureOff }
        guard (4...10).contains(code.count) else { throw .invalid("CustomCode") }
        return code
    }
}
