import Basics
import Store
import StorePostgres
import TestKit
import Testing
import Wire

/// What a phase of a job costs at the server.
@Suite(.enabled(if: StoreKind.allCases.contains(.postgres)), .timeLimit(.minutes(10)))
struct PhaseCostTests {
    /// All that a sign-in asks for.
    private func wanted() -> Wanted {
        var wanted = Wanted()
        for tally in Tally.allCases { wanted.tallies[tally] = 1_000 }
        (wanted.paces, wanted.approval, wanted.strangers, wanted.authenticator) = (true, true, true, true)
        wanted.code = Redacted("123456")
        wanted.ticket = Redacted("TICKET")
        return wanted
    }

    private func counted(_ store: PostgresStore, _ body: () async throws -> Void) async throws -> PostgresCounts {
        let before = await store.counts()
        try await body()
        return await store.counts() - before
    }

    @Test("design 4: two round trips a phase, also where only the sealed phone tells the number")
    func twoRoundTrips() async throws {
        let place = try await Place()
        let store = try await place.worker()
        let user = try Sample.user("ada")
        _ = try await store.begin(Sample.job("first", user: "ada")) { _ in
            .answer(Sample.answer(.done, [.user(user)]))
        }
        var job = Sample.job("second", user: "ada")
        job.wanted = wanted()
        let call = try Sample.call()
        let intent = Locked<Intent?>(nil)
        let began = try await counted(store) {
            let begun = try await store.begin(job) { situation in
                #expect(situation.number?.revealed == Sample.number)
                #expect(situation.tallies.count == Tally.allCases.count)
                return .call(
                    call, changes: [.count(Tally.allCases), .pace(.user("ada"), Pace(streak: 1, notBefore: .now()))])
            }
            intent.withLock { $0 = begun.intent }
        }
        #expect(began.roundTrips == 2 && began.commits == 1)
        let own = try #require(intent.withLock { $0 })
        let asked = wanted()
        let ended = try await counted(store) {
            let finished = try await store.finish(own, wanted: asked) { situation in
                #expect(situation.tallies[.userSends]?.used == 1 && situation.tallies[.unprovenCountrySends]?.used == 1)
                #expect(situation.paces[.user("ada")]?.streak == 1)
                return Sample.answer(.sent, [.user(user)])
            }
            if case .superseded = finished { Issue.record("the intent is not ours any more") }
        }
        #expect(ended.roundTrips == 2 && ended.commits == 1)
        await store.close()
    }

    /// A phase of a job, with all that its rule writes.
    private struct Phase {
        var kind: JobKind
        var begins: [Change]
        var ends: [Change]
        var outcome: Outcome
    }

    /// A registration by text message and the check of its code, as the rules record them.
    private func phases() throws -> [Phase] {
        let user = try Sample.user("ada")
        let number = try Sample.place().number
        let code = LiveCode(
            number: number, sid: "VE1", channel: .sms, expiresAt: .now() + .seconds(600), attempts: [])
        var used = code
        (used.checksBegun, used.ended) = (1, .codeUsed)
        let login = LoginKey(Job.Login(user: "ada"))
        let pending = PendingCode(login: login, place: try Sample.place(), sid: "VE1", purpose: .register)
        let tallies: [Tally] = [.userSends, .numberSends, .unprovenCountrySends, .unprovenSiteSends]
        return [
            Phase(
                kind: .registerPhone,
                begins: [.count(tallies), .pace(.user("ada"), Pace(streak: 1, notBefore: .now()))],
                ends: [.code(code), .pending(pending)], outcome: .sent),
            Phase(
                kind: .check, begins: [.code(used)],
                ends: [
                    .user(user), .code(used), .pending(pending), .approval(login, client: "10.0.0.9"),
                    .pace(.user("ada"), nil),
                ], outcome: .approved),
        ]
    }

    @Test("design 4: a job is four round trips and two commits, with so many statements, counted and all")
    func statements() async throws {
        let place = try await Place()
        let store = try await place.worker()
        // Whatever a connection prepares once and for all.
        _ = try await store.begin(Sample.job("warm", user: "eve")) { _ in .answer(Sample.answer(.done)) }
        var seen: [PostgresCounts] = []
        for (index, phase) in try phases().enumerated() {
            var job = Sample.job("job \(index)", user: "ada", kind: phase.kind, number: Sample.number)
            job.wanted = wanted()
            let (call, asked) = (try Sample.call(), wanted())
            let intent = Locked<Intent?>(nil)
            seen.append(
                try await counted(store) {
                    let begun = try await store.begin(job) { _ in .call(call, changes: phase.begins) }
                    intent.withLock { $0 = begun.intent }
                })
            let own = try #require(intent.withLock { $0 })
            own.calls.add(
                ProviderCall(at: .now(), operation: "verification.start", milliseconds: 80, result: "success"))
            seen.append(
                try await counted(store) {
                    _ = try await store.finish(own, wanted: asked) { _ in Sample.answer(phase.outcome, phase.ends) }
                })
        }
        #expect(seen.allSatisfy { $0.roundTrips == 2 && $0.commits == 1 }, "\(seen)")
        #expect(seen.map(\.statements) == [11, 13, 10, 17])
        await store.close()
    }

    @Test("what stands beside a sealed number is not believed: another number's hashes find nothing")
    func movedHashes() async throws {
        let place = try await Place()
        let store = try await place.worker()
        let (ada, bob) = (try Sample.user("ada"), try Sample.user("bob", phone: "+15005550143"))
        let code = LiveCode(
            number: try Sample.place().number, sid: "VE1", channel: .sms, expiresAt: .now() + .seconds(600),
            attempts: [])
        _ = try await store.begin(Sample.job("people", user: "ada")) { _ in
            .answer(Sample.answer(.done, [.user(ada), .user(bob), .code(code)]))
        }
        try await place.server.run(
            "UPDATE person SET phone_keys = (SELECT phone_keys FROM person WHERE name = 'bob') WHERE name = 'ada'",
            at: place.location)
        #expect(try await store.situation(of: Job.Login(user: "ada")).code?.sid == "VE1")
        await store.close()
    }
}
