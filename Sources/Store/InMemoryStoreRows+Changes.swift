import Basics
import Wire

extension InMemoryRows {
    mutating func apply(_ change: Change, _ context: ChangeContext) {
        switch change {
        case .user(let user): content.users[user.name] = user
        case .code(let code): content.codes[code.number] = code
        case .pending(let pending): content.pendings[pending.login] = pending
        case .deadLetter(let letter): keep(letter)
        case .refusedAudit(let entry): refuse(entry)
        case .audit(let entry): content.audit.append(entry)
        case .count(let tallies): count(tallies, context)
        case .uncount(let tallies):
            content.counted.removeAll { $0.job == context.key && tallies.contains($0.tally) }
        case .pace(let key, let pace): content.paces[key] = pace
        case .approval(let login, let client):
            content.approvals[login] = context.now
            if let client { content.clients[login.user, default: [:]][hash(ofClient: client)] = context.now }
        case .reserveCode(let sid, let code):
            let hash = hash(ofCode: code.revealed, factorSID: sid)
            content.reserved[context.key] = (hash, context.now + Reservation.life)
        case .releaseCode: content.reserved[context.key] = nil
        case .chore, .choreDone, .endCode: applyChore(change, context.now)
        default: applyAdministration(change)
        }
    }

    private mutating func refuse(_ entry: AuditEntry) {
        let hour = AuditRefusals.hour(of: entry.at)
        var counted = AuditRefusals(frontEnd: entry.frontEnd, hour: hour, count: 0, kind: entry.kind)
        if let place = content.refusals.firstIndex(where: { $0.frontEnd == entry.frontEnd && $0.hour == hour }) {
            counted.count = content.refusals.remove(at: place).count
        }
        counted.count += 1
        content.refusals.append(counted)
        if counted.count <= AuditRefusals.mostEntries { content.audit.append(entry) }
    }

    private mutating func count(_ tallies: [Tally], _ context: ChangeContext) {
        for tally in tallies {
            guard let key = hash(of: tally, context) else { continue }
            content.counted.removeAll {
                $0.tally == tally && $0.key == key && $0.job == context.key && $0.at == context.now
            }
            content.counted.append(
                .init(tally: tally, key: key, at: context.now, job: context.key))
        }
    }

    private mutating func applyAdministration(_ change: Change) {
        switch change {
        case .options(let values): for (name, value) in values { content.options[name] = value }
        case .bypass(let user, let code, let until):
            content.bypasses.removeAll { $0.user == user }
            if let code {
                let hash = hash(ofBypass: code.revealed, of: user)
                content.bypasses.append(.init(user: user, hash: hash, until: until))
            }
        case .bypassTry(let user):
            for index in content.bypasses.indices where content.bypasses[index].user == user {
                content.bypasses[index].tries += 1
            }
        case .ticket(let user, let text, let until):
            let hash = hash(ofTicket: text.revealed)
            content.tickets.removeAll { $0.user == user || $0.hash == hash }
            content.tickets.append(.init(user: user, hash: hash, until: until))
        case .useTicket(let hash): content.tickets.removeAll { $0.hash == hash }
        case .enrolment(let user, let enrolment): content.enrolments[user] = enrolment
        case .challenge(let sid, let challenge): content.challenges[sid] = challenge
        case .cancelSend(let key, let login): content.canceledSends[key] = login
        case .letters(let ids, let state, let dueAt, let from): setLetters(ids, state, dueAt, from)
        case .liftDeadlines(let ids): liftDeadlines(ids)
        default: applyToPerson(change)
        }
    }

    private mutating func applyToPerson(_ change: Change) {
        switch change {
        case .endAccess(let user, let grants, let reason): end(grants, of: user, reason)
        case .unlock(let user): unlock(user)
        case .erase(let user, let pseudonym):
            unlock(user)
            forget(user)
            markUnderWay(user, as: pseudonym)
            anonymise(user, as: pseudonym)
        case .rename(let user, let to):
            unlock(user)
            // Whatever somebody of the new name had begun or been given is not for the one who has it now.
            removeFactor(ofEnrolmentOf: to, at: clocks.wall())
            end(AccessGrant.all, of: to)
            end(AccessGrant.all.filter { !$0.outlivesRenaming }, of: user)
            for name in [user, to] { markUnderWay(name, as: to) }
            rename(user, to: to)
        default: break
        }
    }

