import Basics
import Foundation
import GRDB
import Store
import StoreSQLite
import TestKit
import Testing
import Wire

@Suite("Contract 2: admin.user.erase leaves nothing of a person", .timeLimit(.minutes(10)))
struct EraseTests {
    private static let name = "ada.lovelace@example"
    private static let former = "ada.byron@example"

    /// Fills every place that holds something of the person.
    private func live(_ store: any LoginStore, _ name: String) async throws {
        let login = Sample.login(name, "sign-in-1")
        var job = Sample.job(RandomID.uuid(), user: name, login: "sign-in-1")
        job.login.client = "client of \(name)"
        try await store.write(
            [
                .user(Sample.user(name) { $0.phone = try? Sample.phone() }), .code(try Sample.code()),
                .pending(try Sample.tie(login)), .approval(login, client: "client of \(name)"),
                .count(Tally.allCases), .pace(.user(name), Pace(streak: 2, notBefore: Sample.now)),
                .pace(.number(try Sample.number(), isProven: true), Pace(streak: 2, notBefore: Sample.now)),
                .bypass(user: name, Redacted("12345678"), until: Sample.now + .seconds(9)),
                .ticket(user: name, Redacted("T-\(name)"), until: Sample.now + .seconds(9)),
                .cancelSend(JobKey(frontEnd: "portal", messageID: "waiting"), login),
                .audit(Sample.entry(user: name, detail: #"{"phone":"+1········42","reason":"asked","what":"all"}"#)),
                .deadLetter(Sample.letter(#"{"user":"\#(name)","client":"10.0.0.9"}"#)),
                .deadLetter(Sample.letter(#"{"user":"\#(name)","#)),
            ], as: job)
        try await answer(store, "own-\(name.utf8.count)", user: name, reply: Sample.reply(of: name))
        try await answer(
            store, "list-\(name.utf8.count)", kind: .adminUserList, user: "", reply: Sample.list([name, "bob"]))
    }

    private func answer(
        _ store: any LoginStore, _ id: String, kind: JobKind = .check, user: String, reply: Reply
    ) async throws {
        _ = try await store.begin(Sample.job(id, kind: kind, user: user)) { _ in
            .answer(Answer(outcome: reply.outcome, reason: nil, body: reply.encoded()))
        }
    }

    private func erase(_ store: any LoginStore, _ name: String = Self.name) async throws {
        let pseudonym = "erased-0123456789abcdef"
        let entry = Sample.entry(.adminUserErase, user: pseudonym)
        _ = try await store.begin(Sample.job("erase", kind: .adminUserErase, user: name, number: nil)) { _ in
            .answer(Sample.answer(.done, [.erase(user: name, pseudonym: pseudonym), .audit(entry)]))
        }
    }

    @Test("2 admin.user.erase: everything about the person", arguments: StoreKind.allCases)
    func everything(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            try await live(store, Self.name)
            try await live(store, "bob")
            try await erase(store)
            var job = Sample.job("look", user: Self.name, login: "sign-in-1")
            job.login.client = "client of \(Self.name)"
            let seen = try await store.look(job) {
                $0.tallies = [.userSends: 9, .wrongCodesOfUser: 9, .wrongCodesOfUserAndClient: 9]
                ($0.paces, $0.approval, $0.openCodes) = (true, true, true)
                ($0.code, $0.ticket) = (Redacted("12345678"), Redacted("T-\(Self.name)"))
            }
            #expect(seen.user == nil && seen.pending == nil && !seen.pendingElsewhere)
            #expect(seen.approvedAt == nil && seen.clientApprovedAt == nil && seen.openCodes.isEmpty)
            #expect(seen.tallies.values.allSatisfy { $0.used == 0 } && seen.tallies.count == 3)
            #expect(seen.paces[.user(Self.name)] == nil && seen.bypass == .none && seen.ticket == nil)
            #expect(try await !store.look(Sample.job("waiting", user: Self.name, login: "sign-in-1")).isCanceled)
        }
    }

    @Test("2 admin.user.erase: nobody else", arguments: StoreKind.allCases)
    func nobodyElse(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            try await live(store, Self.name)
            try await live(store, "bob")
            let before = try await store.user("bob")
            try await erase(store)
            let seen = try await store.look(Sample.job("look", kind: .check, user: "bob", login: "sign-in-1")) {
                ($0.code, $0.ticket, $0.approval) = (Redacted("12345678"), Redacted("T-bob"), true)
            }
            #expect(seen.user == before && seen.pending != nil && seen.bypass == .right)
            #expect(seen.ticket != nil && seen.approvedAt != nil)
            var query = HistoryQuery()
            query.user = "bob"
            #expect(try await store.history(query).count == 3)
        }
    }

    @Test("2 admin.user.erase: history made anonymous, not shorter", arguments: StoreKind.allCases)
    func history(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            try await live(store, Self.name)
            let before = try await store.history(HistoryQuery()).count
            try await erase(store)
            let history = try await store.history(HistoryQuery())
            #expect(history.count == before + 1)
            let own = history.filter { $0.user == "erased-0123456789abcdef" }
            #expect(own.count == 3 && own.allSatisfy { $0.masked == nil })
            var query = HistoryQuery()
            query.number = try Sample.number()
            #expect(try await store.history(query).isEmpty)
        }
    }

    @Test("2 admin.user.erase: dead letters that name the person, by former names too", arguments: StoreKind.allCases)
    func letters(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            try await live(store, Self.former)
            try await live(store, "bob")
            try await store.write([
                .deadLetter(Sample.letter(#"{"operator":"root","user":"bob","to":"\#(Self.former)"}"#)),
                .rename(user: Self.former, to: Self.name),
                .audit(Sample.entry(.adminUserRename, user: Self.name, former: Self.former)),
                .deadLetter(Sample.letter(#"{"user":"\#(Self.name)"}"#)),
            ])
            try await erase(store)
            let left = try await store.allLetters()
            #expect(
                left.map { String(decoding: $0.letter.body.revealed, as: UTF8.self) }.allSatisfy { $0.contains("bob") })
            #expect(left.count == 2)
        }
    }

    @Test(
        "2 admin.user.erase: words and numbers about the person leave the trail, no line does",
        arguments: StoreKind.allCases)
    func details(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            try await live(store, Self.name)
            try await store.write([
                .audit(
                    Sample.entry(
                        .adminDeadDiscard, user: "", detail: #"{"discarded":"1","reason":"\#(Self.name) again"}"#)),
                .audit(Sample.entry(.adminDeadDiscard, user: "", detail: #"{"discarded":"1","reason":"stale"}"#)),
            ])
            try await erase(store)
            let details = try await store.audit(AuditQuery()).reversed().map(\.detail)
            #expect(
                details == [#"{"what":"all"}"#, #"{"discarded":"1"}"#, #"{"discarded":"1","reason":"stale"}"#, "{}"])
        }
    }

    @Test("2 admin.user.erase: what is under way ends without a name", arguments: StoreKind.allCases)
    func underWay(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let job = Sample.job("under-way", user: Self.name)
            let intent = try #require(try await store.begin(job, decide: Sample.calling).intent)
            try await erase(store)
            let renewed = try #require(try await store.renew(intent))
            let seen = Locked(false)
            let finished = try await store.finish(renewed) { situation in
                seen.withLock { $0 = situation.wasReset }
                let reply = Sample.reply(of: Self.name)
                return Answer(outcome: .expired, reason: .reset, body: reply.encoded())
            }
            #expect(seen.withLock { $0 })
            let record = try #require(finished.recorded)
            #expect(!String(decoding: record.body, as: UTF8.self).contains(Self.name))
            #expect(record.user == "erased-0123456789abcdef" && record.withheld == .user)
            let history = try await store.history(HistoryQuery())
            #expect(history.allSatisfy { !$0.user.contains(Self.name) && $0.masked == nil })
        }
    }

    @Test("2 admin.user.erase: nothing in any file, former names neither", arguments: [false, true])
    func files(isRenamed: Bool) async throws {
        let world = try await World(.sqlite)
        let store = try await world.worker()
        let first = isRenamed ? Self.former : Self.name
        try await live(store, first)
        let released = try #require(
            try await store.begin(Sample.job("released", user: first), decide: Sample.calling).intent)
        try await store.release(released)
        let open = try #require(
            try await store.begin(Sample.job("open", user: first), decide: Sample.calling).intent)
        if isRenamed {
            let entry = Sample.entry(.adminUserRename, user: Self.name, former: first)
            let job = Sample.job("rename", kind: .adminUserRename, user: first, number: nil)
            try await store.write([.rename(user: first, to: Self.name), .audit(entry)], as: job)
        }
        try await erase(store)
        _ = try await store.finish(open) { _ in
            Answer(outcome: .expired, reason: .reset, body: Sample.reply(of: first).encoded())
        }
        await world.end(store)
        // Frames of the write-ahead log that are no longer used stay in it until it is written anew.
        let raw = try DatabaseQueue(path: world.configuration.path)
        try await raw.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try raw.close()
        for file in try FileManager.default.contentsOfDirectory(atPath: world.folder.path) {
            let bytes = try Data(contentsOf: world.folder.appendingPathComponent(file))
            for trace in [Self.name, Self.former, String(Sample.text.dropFirst()), "42\""] {
                #expect(bytes.range(of: Data(trace.utf8)) == nil, "\(trace) in \(file)")
            }
        }
    }
}

extension Sample {
    static func entry(
        _ kind: JobKind = .adminUserSet, user: String, former: String? = nil, by administrator: String = "root",
        detail: String = "{}"
    ) -> AuditEntry {
        AuditEntry(
            at: now, administrator: administrator, frontEnd: "desk", kind: kind, messageID: "m-1", user: user,
            formerUser: former, outcome: .done, reason: nil, detail: detail)
    }

    static func letter(_ body: String) -> DeadLetter {
        DeadLetter(
            reason: .malformed, routingKey: "send", frontEnd: "portal", messageID: nil,
            body: Redacted(Array(body.utf8)), at: now)
    }

    /// A reply that tells as much of a person as any does.
    static func reply(of name: String) -> Reply {
        var reply = Reply(.done, at: now)
        (reply.user, reply.to) = (name, "+1········42")
        var profile = Reply.Profile(user: name, known: true, required: false, authenticator: false)
        profile.phone = "+1········42"
        (reply.profile, reply.users, reply.next) = (profile, [profile], name)
        reply.methods = [Reply.MethodState(method: .code(.sms), to: "+1········42", usable: true)]
        return reply
    }

    static func list(_ names: [String]) -> Reply {
        var reply = Reply(.done, at: now)
        reply.users = names.map { Reply.Profile(user: $0, known: true, required: false, authenticator: false) }
        reply.next = names.first
        return reply
    }
}
