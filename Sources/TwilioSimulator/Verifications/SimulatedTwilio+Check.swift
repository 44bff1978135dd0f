import Basics
import Web

extension SimulatedTwilio {
    /// Looks at a code.
    ///
    /// Wrong ones are answered with the pending verification. The fifth wrong one closes it: `GET` then shows
    /// `max_attempts_reached`, and every further check is refused with 60202, the right code included.
    mutating func check(service sid: String, _ form: FormFields, now: Timestamp) throws(APIFailure)
        -> SimulatedVerification
    {
        let service = try service(sid)
        let idOrNumber = try Self.subject(form)
        guard let code = form["Code"], (4...10).contains(code.count) else { throw .invalid("Code") }
        let isPayment = service.flag("Psd2Enabled")
        if isPayment, form["Amount"] == nil || form["Payee"] == nil { throw .noTransaction }
        guard var found = visibleVerification(service: sid, idOrNumber: idOrNumber, now: now),
            found.status != .canceled
        else { throw .notFound("/Services/\(sid)/VerificationCheck") }
        if let failure = ScriptedNumbers.checkFailure(to: found.to) { throw failure }
        guard found.status == .pending else { throw .maxChecks }

        statistics.checks += 1
        found.updated = now
        // A code confirms the payment that it was sent for and no other.
        let isSamePayment = !isPayment || (form["Amount"] == found.amount && form["Payee"] == found.payee)
        if code == found.code, isSamePayment {
            approve(&found, now: now)
            return found
        }
        found.wrongChecks += 1
        let answer = found
        if found.wrongChecks >= Self.maximumChecks { found.status = .maxAttemptsReached }
        verifications[found.sid] = found
        return answer
    }

    /// Whose code it is: the verification if named, else the number.
    private static func subject(_ form: FormFields) throws(APIFailure) -> String {
        if let sid = form["VerificationSid"] { return sid }
        guard let to = form["To"] else { throw .noRecipient }
        guard E164(to) != nil else { throw .invalid("To") }
        return to
    }

    /// The verification by its SID or number.
    func fetch(service sid: String, idOrNumber: String, now: Timestamp) throws(APIFailure) -> SimulatedVerification {
        _ = try service(sid)
        guard let found = visibleVerification(service: sid, idOrNumber: idOrNumber, now: now) else {
            throw .notFound("/Services/\(sid)/Verifications/\(idOrNumber)")
        }
        return found
    }

    /// Cancels or approves a pending verification by hand.
    ///
    /// Twilio does not say what updating a finished one gives; here it is 404.
    mutating func update(
        service sid: String, idOrNumber: String, _ form: FormFields, now: Timestamp
    ) throws(APIFailure) -> SimulatedVerification {
        guard let status = form["Status"], ["canceled", "approved"].contains(status) else { throw .invalid("Status") }
        var found = try fetch(service: sid, idOrNumber: idOrNumber, now: now)
        guard found.status == .pending else {
            throw .notFound("/Services/\(sid)/Verifications/\(idOrNumber)")
        }
        found.updated = now
        if status == "approved" {
            approve(&found, now: now)
        } else {
            found.status = .canceled
            verifications[found.sid] = found
        }
        return found
    }

    /// The code sits in every send; the last one is taken as the one that was read.
    private mutating func approve(_ verification: inout SimulatedVerification, now: Timestamp) {
        verification.status = .approved
        verifications[verification.sid] = verification
        statistics.approved += 1
        let sid = verification.sid
        if let index = attempts.lastIndex(where: { $0.verificationSID == sid }) { attempts[index].converted = now }
    }
}
