import Basics
import Store
import TestKit
import Testing
import Wire

@Suite("Contract 6: counts in sliding windows", .timeLimit(.minutes(10)))
struct TallyTests {
    private func state(
        _ store: any LoginStore, _ tally: Tally, limit: Int, user: String = "ada", number: String? = Sample.text
    ) async throws -> TallyState? {
        let job = Sample.job(RandomID.uuid(), kind: .registerPhone, user: user, number: number)
        return try await store.look(job) { $0.tallies = [tally: limit] }.tallies[tally]
    }

    private func count(
        _ store: any LoginStore, _ tallies: [Tally], id: String = RandomID.uuid(), user: String = "ada",
        number: String? = Sample.text
    ) async throws {
        try await store.write([.count(tallies)], as: Sample.job(id, kind: .registerPhone, user: user, number: number))
    }

    @Test("6 Limits: a window slides to the millisecond, over all workers", arguments: StoreKind.allCases)
    func slides(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let stores = [try await world.worker(), try await world.worker()]
        for index in 0..<3 {
            try await count(stores[index % 2], [.userSends])
            world.time.advance(.seconds(60))
        }
        for store in stores {
            let state = try await state(store, .userSends, limit: 3)
            #expect(state?.used == 3 && state?.left == 0 && state?.freeAt == Sample.now + .seconds(3600))
        }
        world.time.advance(.seconds(3600 - 180) - .milliseconds(1))
        #expect(try await state(stores[1], .userSends, limit: 3)?.freeAt != nil)
        world.time.advance(.milliseconds(1))
        let state = try await state(stores[1], .userSends, limit: 3)
        #expect(state?.used == 2 && state?.left == 1 && state?.freeAt == nil)
        for store in stores { await world.end(store) }
    }

    @Test("6 unproven_sends_per_number_day: a day; all others: an hour", arguments: Tally.allCases)
    func windows(_ tally: Tally) {
        #expect(tally.window == (tally.rawValue.hasSuffix("_day") ? .seconds(86_400) : .seconds(3600)))
    }

    @Test("6 Limits: each is kept by what its name says", arguments: StoreKind.allCases)
    func keys(_ kind: StoreKind) async throws {
        let other = "+15005550199"
        let shared: [Tally: (samePerson: Bool, sameNumber: Bool)] = [
            .numberSends: (false, true), .unprovenNumberSends: (false, true), .userSends: (true, false),
            .wrongCodesOfUser: (true, false), .wrongCodesOfUserAndClient: (true, false), .clientSends: (true, true),
            .unprovenCountrySends: (true, true), .unprovenSiteSends: (true, true),
        ]
        try await withStore(kind) { _, store in
            try await count(store, Tally.allCases)
            for (tally, expected) in shared {
                #expect(try await state(store, tally, limit: 9)?.used == 1, "\(tally)")
                let person = try await state(store, tally, limit: 9, number: other)?.used
                #expect(person == (expected.samePerson ? 1 : 0), "\(tally)")
                // The other person comes from the same client and country.
                let number = try await state(store, tally, limit: 9, user: "bob")?.used
                #expect(number == (expected.sameNumber ? 1 : 0), "\(tally)")
            }
        }
    }

    @Test("2 client: absent, the per-client limits do not apply", arguments: StoreKind.allCases)
    func noClient(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            var job = Sample.job("a", number: nil)
            job.login.client = nil
            try await store.write([.count(Tally.allCases)], as: job)
            job.key.messageID = "b"
            let tallies = try await store.look(job) {
                $0.tallies = Dictionary(uniqueKeysWithValues: Tally.allCases.map { ($0, 5) })
            }
            .tallies
            #expect(tallies[.clientSends] == nil && tallies[.wrongCodesOfUserAndClient] == nil)
            #expect(tallies[.wrongCodesOfUser]?.used == 1 && tallies[.userSends]?.used == 1)
            #expect(tallies[.numberSends] == nil && tallies[.unprovenCountrySends] == nil)
        }
    }

    @Test("6 Limits: given back when nothing surely left, and only the job's own", arguments: StoreKind.allCases)
    func givenBack(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            try await count(store, [.userSends, .clientSends])
            let job = Sample.job("mine")
            let intent = try #require(
                try await store.begin(job) { _ in
                    .call(Sample.call, changes: [.count([.userSends, .clientSends, .numberSends])])
                }.intent)
            #expect(try await store.look(at: "ada") { $0.tallies = [.userSends: 9] }.tallies[.userSends]?.used == 2)
            _ = try await store.finish(intent) { _ in Sample.answer(.late, [.uncount([.userSends, .numberSends])]) }
            #expect(try await state(store, .userSends, limit: 9)?.used == 1)
            #expect(try await state(store, .clientSends, limit: 9)?.used == 2)
            #expect(try await state(store, .numberSends, limit: 9)?.used == 0)
        }
    }

    @Test("6 Limits: 0 = off, nothing is looked at", arguments: StoreKind.allCases)
    func off(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            try await count(store, [.userSends])
            #expect(try await state(store, .userSends, limit: 0) == nil)
        }
    }

    @Test(
        "6 Limits: counts are those of a list that keeps every time", arguments: StoreKind.allCases,
        UInt64(1)...UInt64(4))
    func model(_ kind: StoreKind, _ seed: UInt64) async throws {
        var generator = Seeded(seed)
        let world = try await World(kind)
        let stores = [try await world.worker(), try await world.worker()]
        var times: [Timestamp] = []
        var now = Sample.now
        for _ in 0..<60 {
            let step = Duration.milliseconds(Int.random(in: 0...600_000, using: &generator))
            world.time.advance(step)
            now = now + step
            let store = stores[Int.random(in: 0...1, using: &generator)]
            if Bool.random(using: &generator) {
                try await count(store, [.clientSends])
                times.append(now)
            }
            let limit = Int.random(in: 1...8, using: &generator)
            let newest = times.filter { $0 + .seconds(3600) > now }.sorted(by: >).prefix(limit)
            let state = try await state(store, .clientSends, limit: limit)
            #expect(state?.used == newest.count)
            #expect(state?.freeAt == (newest.count == limit ? newest.last.map { $0 + .seconds(3600) } : nil))
        }
        for store in stores { await world.end(store) }
    }
}
