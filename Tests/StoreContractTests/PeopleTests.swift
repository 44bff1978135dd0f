import Basics
import Store
import TestKit
import Testing
import Wire

@Suite("Contract 2: persons, their logins and their limits", .timeLimit(.minutes(10)))
struct PeopleTests {
    @Test("2 admin.user.reset: all ties end, approvals are taken back", arguments: StoreKind.allCases)
    func endLogins(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            try await store.write([
                .code(try Sample.code()), .pending(try Sample.tie(Sample.login("ada", "one"))),
                .pending(try Sample.tie(Sample.login("ada", "two"), ended: .codeUsed)),
                .pending(try Sample.tie(Sample.login("bob", "one"))),
                .approval(Sample.login("ada", "one"), client: "c"),
                .approval(Sample.login("bob", "one"), client: nil),
            ])
            try await store.write([.endAccess(user: "ada", [.pendingCode, .approval], .reset)])
            func seen(_ user: String, _ login: String) async throws -> Situation {
                let job = Sample.job(RandomID.uuid(), kind: .check, user: user, login: login, number: nil)
                return try await store.look(job) { $0.approval = true }
            }
            #expect(try await seen("ada", "one").pending?.ended == .reset)
            #expect(try await seen("ada", "two").pending?.ended == .codeUsed)
            #expect(try await seen("bob", "one").pending?.ended == nil)
            #expect(try await seen("ada", "one").approvedAt == nil)
            #expect(try await seen("bob", "one").approvedAt == Sample.now)
        }
    }

    @Test("2 admin.user.unlock: limits and tries of the person cleared, of nobody else", arguments: StoreKind.allCases)
    func unlock(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let pace = Pace(streak: 4, notBefore: Sample.now)
            let number = try Sample.number()
            try await store.write([.user(Sample.user { $0.phone = try? Sample.phone() })])
            for user in ["ada", "bob"] {
                try await store.write(
                    [.pace(.user(user), pace), .count(Tally.allCases)], as: Sample.job("count-\(user)", user: user))
            }
            try await store.write([
                .pace(.number(number, isProven: true), pace), .pace(.number(number, isProven: false), pace),
            ])
            try await store.write([.unlock(user: "ada")])
            let tallies = Dictionary(uniqueKeysWithValues: Tally.allCases.map { ($0, 9) })
            func seen(_ user: String) async throws -> Situation {
                try await store.look(Sample.job(RandomID.uuid(), kind: .registerPhone, user: user)) {
                    ($0.tallies, $0.paces) = (tallies, true)
                }
            }
            let (ada, bob) = (try await seen("ada"), try await seen("bob"))
            #expect(ada.tallies[.userSends]?.used == 0 && ada.tallies[.wrongCodesOfUser]?.used == 0)
            #expect(ada.tallies[.wrongCodesOfUserAndClient]?.used == 0)
            #expect(ada.paces == [.number(number, isProven: false): pace])
            #expect(bob.tallies[.userSends]?.used == 1 && bob.tallies[.wrongCodesOfUser]?.used == 1)
            #expect(bob.paces[.user("bob")] == pace)
        }
    }

    @Test("2 admin.user.unlock: the pause of a number that is being registered, too", arguments: StoreKind.allCases)
    func unlockRegistering(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let pace = Pace(streak: 4, notBefore: Sample.now)
            let number = try Sample.number()
            try await store.write([
                .pending(try Sample.tie(Sample.login("ada"), purpose: .register)),
                .pace(.number(number, isProven: true), pace), .pace(.number(number, isProven: false), pace),
            ])
            func paces() async throws -> [PaceKey: Pace] {
                try await store.look(Sample.job(RandomID.uuid(), kind: .registerPhone, user: "ada")) {
                    $0.paces = true
                }.paces
            }
            try await store.write([.unlock(user: "bob")])
            #expect(try await paces().count == 2)
            try await store.write([.unlock(user: "ada")])
            #expect(try await paces() == [.number(number, isProven: true): pace])
        }
    }

    @Test("6 Whose code: other people's live ties to the same code", arguments: StoreKind.allCases)
    func strangers(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            func seen() async throws -> Set<Purpose> {
                try await store.look(Sample.job(RandomID.uuid())) { $0.strangers = true }.strangers
            }
            try await store.write([.code(try Sample.code()), .pending(try Sample.tie(Sample.login("ada")))])
            #expect(try await seen() == [])
            try await store.write([.pending(try Sample.tie(Sample.login("bob"), purpose: .register))])
            #expect(try await seen() == [.register])
            try await store.write([.pending(try Sample.tie(Sample.login("eve"), purpose: .login))])
            #expect(try await seen() == [.register, .login])
            try await store.write([
                .pending(try Sample.tie(Sample.login("bob"), purpose: .register, ended: .notPending)),
                .pending(try Sample.tie(Sample.login("eve"), sid: "VE2", purpose: .login)),
            ])
            #expect(try await seen() == [])
            #expect(try await store.look(Sample.job("unasked")).strangers.isEmpty)
        }
    }

    @Test("2 admin.user.reset: the person's open codes", arguments: StoreKind.allCases)
    func openCodes(_ kind: StoreKind) async throws {
        let other = "+15005550199"
        try await withStore(kind) { world, store in
            func seen() async throws -> [OpenCode] { try await store.look(at: "ada") { $0.openCodes = true }.openCodes }
            #expect(try await seen().isEmpty)
            try await store.write([
                .code(try Sample.code()), .code(try Sample.code("VE2", other)),
                .pending(try Sample.tie(Sample.login("ada", "a"))), .pending(try Sample.tie(Sample.login("ada", "b"))),
                .pending(try Sample.tie(Sample.login("ada", "c"), sid: "VE2", other, purpose: .register)),
                .pending(try Sample.tie(Sample.login("ada", "d"), sid: "VE0")),
                .pending(try Sample.tie(Sample.login("bob", "a"))),
            ])
            let codes = [OpenCode(number: Sample.text, sid: "VE1"), OpenCode(number: other, sid: "VE2")]
            #expect(try await seen() == codes)
            var ended = try Sample.code()
            ended.ended = .codeUsed
            try await store.write([.code(ended)])
            #expect(try await seen() == [codes[1]])
            world.time.advance(.seconds(600))
            #expect(try await seen().isEmpty)
        }
    }

    @Test("2 admin.user.rename: whether the other name is taken", arguments: StoreKind.allCases)
    func otherUser(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            try await store.write([.user(UserRecord(name: "bob"))])
            #expect(try await store.look(at: "ada") { $0.otherUser = "bob" }.otherUserExists)
            #expect(try await !store.look(at: "ada") { $0.otherUser = "eve" }.otherUserExists)
            #expect(try await !store.look(at: "ada").otherUserExists)
        }
    }

    @Test(
        "5 a job's situation: the number it names, else the tie's for a check, else the person's",
        arguments: StoreKind.allCases)
    func places(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let (own, tied, named) = (Sample.text, "+15005550111", "+15005550122")
            try await store.write([
                .user(Sample.user { $0.phone = try? Sample.phone(own) }),
                .pending(try Sample.tie(Sample.login("ada"), tied, purpose: .register)),
            ])
            func number(_ kind: JobKind, _ number: String? = nil, user: String = "ada") async throws -> String? {
                let job = Sample.job(RandomID.uuid(), kind: kind, user: user, number: number)
                return try await store.look(job).number?.revealed
            }
            #expect(try await number(.send) == own)
            #expect(try await number(.check) == tied)
            #expect(try await number(.cancel) == tied)
            #expect(try await number(.registerPhone, named) == named)
            #expect(try await number(.adminUserGet) == own)
            #expect(try await number(.adminUserList, user: "") == nil)
            #expect(try await store.look(at: "ada").number?.revealed == own)
        }
    }
}
