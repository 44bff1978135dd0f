import Basics
import Store
import Wire

/// A store's answers to all that can be asked of a few people, as text; what is keyed by the store itself is told as
/// there or not.
struct Snapshot {
    static let users = ["ada", "bob", "eve"]
    static let logins = ["one", "two"]
    static let clients = ["office", "home"]
    static let numbers = ["+15005550142", "+15005550199"]

    static func of(_ store: any LoginStore) async throws -> [String] {
        var lines: [String] = []
        for user in users {
            for login in logins {
                let situation = try await situation(store, user, login)
                lines.append("\(user)/\(login): " + text(situation))
            }
        }
        lines += try await store.allLetters().map(letter)
        lines += try await trails(store)
        return lines
    }

    private static func situation(_ store: any LoginStore, _ user: String, _ login: String) async throws -> Situation {
        var wanted = Wanted()
        wanted.tallies = Dictionary(uniqueKeysWithValues: Tally.allCases.map { ($0, 4) })
        (wanted.paces, wanted.approval, wanted.strangers, wanted.openCodes) = (true, true, true, true)
        (wanted.ticket, wanted.code, wanted.census) = (Redacted("T-\(user)"), Redacted("11111111"), true)
        wanted.page = UserPage(filter: nil, after: nil, limit: 9)
        wanted.otherUser = "eve"
        return try await store.situation(
            of: Job.Login(user: user, login: login, client: clients[0]), wanted: wanted)
    }

    private static func text(_ situation: Situation) -> String {
        let tallies = Tally.allCases.map { tally in
            situation.tallies[tally].map { "\($0.used)/\($0.freeAt?.milliseconds ?? 0)" } ?? "-"
        }
        let census = situation.census.flatMap { group in
            Array(repeating: "\(group.required)\(group.factors.map(\.rawValue).sorted())", count: group.count)
        }
        let parts: [String] = [
            "\(situation.options.sorted { $0.key < $1.key })", user(situation.user), tie(situation.pending),
            "\(situation.pendingElsewhere)", situation.place?.packed ?? "-", code(situation.code), "\(tallies)",
            paces(situation),
            "\(situation.approvedAt?.milliseconds ?? 0) \(situation.clientApprovedAt?.milliseconds ?? 0)",
            "\(situation.ticket != nil) \(situation.bypass)", "\(situation.strangers.map(\.rawValue).sorted())",
            "\(situation.openCodes.map { $0.number + $0.sid })", "\(census.sorted())",
            "\(situation.page.map { user($0) })", "\(situation.otherUserExists)",
        ]
        return parts.joined(separator: " | ")
    }

    private static func user(_ user: UserRecord?) -> String {
        guard let user else { return "nobody" }
        return "\(user.name) \(user.isKnown) \(user.required) \(user.phone?.place.packed ?? "-") \(user.generation)"
            + " \(user.lastApprovedAt?.milliseconds ?? 0)"
    }

    private static func tie(_ tie: PendingCode?) -> String {
        guard let tie else { return "untied" }
        return "\(tie.login) \(tie.place.packed) \(tie.sid) \(tie.purpose) \(tie.ended?.rawValue ?? "live")"
    }

    private static func code(_ code: LiveCode?) -> String {
        guard let code else { return "no code" }
        return "\(code.sid) \(code.attempts) \(code.checksBegun) \(code.checksDenied) \(code.ended?.rawValue ?? "live")"
    }

    private static func paces(_ situation: Situation) -> String {
        "\(situation.paces.map { "\($0.key): \($0.value)" }.sorted())"
    }

    private static func letter(_ row: DeadLetterRow) -> String {
        "\(row.id) \(row.state) \(row.replays) \(row.dueAt?.milliseconds ?? 0) \(row.letter.body.revealed.count)"
    }

    private static func trails(_ store: any LoginStore) async throws -> [String] {
        let audit = try await store.audit(AuditQuery()).map { "\($0)" }
        var byUser: [String] = []
        for user in users {
            var query = HistoryQuery()
            query.user = user
            byUser.append("\(try await store.history(query).map(\.messageID))")
        }
        return audit + (try await store.history(HistoryQuery()).map { "\($0)" }) + byUser
    }
}
