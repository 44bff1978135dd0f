import Basics
import Store
import Wire

/// People and their profiles.
extension AdminRules {
    func list(_ situation: Situation) -> Answer {
        guard case .userList(_, _, let limit) = request.action else {
            return audited(.done, situation) { $0.profile = profile(situation) }
        }
        let all = situation.page.map { Reply.Profile($0) }
        let users = Array(all.prefix(min(limit, ReplySize.fitting(all))))
        return audited(.done, situation) {
            $0.users = users
            $0.next = all.count > users.count ? users.last?.user : nil
            $0.counts = situation.unreadable > 0 ? ["unreadable": situation.unreadable] : nil
        }
    }

    private func profile(_ situation: Situation, _ user: UserRecord? = nil) -> Reply.Profile {
        var profile = Reply.Profile(user ?? situation.user ?? UserRecord(name: login.user))
        profile.lockedUntil = situation.tallies[.wrongCodesOfUser]?.freeAt?.description
        return profile
    }

    func userSet(_ values: UserSettings, _ situation: Situation) -> Answer {
        var user = situation.user ?? UserRecord(name: login.user)
        user.isKnown = true
        if let required = values.required { user.required = required }
        switch values.graceUntil {
        case .keep: break
        case .clear: user.graceUntil = nil
        case .set(let time): user.graceUntil = time
        }
        if let place {
            if let phone = user.phone, phone.number != place.number {
                // A registered phone is changed by a reset only.
                return audited(.notAllowed, reason: .contactAdministrator, situation)
            }
            user.phone = user.phone ?? Phone(place: place, registeredAt: situation.now)
        }
        let changes = [Change.user(user)] + (values.ticket ? ticket(situation) : [])
        var answer = audited(.done, situation, changes: changes, detail: detail(values)) {
            $0.profile = profile(situation, user)
        }
        answer.withheld = values.ticket ? .ticket : nil
        return answer
    }

    private func detail(_ values: UserSettings) -> [String: String] {
        var detail: [String: String] = [:]
        detail["required"] = values.required.map { String($0) }
        switch values.graceUntil {
        case .keep: break
        case .clear: detail["grace_until"] = "(none)"
        case .set(let time): detail["grace_until"] = time.description
        }
        detail["phone"] = place?.number.masked
        if values.ticket { detail["ticket"] = "true" }
        return detail
    }

    private func ticket(_ situation: Situation) -> [Change] {
        secrets[.ticket].map { [.ticket(user: login.user, $0, until: situation.now + Self.ticketLife)] } ?? []
    }

    /// Registrations go here at once; open codes are ended at Twilio as well.
    func reset(_ reason: String, _ what: ResetScope, _ wantsTicket: Bool, _ situation: Situation) -> Decision {
        var user = situation.user ?? UserRecord(name: login.user)
        user.generation += 1
        let factors = situation.factors(what)
        if what.covers(.phone) { user.phone = nil }
        if what.covers(.authenticator) { user.authenticator = nil }
        // Whatever was begun or handed out before the reset ends with it: it may be in other hands.
        let grants = what.covers(.authenticator) ? AccessGrant.all : AccessGrant.all.subtracting(AccessGrant.ofFactor)
        let changes =
            [.endAccess(user: login.user, grants, .reset), .user(user)] + (wantsTicket ? ticket(situation) : [])
        var answer = audited(
            .done, situation, changes: changes, detail: ["reason": reason, "what": what.rawValue])
        answer.withheld = wantsTicket ? .ticket : nil
        guard !situation.openCodes.isEmpty || !factors.isEmpty else { return .answer(answer) }
        let cancel = PlannedCancel(codes: situation.openCodes, factors: factors, withheld: answer.withheld)
        return .call(.cancel(cancel), changes: answer.changes)
    }

    func bypass(_ reason: String, _ minutes: Int, _ situation: Situation) -> Answer {
        let until = situation.now + .seconds(minutes * 60)
        var answer = audited(
            .done, situation, changes: secrets[.code].map { [.bypass(user: login.user, $0, until: until)] } ?? [],
            detail: ["reason": reason, "until": until.description]
        ) { $0.expiresAt = until.description }
        answer.withheld = .code
        return answer
    }

    /// The person's name stays in the reply that is given now, and in nothing that is kept, the reason neither.
    func erase(_ reason: String, _ situation: Situation) -> Answer {
        var rules = self
        rules.draft.user = nil
        let atTwilio =
            situation.openCodes.map { Change.chore(.cancelVerification(sid: $0.sid)) }
            + situation.factors(.all).map { Change.chore(.removeFactor($0)) }
        var answer = rules.audited(
            .done, situation, changes: [.erase(user: login.user, pseudonym: pseudonym)] + atTwilio,
            detail: ["reason": reason.replacingMentions(of: login.user, with: pseudonym)],
            user: pseudonym)
        answer.withheld = .user
        return answer
    }

    func rename(_ to: String, _ situation: Situation) -> Answer {
        if situation.otherUserExists { return refused([FieldProblem("to", "exists")], situation) }
        guard situation.user != nil else { return refused([FieldProblem("user", "unknown_user")], situation) }
        return audited(
            .done, situation, changes: situation.oldEnrolment + [.rename(user: login.user, to: to)], user: to,
            formerUser: login.user)
    }
}

extension Situation {
    /// What a reset or erasure leaves at Twilio: the person's authenticator, and one that was being registered.
    fileprivate func factors(_ what: ResetScope) -> [OldFactor] {
        let registered = what.covers(.authenticator) ? user?.authenticator : nil
        let enrolled = enrolment.flatMap { $0.ended == nil ? $0.factor : nil }
        return (registered.map { [OldFactor(identity: $0.identity, factorSID: $0.factorSID)] } ?? [])
            + (enrolled.map { [$0] } ?? [])
    }
}

extension Reply.Profile {
    init(_ user: UserRecord) {
        self.init(
            user: user.name, known: user.isKnown, required: user.required, authenticator: user.authenticator != nil)
        graceUntil = user.graceUntil?.description
        phone = user.phone?.number.masked
        phoneRegisteredAt = user.phone?.registeredAt.description
        authenticatorRegisteredAt = user.authenticator?.registeredAt.description
        lastApprovedAt = user.lastApprovedAt?.description
    }
}
