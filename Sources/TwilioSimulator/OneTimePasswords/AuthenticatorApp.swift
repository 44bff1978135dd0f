import Basics

/// The authenticator app on the simulator's page: it knows what it was told by a link, and nothing of Twilio.
struct AuthenticatorApp: Sendable {
    static let mostAccounts = 100

    struct Account: Sendable {
        let id: Int
        let link: KeyURI
    }

    /// In the order in which they were added.
    private(set) var accounts: [Account] = []
    private var added = 0

    /// - Throws: A sentence that says why the link cannot be used.
    mutating func add(link text: Redacted<String>) throws(ControlProblem) {
        let link = try KeyURI(reading: text)
        guard !accounts.contains(where: { $0.link == link }) else {
            throw ControlProblem("That account is there already")
        }
        guard accounts.count < Self.mostAccounts else { throw ControlProblem("No more than 100 accounts: remove one") }
        added += 1
        accounts.append(Account(id: added, link: link))
    }

    mutating func remove(_ id: Int) throws(ControlProblem) {
        guard accounts.contains(where: { $0.id == id }) else { throw .unknownAccount }
        accounts.removeAll { $0.id == id }
    }

    /// What its screen shows.
    func shown(now: Timestamp) -> [ShownCode] {
        accounts.map { account in
            ShownCode(
                id: String(account.id), issuer: account.link.issuer, label: account.link.label,
                password: account.link.password, now: now)
        }
    }
}
