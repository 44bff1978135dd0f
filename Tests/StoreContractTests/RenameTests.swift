import Basics
import Store
import TestKit
import Testing
import Wire

@Suite("Contract 2: admin.user.rename", .timeLimit(.minutes(10)))
struct RenameTests {
    private func rename(_ store: any LoginStore, _ user: String = "ada", to: String = "eve") async throws {
        try await store.write(
            [.rename(user: user, to: to), .audit(Sample.entry(.adminUserRename, user: to, former: user))],
            as: Sample.job("rename", kind: .adminUserRename, user: user, number: nil))
    }

    @Test(
        "2 admin.user.rename: the person goes along, with ties, clients, tickets and history",
        arguments: StoreKind.allCases)
    func goesAlong(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let user = Sample.user { ($0.required, $0.phone) = (true, try? Sample.phone()) }
            try await store.write(
                [
                    .user(user), .code(try Sample.code()), .pending(try Sample.tie(Sample.login("ada", "one"))),
                    .approval(Sample.login("ada", "one"), client: "10.0.0.9"),
                    .ticket(user: "ada", Redacted("T"), until: Sample.now + .seconds(9)),
                    .audit(Sample.entry(user: "ada")),
                ], as: Sample.job("a"))
            try await rename(store)
            var renamed = user
            renamed.name = "eve"
            let seen = try await store.look(Sample.job("look", kind: .check, user: "eve", login: "one", number: nil)) {
                ($0.approval, $0.ticket) = (true, Redacted("T"))
            }
            #expect(seen.user == renamed && seen.pending?.login == Sample.login("eve", "one"))
            #expect(seen.clientApprovedAt == Sample.now && seen.ticket != nil)
            // A sign-in under the old name proves nothing under the new one.
            #expect(seen.approvedAt == nil)
            #expect(try await store.user("ada") == nil)
            var query = HistoryQuery()
            query.user = "eve"
            #expect(try await Set(store.history(query).map(\.messageID)) == ["a", "rename", "look"])
            var trail = AuditQuery()
            trail.user = "eve"
            #expect(try await store.audit(trail).map(\.formerUser) == ["ada", nil])
        }
    }

    @Test("2 admin.user.rename: limits start anew, a bypass code ends", arguments: StoreKind.allCases)
    func startsAnew(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let until = Sample.now + .seconds(9)
            try await store.write([
                .user(Sample.user()), .pace(.user("ada"), Pace(streak: 3, notBefore: until)), .count([.userSends]),
                .bypass(user: "ada", Redacted("12345678"), until: until),
            ])
            try await rename(store)
            for name in ["ada", "eve"] {
                let seen = try await store.look(at: name) {
                    ($0.tallies, $0.paces, $0.code) = ([.userSends: 5], true, Redacted("12345678"))
                }
                #expect(seen.tallies[.userSends]?.used == 0 && seen.paces.isEmpty && seen.bypass == .none)
            }
        }
    }

    @Test(
        "2 admin.user.rename: what someone of that name had begun without ever registering gives way",
        arguments: StoreKind.allCases)
    func givesWay(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            for name in ["eve", "ada"] {
                try await store.write([
                    .pending(try Sample.tie(Sample.login(name, "one"), sid: "VE-\(name)")),
                    .approval(Sample.login(name, "one"), client: "10.0.0.9"),
                    .cancelSend(JobKey(frontEnd: "portal", messageID: "x"), Sample.login(name, "one")),
                ])
            }
            try await store.write([.user(Sample.user())])
            try await rename(store)
            let seen = try await store.look(Sample.job("look", kind: .check, user: "eve", login: "one", number: nil))
            #expect(seen.pending?.sid == "VE-ada")
            #expect(try await store.look(Sample.job("x", user: "eve", login: "one")).isCanceled)
        }
    }

    @Test(
        "2 admin.user.rename: what is under way ends as reset, in the new name's history", arguments: StoreKind.allCases
    )
    func underWay(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            try await store.write([.user(Sample.user())])
            let job = Sample.job("open", number: nil)
            let intent = try #require(try await store.begin(job, decide: Sample.calling).intent)
            try await rename(store)
            let seen = Locked(false)
            let finished = try await store.finish(intent) { situation in
                seen.withLock { $0 = situation.wasReset }
                return Answer(outcome: .expired, reason: .reset, body: Sample.reply(of: "ada").encoded())
            }
            #expect(seen.withLock { $0 } && finished.recorded?.user == "eve")
            var query = HistoryQuery()
            query.messageID = "open"
            #expect(try await store.history(query).map(\.user) == ["eve"])
        }
    }

    @Test("5.2 a job of the old name keeps its recorded reply", arguments: StoreKind.allCases)
    func repeats(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            try await store.write([.user(Sample.user())])
            let job = Sample.job("old", number: nil)
            let record = try await store.begin(job) { _ in .answer(Sample.answer(.approved)) }.recorded
            try await rename(store)
            let again = try await store.begin(job, decide: Sample.calling)
            #expect(again.recorded?.body == record?.body && again.recorded?.user == "eve" && !again.isFresh)
        }
    }
}
