import Basics
import Store
import TestKit
import Testing
import Wire

@Suite("Contract 5 and 6: enrolments, challenges and codes of authenticators", .timeLimit(.minutes(10)))
struct AuthenticatorTests {
    private func enrolment(_ user: String = "ada", _ login: String = "one") -> Enrolment {
        var enrolment = Enrolment(
            login: LoginKey(user: user, application: .windows, login: login), identity: "person-\(user)",
            secret: Redacted([1, 2, 3]), label: "Ada’s", expiresAt: Sample.now + Enrolment.life, ticket: [7],
            wasConfirmed: true)
        enrolment.factorSID = "YF1"
        (enrolment.issuer, enrolment.digits, enrolment.period, enrolment.tries) = ("ACME", 8, 60, 2)
        return enrolment
    }

    @Test("one enrolment per person, as it was written; another replaces it", arguments: StoreKind.allCases)
    func enrolments(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            #expect(try await store.enrolment(of: "ada") == nil)
            try await store.write([.enrolment(user: "ada", enrolment())])
            #expect(try await store.enrolment(of: "ada") == enrolment())
            #expect(try await store.look(at: "ada") { $0.authenticator = true }.enrolment == enrolment())
            #expect(try await store.look(at: "ada").enrolment == nil)
            #expect(try await store.enrolment(of: "bob") == nil)
            try await store.write([.enrolment(user: "ada", enrolment("ada", "two"))])
            #expect(try await store.enrolment(of: "ada")?.login.login == "two")
            try await store.write([.enrolment(user: "ada", nil)])
            #expect(try await store.enrolment(of: "ada") == nil)
        }
    }

    @Test(
        "5.6 the secret is erased when the enrolment ends; what became of it is kept for a day",
        arguments: StoreKind.allCases)
    func ended(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            try await store.write([
                .enrolment(user: "ada", enrolment().ended(.triesUsedUp)), .enrolment(user: "bob", enrolment("bob")),
            ])
            let over = try #require(try await store.enrolment(of: "ada"))
            #expect(over.secret == nil && over.ended == .triesUsedUp && !over.isOpen(at: Sample.now))
            world.time.advance(.seconds(600))
            let due = try await store.takeDueChores(limit: 9)
            #expect(due.isEmpty)
            let run = try #require(try await store.enrolment(of: "bob"))
            #expect(run.secret == nil && run.ended == .enrolmentExpired)
            world.time.advance(.seconds(15))
            let chores = try await store.takeDueChores(limit: 9).map(\.chore)
            #expect(chores == [.removeEnrolment(OldFactor(identity: "person-bob", factorSID: "YF1"))])
            world.time.advance(.seconds(90_600))
            _ = try await store.sweep(Retention(), limit: 100)
            #expect(try await store.enrolment(of: "ada") == nil)
        }
    }

    @Test("6 an open challenge is its factor's, until it ends", arguments: StoreKind.allCases)
    func challenges(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            var user = UserRecord(name: "ada")
            user.authenticator = Authenticator(factorSID: "YF1", identity: "i", registeredAt: Sample.now)
            let open = OpenChallenge(sid: "YC1", expiresAt: Sample.now + .seconds(300), tries: 3)
            try await store.write([.user(user), .challenge(factorSID: "YF1", open)])
            let look = { try await store.look(at: "ada") { $0.authenticator = true }.challenge }
            #expect(try await look() == open)
            world.time.advance(.seconds(300))
            #expect(try await look() == nil)
            try await store.write([.challenge(factorSID: "YF1", nil)])
            #expect(try await look() == nil)
        }
    }

    @Test("5.6 a used code is known to any other job for five minutes, by its hash", arguments: StoreKind.allCases)
    func reserved(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            var user = UserRecord(name: "ada")
            user.authenticator = Authenticator(factorSID: "YF1", identity: "i", registeredAt: Sample.now)
            try await store.write([.user(user)])
            func isUsed(_ code: String) async throws -> Bool {
                try await store.look(at: "ada") { ($0.authenticator, $0.code) = (true, Redacted(code)) }.isCodeReserved
            }
            func reserve(_ id: String, _ code: String) async throws -> Intent? {
                try await store.begin(Sample.job(id, kind: .check, login: id, number: nil)) { _ in
                    .call(Self.challenge(id), changes: [.reserveCode(factorSID: "YF1", Redacted(code))])
                }.intent
            }
            let first = try #require(try await reserve("one", "123456"))
            #expect(try await isUsed("123456"))
            #expect(try await !isUsed("123457"))
            _ = try await store.finish(first) { _ in Sample.answer(.denied, [.releaseCode]) }
            #expect(try await !isUsed("123456"))
            let second = try #require(try await reserve("two", "123456"))
            _ = try await store.finish(second) { _ in Sample.answer(.approved) }
            #expect(try await isUsed("123456"))
            world.time.advance(.seconds(299))
            #expect(try await isUsed("123456"))
            world.time.advance(.seconds(1))
            #expect(try await !isUsed("123456"))
        }
    }

    private static func challenge(_ request: String) -> PlannedCall {
        .challenge(
            PlannedChallenge(
                factor: PlannedFactor(user: "ada", identity: "i", sid: "YF1"), open: nil, request: request))
    }

    @Test("Design 2: work on one person's authenticator goes one after the other", arguments: StoreKind.allCases)
    func oneAfterTheOther(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            func begin(_ id: String, _ user: String = "ada") async throws -> Begun {
                var job = Sample.job(id, kind: .check, user: user, number: nil)
                job.wanted.authenticator = true
                let call = PlannedCall.challenge(
                    PlannedChallenge(
                        factor: PlannedFactor(user: user, identity: "i", sid: "YF1"), open: nil, request: id))
                return try await store.begin(job) { _ in .call(call, changes: []) }
            }
            let first = try #require(try await begin("one").intent)
            #expect(try await begin("two").busy == JobKey(frontEnd: "portal", messageID: "one"))
            #expect(try await begin("three", "bob").intent != nil)
            _ = try await store.finish(first) { _ in Sample.answer(.denied) }
            #expect(try await begin("two").intent != nil)
        }
    }

    @Test("2 rename and erase take an enrolment away", arguments: StoreKind.allCases)
    func people(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            for change in [Change.rename(user: "ada", to: "adele"), .erase(user: "ada", pseudonym: "erased-1")] {
                try await store.write([.user(UserRecord(name: "ada")), .enrolment(user: "ada", enrolment())])
                try await store.write([change])
                #expect(try await store.enrolment(of: "ada") == nil)
                #expect(try await store.enrolment(of: "adele") == nil)
            }
        }
    }
}
