import Basics
import GRDB
import Store
import TestKit
import Testing
import Wire

@testable import StoreSQLite

@Suite("Contract 6: what lets a person in", .timeLimit(.minutes(10)))
struct AccessGrantTests {
    private static let code = Redacted("123456")

    /// Gives a person everything that there is.
    private func give(_ store: any LoginStore, _ user: String, isRegistered: Bool = true) async throws {
        let login = Sample.login(user, "one")
        let until = Sample.now + .seconds(600)
        let sid = "YF-\(user)"
        var record = Sample.user(user)
        record.authenticator = Authenticator(factorSID: sid, identity: "i-\(user)", registeredAt: Sample.now)
        var enrolment = Enrolment(
            login: login, identity: "new-\(user)", secret: Redacted([1]), label: user, expiresAt: until, ticket: nil,
            wasConfirmed: true)
        enrolment.factorSID = "YF-new-\(user)"
        try await store.write(
            [
                .code(try Sample.code()), .pending(try Sample.tie(login)),
                .approval(login, client: "home"), .enrolment(user: user, enrolment),
                .ticket(user: user, Redacted("T-\(user)"), until: until),
                .bypass(user: user, Redacted("12345678"), until: until),
            ], as: job(user, "give"))
        guard isRegistered else { return }
        let open = OpenChallenge(sid: "YC1", expiresAt: until, tries: 1)
        try await store.write([.user(record), .challenge(factorSID: sid, open)])
        _ = try await store.begin(job(user, "use")) { _ in
            .answer(Sample.answer(.approved, [.reserveCode(factorSID: sid, Self.code)]))
        }
    }

    private func job(_ user: String, _ id: String = RandomID.uuid()) -> NewJob {
        var job = Sample.job("\(id)-\(user)", kind: .check, user: user, login: "one", number: nil)
        job.login.client = "home"
        return job
    }

    /// What a person has, looked at as a job would.
    ///
    /// - Parameter ticket: whose ticket is shown.
    private func grants(
        _ store: any LoginStore, _ user: String, ticket: String? = nil
    ) async throws -> Set<AccessGrant> {
        let seen = try await store.look(job(user)) {
            ($0.approval, $0.authenticator, $0.code) = (true, true, Redacted("12345678"))
            $0.ticket = Redacted("T-\(ticket ?? user)")
        }
        let reserved = try await store.look(job(user)) { ($0.authenticator, $0.code) = (true, Self.code) }
        return Set(
            AccessGrant.allCases.filter { grant in
                switch grant {
                case .pendingCode: seen.pending.map { $0.ended == nil } ?? false
                case .approval: seen.approvedAt != nil
                case .enrolment: seen.enrolment.map { $0.ended == nil && $0.secret != nil } ?? false
                case .ticket: seen.ticket != nil
                case .bypassCode: seen.bypass == .right
                case .reservedCode: reserved.isCodeReserved
                case .challenge: seen.challenge != nil
                case .knownClient: seen.clientApprovedAt != nil
                }
            })
    }

    @Test("every table of the schema is in the list of what lets a person in, or in the one of what does not")
    func tables() async throws {
        let world = try await World(.sqlite)
        let queue = try DatabaseQueue(path: world.configuration.path)
        let found = try await queue.read { db in
            try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'")
        }
        let grants = AccessGrant.allCases.map(\.table)
        #expect(Set(found) == Set(grants).union(OtherTables.all))
        #expect(Set(grants).isDisjoint(with: OtherTables.all) && Set(grants).count == grants.count)
    }

    @Test("6 each of them ends alone, for its person alone", arguments: StoreKind.allCases)
    func ends(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            for user in ["ada", "bob"] { try await give(store, user) }
            #expect(try await grants(store, "ada") == AccessGrant.all)
            var left = AccessGrant.all
            for grant in AccessGrant.allCases {
                try await store.write([.endAccess(user: "ada", [grant], .reset)])
                left.remove(grant)
                #expect(try await grants(store, "ada") == left, "\(grant)")
            }
            #expect(try await grants(store, "bob") == AccessGrant.all)
            let seen = try await store.look(job("ada")) { $0.authenticator = true }
            // What can tell its login why it ended does.
            #expect(seen.pending?.ended == .reset && seen.enrolment?.ended == .reset)
        }
    }

    @Test("2 admin.user.erase: none is left, of nobody else", arguments: StoreKind.allCases)
    func erased(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            for user in ["ada", "bob"] { try await give(store, user) }
            try await store.write([.erase(user: "ada", pseudonym: "erased-1")])
            #expect(try await grants(store, "ada").isEmpty)
            var record = Sample.user()
            record.authenticator = Authenticator(factorSID: "YF-ada", identity: "i", registeredAt: Sample.now)
            try await store.write([.user(record)])
            #expect(try await grants(store, "ada").isEmpty)
            #expect(try await grants(store, "bob") == AccessGrant.all)
        }
    }

    @Test(
        "2 admin.user.rename: nothing that was given to the new name before is the person's; of their own some goes along",
        arguments: StoreKind.allCases)
    func renamed(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            try await store.write([.user(Sample.user("ada"))])
            // Somebody who never registered anything.
            try await give(store, "eve", isRegistered: false)
            #expect(try await grants(store, "eve") == AccessGrant.all.subtracting(AccessGrant.ofFactor))
            try await store.write([.rename(user: "ada", to: "eve")])
            #expect(try await grants(store, "eve").isEmpty)
            world.time.advance(.seconds(15))
            let chores = try await store.takeDueChores(limit: 9).map(\.chore)
            #expect(chores == [.removeEnrolment(OldFactor(identity: "new-eve", factorSID: "YF-new-eve"))])
            try await give(store, "bob")
            try await store.write([.rename(user: "bob", to: "bill")])
            #expect(
                try await grants(store, "bill", ticket: "bob") == Set(AccessGrant.allCases.filter(\.outlivesRenaming)))
            #expect(try await grants(store, "bob").isEmpty)
        }
    }
}
