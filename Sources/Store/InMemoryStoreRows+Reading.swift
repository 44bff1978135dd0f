import Basics
import Wire

extension InMemoryRows {
    private func isLive(_ pending: PendingCode, at now: Timestamp) -> Bool {
        guard pending.ended == nil, let code = content.codes[pending.number] else { return false }
        return code.sid == pending.sid && code.ended == nil && code.expiresAt > now
    }

    func pendingElsewhere(than login: LoginKey, at now: Timestamp) -> Bool {
        content.pendings.values.contains {
            $0.login.user == login.user && $0.login != login && isLive($0, at: now)
        }
    }

    func strangers(to code: LiveCode, than user: String) -> Set<Purpose> {
        Set(
            content.pendings.values.filter { $0.sid == code.sid && $0.ended == nil && $0.login.user != user }
                .map(\.purpose))
    }

    func openCodes(of user: String, at now: Timestamp) -> [OpenCode] {
        let ties = content.pendings.values.filter { $0.login.user == user && isLive($0, at: now) }
        return Set(ties.map { OpenCode(number: $0.number.revealed, sid: $0.sid) }).sorted { $0.sid < $1.sid }
    }

    func approval(of login: LoginKey) -> Timestamp? { content.approvals[login] }
    func clientApproval(of user: String, client: [UInt8]) -> Timestamp? { content.clients[user]?[client] }

    func newest(_ tally: Tally, key: [UInt8], after: Timestamp, limit: Int) -> [Timestamp] {
        let times = content.counted.filter { $0.tally == tally && $0.key == key && $0.at > after }.map(\.at)
        return Array(times.sorted(by: >).prefix(limit))
    }

    func pace(_ key: PaceKey) -> Pace? { content.paces[key] }

    func hasTicket(_ hash: [UInt8], of user: String, at now: Timestamp) -> Bool {
        content.tickets.contains { $0.user == user && $0.hash == hash && $0.until > now }
    }

    func bypass(of user: String, at now: Timestamp) -> BypassRow? {
        content.bypasses.first { $0.user == user && $0.until > now }.map { BypassRow(hash: $0.hash, tries: $0.tries) }
    }

    func handedOut(to user: String, at now: Timestamp) -> HandedOut {
        let bypass = content.bypasses.first {
            $0.user == user && $0.until > now && $0.tries < BypassCode.maxTries
        }
        return HandedOut(
            ticketUntil: content.tickets.first { $0.user == user && $0.until > now }?.until, bypassUntil: bypass?.until)
    }

    func cancelsSend(_ key: JobKey, of login: LoginKey) -> Bool { content.canceledSends[key] == login }

    func census() -> [Census] {
        let known = content.users.values.filter(\.isKnown)
        return known.map { Census(required: $0.required, graceUntil: $0.graceUntil, factors: $0.factors, count: 1) }
    }

    func page(_ page: UserPage) -> [UserRecord] {
        let fitting = content.users.values.filter { user in
            guard user.isKnown, page.after.map({ Array($0.utf8).lexicographicallyPrecedes(user.name.utf8) }) ?? true
            else { return false }
            return switch page.filter {
            case nil: true
            case .required: user.required
            case .registered: !user.factors.isEmpty
            case .unregistered: user.factors.isEmpty
            }
        }
        let sorted = fitting.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return Array(sorted.prefix(page.limit))
    }

    func dueLetters(at now: Timestamp, limit: Int) -> [DeadLetterRow] {
        let due = content.letters.filter { $0.state == .replaying && ($0.dueAt ?? now) <= now }
        return Array(due.sorted { ($0.dueAt ?? now, $0.id) < ($1.dueAt ?? now, $1.id) }.prefix(limit))
    }
}
