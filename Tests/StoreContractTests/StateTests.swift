import Basics
import Store
import TestKit
import Testing
import Wire

/// What a store knows of people and codes, and the budget of reads.
@Suite(.timeLimit(.minutes(10)))
struct StateTests {
    private func code(_ sid: String, expires: Int64 = 1_800_000_600) throws -> LiveCode {
        var code = LiveCode(
            number: try Sample.number(), sid: sid, channel: .call, expiresAt: Timestamp(seconds: expires),
            attempts: ["VLa", "VLb"])
        (code.checksBegun, code.checksDenied) = (2, 1)
        return code
    }

    private func pending(_ login: String, sid: String, ended: Reason? = nil) throws -> PendingCode {
        PendingCode(
            login: LoginKey(user: "ada", application: .web, login: login), place: try Sample.place(), sid: sid,
            purpose: .login, ended: ended)
    }

    @Test(arguments: StoreKind.allCases)
    func aCheckSeesItsPendingCodeAndOthersSeeItElsewhere(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        let (code, pending) = (try code("VEa"), try pending("one", sid: "VEa"))
        try await store.write([.code(code), .pending(pending)])
        let seen = Locked<Situation?>(nil)
        _ = try await store.begin(Sample.job("a", kind: .check, login: "one", number: nil)) { situation in
            seen.withLock { $0 = situation }
            return .answer(Sample.answer(.denied))
        }
        let situation = try #require(seen.withLock { $0 })
        #expect(situation.number == pending.number && situation.code == code && situation.pending == pending)
        #expect(!situation.pendingElsewhere)
        #expect(try await store.situation(of: Job.Login(user: "ada", login: "two")).pendingElsewhere)
        #expect(try await !store.situation(of: Job.Login(user: "bob", login: "two")).pendingElsewhere)
        world.time.advance(.seconds(600))
        #expect(try await !store.situation(of: Job.Login(user: "ada", login: "two")).pendingElsewhere)
        await world.end(store)
    }

    @Test(arguments: StoreKind.allCases)
    func anEndedTieOrAReplacedCodeIsNotPendingElsewhere(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        let changes: [Change] = [
            .code(try code("VEb")), .pending(try pending("one", sid: "VEa")),
            .pending(try pending("two", sid: "VEb", ended: .replaced)),
        ]
        _ = try await store.refuse(nil, answer: Sample.answer(.done, changes))
        #expect(try await !store.situation(of: Job.Login(user: "ada", login: "three")).pendingElsewhere)
        let ended = try await store.situation(of: Job.Login(user: "ada", login: "two")).pending
        #expect(ended?.ended == .replaced)
        await world.end(store)
    }

    @Test(arguments: StoreKind.allCases)
    func readsAreCountedInASlidingWindowForAllWorkers(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let stores = [try await world.worker(), try await world.worker()]
        let limits = [ReadLimit(count: 2, per: .seconds(1)), ReadLimit(count: 3, per: .seconds(10))]
        #expect(try await stores[0].takeRead(.verification, limits: []))
        #expect(try await stores[0].takeRead(.verification, limits: limits))
        #expect(try await stores[1].takeRead(.verification, limits: limits))
        #expect(try await !stores[0].takeRead(.verification, limits: limits))
        #expect(try await stores[0].takeRead(.attempts, limits: limits))
        world.time.advance(.seconds(2))
        #expect(try await stores[0].takeRead(.verification, limits: limits))
        #expect(try await !stores[1].takeRead(.verification, limits: limits))
        world.time.advance(.seconds(8))
        #expect(try await stores[1].takeRead(.verification, limits: limits))
        for store in stores { await world.end(store) }
    }
}