    /// - Parameter reason: With it, what can tell its login why it ended stays for that.
    private mutating func end(_ grants: Set<AccessGrant>, of user: String, _ reason: Reason? = nil) {
        for grant in AccessGrant.allCases where grants.contains(grant) { end(grant, of: user, reason) }
    }

    private mutating func end(_ grant: AccessGrant, of user: String, _ reason: Reason?) {
        switch grant {
        case .pendingCode:
            for (login, pending) in content.pendings where login.user == user {
                guard let reason else {
                    content.pendings[login] = nil
                    continue
                }
                content.pendings[login]?.ended = pending.ended ?? reason
            }
        case .approval: content.approvals = content.approvals.filter { $0.key.user != user }
        case .enrolment: content.enrolments[user] = reason.flatMap { content.enrolments[user]?.ended($0) }
        case .ticket: content.tickets.removeAll { $0.user == user }
        case .bypassCode: content.bypasses.removeAll { $0.user == user }
        case .reservedCode: content.reserved = content.reserved.filter { content.jobs[$0.key]?.login.user != user }
        case .challenge:
            if let sid = content.users[user]?.authenticator?.factorSID { content.challenges[sid] = nil }
        case .knownClient: content.clients[user] = nil
        }
    }

    private mutating func unlock(_ user: String) {
        let jobs = content.jobs
        content.counted.removeAll { jobs[$0.job]?.login.user == user }
        content.paces[.user(user)] = nil
        if let number = content.users[user]?.phone?.number { content.paces[.number(number, isProven: true)] = nil }
        for tie in content.pendings.values where tie.login.user == user {
            content.paces[.number(tie.number, isProven: tie.purpose == .login)] = nil
        }
    }

    private mutating func forget(_ user: String) {
        end(AccessGrant.all, of: user)
        content.users[user] = nil
        content.canceledSends = content.canceledSends.filter { $0.value.user != user }
    }

    /// What is under way for the person must not bring them back.
    private mutating func markUnderWay(_ user: String, as other: String) {
        for (key, row) in content.jobs where row.login.user == user && row.state != .recorded {
            content.jobs[key]?.generation = -1
            content.jobs[key]?.login.user = other
        }
    }

    private mutating func anonymise(_ user: String, as pseudonym: String) {
        for (key, row) in content.jobs where row.state == .recorded {
            guard row.login.user == user || JobRow.kindsThatList.contains(row.kind) else { continue }
            content.jobs[key] = row.anonymised(user, as: pseudonym)
        }
        // A name that somebody else bears by now is theirs.
        let former = content.audit.filter { $0.user == user }.compactMap(\.formerUser)
        let person = Set([user] + former.filter { content.users[$0] == nil })
        content.audit = content.audit.map { $0.anonymised(user, person, as: pseudonym) }
        content.letters.removeAll { DeadLetter.isNaming(person, in: $0.letter.body.revealed) }
        for index in content.history.indices where content.history[index].entry.user == user {
            content.history[index].entry.user = pseudonym
            content.history[index].entry.masked = nil
            content.history[index].number = nil
        }
    }

    private mutating func rename(_ user: String, to: String) {
        if var record = content.users.removeValue(forKey: user) {
            record.name = to
            content.users[to] = record
        }
        for (login, pending) in content.pendings where login.user == user {
            content.pendings[login] = nil
            var moved = pending
            moved.login.user = to
            content.pendings[moved.login] = moved
        }
        content.clients[to] = content.clients.removeValue(forKey: user)
        for (key, row) in content.jobs where row.login.user == user { content.jobs[key]?.login.user = to }
        for (key, login) in content.canceledSends where login.user == user { content.canceledSends[key]?.user = to }
        for index in content.history.indices where content.history[index].entry.user == user {
            content.history[index].entry.user = to
        }
        for index in content.audit.indices where content.audit[index].user == user { content.audit[index].user = to }
        for index in content.tickets.indices where content.tickets[index].user == user {
            content.tickets[index].user = to
        }
    }
}
