import Basics
package import Wire

/// Reading what a job's decision rests on.
extension StoreRows {
    /// The person, the login's tie, and the number with all that hangs on it.
    package func situation(
        of login: Job.Login, kind: JobKind?, place: NumberPlace?
    ) throws(Failure) -> Situation {
        let key = LoginKey(login)
        var situation = Situation(now: clocks.wall())
        situation.options = try options()
        guard !login.user.isEmpty else { return situation }
        situation.user = try user(login.user)
        situation.pending = try pending(key)
        situation.pendingElsewhere = try pendingElsewhere(than: key, at: situation.now)
        situation.place = place ?? (kind?.lane == .check ? situation.pending?.place : situation.user?.phone?.place)
        if let number = situation.number { situation.code = try code(of: number) }
        return situation
    }

    /// Whether the login has asked for this send to be cancelled.
    package func loadCancel(
        of key: JobKey, _ kind: JobKind, _ login: Job.Login, into situation: inout Situation
    ) throws(Failure) {
        guard kind.lane == .send else { return }
        situation.isCanceled = try cancelsSend(key, of: LoginKey(login))
    }

    /// What the job wants to know besides.
    package func load(
        _ wanted: Wanted, of key: JobKey, _ login: Job.Login, into situation: inout Situation
    ) throws(Failure) {
        let now = situation.now
        let context = ChangeContext(key: key, login: login, place: situation.place, now: now)
        for (tally, limit) in wanted.tallies where limit > 0 {
            guard let hash = hash(of: tally, context) else { continue }
            let newest = try newest(tally, key: hash, after: now - tally.window, limit: limit)
            situation.tallies[tally] = TallyState(limit: limit, newest: newest, window: tally.window)
        }
        if wanted.paces { try loadPaces(login, into: &situation) }
        if wanted.approval { try loadApprovals(login, into: &situation) }
        if wanted.strangers, let code = situation.code {
            situation.strangers = try strangers(to: code, than: login.user)
        }
        if wanted.openCodes { situation.openCodes = try openCodes(of: login.user, at: now) }
        if wanted.liveCodes { try loadLiveCodes(login, into: &situation) }
        if wanted.handedOut { situation.handedOut = try handedOut(to: login.user, at: now) }
        if wanted.authenticator { try loadAuthenticator(wanted, key, login, into: &situation) }
        if let ticket = wanted.ticket {
            let hash = hash(ofTicket: ticket.revealed)
            if try hasTicket(hash, of: login.user, at: now) { situation.ticket = hash }
        }
        if let code = wanted.code { try loadBypass(code, login, into: &situation) }
        try loadBegunTickets(wanted, login, into: &situation)
        try loadLists(wanted, into: &situation)
    }

    private func loadLiveCodes(_ login: Job.Login, into situation: inout Situation) throws(Failure) {
        for open in try openCodes(of: login.user, at: situation.now) {
            guard let number = E164(open.number), let code = try code(of: number) else { continue }
            situation.liveCodes.append(code)
        }
    }

    private func loadBypass(
        _ code: Redacted<String>, _ login: Job.Login, into situation: inout Situation
    ) throws(Failure) {
        guard let bypass = try bypass(of: login.user, at: situation.now), bypass.tries < BypassCode.maxTries else {
            return
        }
        let isRight = hash(ofBypass: code.revealed, of: login.user) == bypass.hash
        situation.bypass = isRight ? .right : .wrong(triesLeft: BypassCode.maxTries - bypass.tries - 1)
    }

    private func loadBegunTickets(
        _ wanted: Wanted, _ login: Job.Login, into situation: inout Situation
    ) throws(Failure) {
        let begun = [situation.pending?.ticket, situation.enrolment?.ticket, wanted.begunTicket]
        for case let hash? in begun where try hasTicket(hash, of: login.user, at: situation.now) {
            situation.begunTickets.insert(hash)
        }
    }

    private func loadAuthenticator(
        _ wanted: Wanted, _ key: JobKey, _ login: Job.Login, into situation: inout Situation
    ) throws(Failure) {
        let enrolment = try enrolment(of: login.user)
        situation.enrolment = enrolment
        let factors = [enrolment?.factorSID, situation.user?.authenticator?.factorSID].compactMap(\.self)
        if let sid = situation.user?.authenticator?.factorSID {
            situation.challenge = try challenge(of: sid, at: situation.now)
        }
        guard let code = wanted.code else { return }
        for sid in factors where !situation.isCodeReserved {
            let hash = hash(ofCode: code.revealed, factorSID: sid)
            situation.isCodeReserved = try isReserved(hash, except: key, at: situation.now)
        }
    }

    private func loadPaces(_ login: Job.Login, into situation: inout Situation) throws(Failure) {
        var keys: [PaceKey] = [.user(login.user)]
        if let number = situation.number {
            keys += [.number(number, isProven: true), .number(number, isProven: false)]
        }
        for key in keys { situation.paces[key] = try pace(key) }
    }

    private func loadApprovals(_ login: Job.Login, into situation: inout Situation) throws(Failure) {
        situation.approvedAt = try approval(of: LoginKey(login))
        if let client = login.client {
            situation.clientApprovedAt = try clientApproval(of: login.user, client: hash(ofClient: client))
        }
    }

    /// What administrators' jobs look at.
    private func loadLists(_ wanted: Wanted, into situation: inout Situation) throws(Failure) {
        if wanted.census { situation.census = try census() }
        if let page = wanted.page { situation.page = try self.page(page) }
        situation.unreadable = unreadable
        if let other = wanted.otherUser { situation.otherUserExists = try user(other) != nil }
    }
}
