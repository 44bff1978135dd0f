import Basics
import Wire

extension InMemoryRows {
    mutating func apply(_ change: Change, _ context: ChangeContext) {
        switch change {
        case .user(let user): content.users[user.name] = user
        case .code(let code): content.codes[code.number] = code
        case .pending(let pending): content.pendings[pending.login] = pending
        case .deadLetter(let letter): keep(letter)
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

    private mutating func count(_ tallies: [Tally], _ context: ChangeContext) {
        for tally in tallies {
            guard let key = hash(of: tally, context) else { continue }
            content.counted.removeAll {
                $0.tally == tally && $0.key == key && $0.job == context.key && $0.at == context.now
            }
            content.counted.append(
                .init(tally: tally, key: key, at: context.now, job: context.key, owner: context.login.user))
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
        case .ticket(let user, let text, let until):
            let hash = hash(ofTicket: text.revealed)
            content.tickets.removeAll { $0.hash == hash }
            content.tickets.append(.init(user: user, hash: hash, until: until))
        case .useTicket(let hash): content.tickets.removeAll { $0.hash == hash }
        case .enrolment(let user, let enrolment): content.enrolments[user] = enrolment
        case .challenge(let sid, let challenge): content.challenges[sid] = challenge
        case .cancelSend(let key, let login): content.canceledSends[key] = login
        case .letters(let ids, let state, let dueAt): setLetters(ids, state, dueAt)
        case .liftDeadlines(let ids): liftDeadlines(ids)
        default: applyToPerson(change)
        }
    }

    private mutating func applyToPerson(_ change: Change) {
        switch change {
        case .endLogins(let user, let reason):
            for login in content.pendings.keys where login.user == user && content.pendings[login]?.ended == nil {
                content.pendings[login]?.ended = reason
            }
            content.approvals = content.approvals.filter { $0.key.user != user }
        case .unlock(let user): unlock(user)
        case .erase(let user, let pseudonym):
            unlock(user)
            forget(user)
            markUnderWay(user, as: pseudonym)
            anonymise(user, as: pseudonym)
        case .rename(let user, let to):
            unlock(user)
            markUnderWay(user, as: to)
            rename(user, to: to)
        default: break
        }
    }

    private mutating func unlock(_ user: String) {
        content.counted.removeAll { $0.owner == user }
        content.paces[.user(user)] = nil
        if let number = content.users[user]?.phone?.number { content.paces[.number(number, isProven: true)] = nil }
        for tie in content.pendings.values where tie.login.user == user {
            content.paces[.number(tie.number, isProven: tie.purpose == .login)] = nil
        }
    }

    private mutating func forget(_ user: String) {
        content.users[user] = nil
        content.pendings = content.pendings.filter { $0.key.user != user }
        content.approvals = content.approvals.filter { $0.key.user != user }
        content.clients[user] = nil
        content.enrolments[user] = nil
        content.bypasses.removeAll { $0.user == user }
        content.tickets.removeAll { $0.user == user }
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
        content.approvals = content.approvals.filter { $0.key.user != user }
        // An enrolment is of one sign-in, and that one is over.
        content.enrolments[user] = nil
        content.clients[to, default: [:]].merge(content.clients.removeValue(forKey: user) ?? [:]) { $1 }
        for (key, row) in content.jobs where row.login.user == user { content.jobs[key]?.login.user = to }
        for (key, login) in content.canceledSends where login.user == user { content.canceledSends[key]?.user = to }
        // A hash of a bypass code holds its person's name.
        content.bypasses.removeAll { $0.user == user }
        for index in content.history.indices where content.history[index].entry.user == user {
            content.history[index].entry.user = to
        }
        for index in content.audit.indices where content.audit[index].user == user { content.audit[index].user = to }
        for index in content.tickets.indices where content.tickets[index].user == user {
            content.tickets[index].user = to
        }
    }
}
