import Basics
import SitePolicy
import Store
import Wire

/// People and their profiles. Each job says what it found and what it did: a name that was mistyped must not look done.
extension AdminRules {
    func list(_ limit: Int, _ situation: Situation) -> Answer {
        let all = situation.page.map { Reply.Profile($0) }
        let users = Array(all.prefix(min(limit, ReplySize.fitting(all))))
        return audited(.done, situation) {
            $0.users = users
            $0.next = all.count > users.count ? users.last?.user : nil
            $0.counts = situation.unreadable > 0 ? ["unreadable": situation.unreadable] : nil
        }
    }

    func profile(_ situation: Situation, _ user: UserRecord? = nil) -> Reply.Profile {
        var profile = Reply.Profile(user ?? situation.user ?? UserRecord(name: login.user))
        profile.lockedUntil = situation.tallies[.wrongCodesOfUser]?.freeAt?.description
        profile.ticketUntil = situation.handedOut.ticketUntil?.description
        profile.bypassUntil = situation.handedOut.bypassUntil?.description
        return profile
    }

    /// A slip of the administrator's, most likely.
    private func unknownUser(_ situation: Situation) -> [FieldProblem] {
        situation.user?.isKnown == true ? [] : [FieldProblem("user", "unknown_user")]
    }

    // MARK: Changing

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
                return audited(.notAllowed, reason: .contactAdministrator, situation) {
                    $0.errors = [FieldProblem("phone", "registered")]
                }
            }
            user.phone = user.phone ?? Phone(place: place, registeredAt: situation.now)
        }
        let changes = [Change.user(user)] + (values.ticket ? ticket(situation) : [])
        var answer = audited(.done, situation, changes: changes, detail: detail(values)) {
            $0.before = profile(situation)
            var after = profile(situation, user)
            if values.ticket { after.ticketUntil = ticketUntil(situation) }
            $0.profile = after
            $0.warnings = (unknownUser(situation) + warnings(values, situation)).nilIfEmpty
        }
        answer.withheld = values.ticket ? .ticket : nil
        return answer
    }

    /// What was set and will hardly do what was meant.
    private func warnings(_ values: UserSettings, _ situation: Situation) -> [FieldProblem] {
        var warnings: [FieldProblem] = []
        if case .set(let time) = values.graceUntil, time <= situation.now {
            warnings.append(FieldProblem("grace_until", "past"))
        }
        let methods = MethodRules(limits: settings.limits)
        let blocks = Channel.allCases.map { methods.block($0, place) }
        if let block = blocks.first ?? nil, !blocks.contains(nil) {
            warnings.append(FieldProblem("phone", block.rawValue))
        }
        return warnings
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

    private func ticketUntil(_ situation: Situation) -> String? {
        secrets[.ticket].map { _ in (situation.now + Self.ticketLife).description }
    }

    // MARK: Taking away

    /// Registrations go here at once; open codes are ended at Twilio as well.
    func reset(_ reason: String, _ what: ResetScope, _ wantsTicket: Bool, _ situation: Situation) -> Decision {
        // For a mistyped name a ticket would register a phone for somebody whom nobody knows.
        let unknown = unknownUser(situation)
        let wantsTicket = wantsTicket && unknown.isEmpty
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
            .done, situation, changes: changes, detail: ["reason": reason, "what": what.rawValue]
        ) {
            $0.before = profile(situation)
            var after = profile(situation, user)
            (after.ticketUntil, after.bypassUntil) = (wantsTicket ? ticketUntil(situation) : nil, nil)
            $0.profile = after
            $0.counts = taken(what, situation)
            $0.warnings = unknown.nilIfEmpty
        }
        answer.withheld = wantsTicket ? .ticket : nil
        guard !situation.openCodes.isEmpty || !factors.isEmpty else { return .answer(answer) }
        let cancel = PlannedCancel(
            codes: situation.openCodes, factors: factors, withheld: answer.withheld, reply: answer.body, ends: .reset)
        return .call(.cancel(cancel), changes: answer.changes)
    }

    /// How much a reset or an erasure takes away.
    private func taken(_ what: ResetScope, _ situation: Situation) -> [String: Int] {
        let isEnrolling = situation.enrolment?.isOpen(at: situation.now) ?? false
        return [
            "phone": what.covers(.phone) && situation.user?.phone != nil ? 1 : 0,
            "authenticator": what.covers(.authenticator) && situation.user?.authenticator != nil ? 1 : 0,
            "codes": situation.openCodes.count, "enrolments": isEnrolling ? 1 : 0,
            "tickets": situation.handedOut.ticketUntil == nil ? 0 : 1,
            "bypass_codes": situation.handedOut.bypassUntil == nil ? 0 : 1,
        ]
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
            user: pseudonym
        ) {
            // The name is filled in when the reply is given.
            $0.profile = Reply.Profile(user: "", known: false, required: false, authenticator: false)
            $0.counts = taken(.all, situation)
            $0.warnings = unknownUser(situation).nilIfEmpty
        }
        answer.withheld = .user
        return answer
    }

    // MARK: Helping

    /// Clears what stands in the way here.
    ///
    /// A code of which sends or tries are used up is ended at Twilio, so that another can be sent; one whose tries are
    /// used up at Twilio stays there until it is over, and that is said.
    func unlock(_ situation: Situation) -> Decision {
        let kept = situation.liveCodes.filter { $0.tries >= LimitSettings.providersNumber }
        let ended = situation.liveCodes.filter { code in
            code.tries < LimitSettings.providersNumber
                && (code.tries >= settings.limits.checksOffered || code.attempts.count >= settings.limits.sendsOffered)
        }
        let answer = audited(.done, situation, changes: [.unlock(user: login.user)]) {
            $0.before = profile(situation)
            var after = profile(situation)
            after.lockedUntil = nil
            $0.profile = after
            $0.counts = explanation.used(situation).merging(["codes": ended.count]) { $1 }
            $0.limits = kept.map { explanation.checks(of: $0) }.nilIfEmpty
            $0.retryAt = kept.map(\.expiresAt).max()?.description
            $0.warnings = unknownUser(situation).nilIfEmpty
        }
        guard !ended.isEmpty else { return .answer(answer) }
        let codes = ended.map { OpenCode(number: $0.number.revealed, sid: $0.sid) }
        return .call(
            .cancel(PlannedCancel(codes: codes, reply: answer.body, ends: .notPending)), changes: answer.changes)
    }

    func bypass(_ reason: String, _ minutes: Int, _ create: Bool, _ situation: Situation) -> Answer {
        let unknown = unknownUser(situation)
        guard unknown.isEmpty || create else { return refused(unknown, situation) }
        let until = situation.now + .seconds(minutes * 60)
        var user = situation.user ?? UserRecord(name: login.user)
        user.isKnown = true
        let code: [Change] = secrets[.code].map { [.bypass(user: login.user, $0, until: until)] } ?? []
        let made: [Change] = unknown.isEmpty ? [] : [.user(user)]
        var detail = ["reason": reason, "until": until.description]
        if !unknown.isEmpty { detail["create"] = "true" }
        var answer = audited(.done, situation, changes: code + made, detail: detail) {
            $0.expiresAt = until.description
            $0.before = profile(situation)
            var after = profile(situation, user)
            after.bypassUntil = until.description
            $0.profile = after
            $0.warnings = unknown.nilIfEmpty
        }
        answer.withheld = .code
        return answer
    }

    func rename(_ to: String, _ situation: Situation) -> Answer {
        if situation.otherUserExists { return refused([FieldProblem("to", "exists")], situation) }
        guard var user = situation.user else { return refused([FieldProblem("user", "unknown_user")], situation) }
        user.name = to
        return audited(
            .done, situation, changes: situation.oldEnrolment + [.rename(user: login.user, to: to)], user: to,
            formerUser: login.user
        ) {
            $0.before = profile(situation)
            var after = profile(situation, user)
            // The hash of a bypass code holds the old name, and a rename clears limits.
            (after.bypassUntil, after.lockedUntil) = (nil, nil)
            $0.profile = after
        }
    }
}

extension Array {
    /// Absent rather than empty in a reply.
    fileprivate var nilIfEmpty: Self? { isEmpty ? nil : self }
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
