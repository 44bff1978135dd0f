import Basics
import Glibc
import Store
import StorePostgres
import TestKit
import Testing
import Wire

/// What jobs write down to be counted, while a sweep gathers it and somebody looks.
@Suite(.enabled(if: StoreKind.allCases.contains(.postgres)), .timeLimit(.minutes(10)))
struct GatheringTests {
    private static let ever = RollupQuery(
        [.trafficByHour], since: Timestamp(seconds: 0), until: Timestamp(seconds: 4_000_000_000))

    private static func counted(_ look: any StoreReader) async throws -> Int {
        try await look.rollups(ever).rows.reduce(0) { $0 + $1.count }
    }

    @Test("8 counts: whatever order jobs commit in, none is lost or doubled, and a look never sees fewer than before")
    func concurrent() async throws {
        let place = try await Place()
        let stores = [try await place.worker(), try await place.worker()]
        let look = try await PostgresLook.open(try place.configuration())
        let jobs = 120
        let isOver = Locked(false)
        try await withThrowingTaskGroup { group in
            group.addTask {
                while !isOver.withLock({ $0 }) { _ = try await stores[0].sweep(Retention(), limit: 3) }
            }
            group.addTask {
                var last = 0
                while !isOver.withLock({ $0 }) {
                    let now = try await Self.counted(look)
                    #expect(now >= last && now <= jobs, "\(now) after \(last)")
                    last = now
                }
            }
            try await withThrowingTaskGroup { recording in
                for number in 0..<jobs {
                    recording.addTask {
                        _ = try await stores[number % 2].begin(Sample.job("job \(number)", user: "person \(number)")) {
                            _ in .answer(Sample.answer(.done))
                        }
                    }
                }
                defer { isOver.withLock { $0 = true } }
                try await recording.waitForAll()
            }
            try await group.waitForAll()
        }
        #expect(try await Self.counted(look) == jobs)
        while try await stores[0].sweep(Retention(), limit: 50) >= 50 {}
        #expect(try await Self.counted(look) == jobs)
        let waiting = try await place.server.run("SELECT count(*) FROM rollup_added", at: place.location)
        #expect(waiting.filter(\.isNumber) == "0")
        look.close()
        for store in stores { await store.close() }
    }

    @Test("8 counts: a transaction that began before a sweep and commits after it is counted by the next one")
    func lateCommit() async throws {
        let place = try await Place()
        let store = try await place.worker()
        let look = try await PostgresLook.open(try place.configuration())
        let (decided, swept) = (Watched(false), Watched(false))
        let late = Task {
            try await store.begin(Sample.job("late", user: "ada")) { _ in
                decided.set(true)
                // On the session's own thread, which has nothing else to do.
                let end = MonotonicTime.now() + Wait.timeout
                while !swept.value, MonotonicTime.now() < end { usleep(1000) }
                return .answer(Sample.answer(.done))
            }
        }
        try await Wait.until("the job to be under way") { decided.value }
        for number in 0..<5 {
            _ = try await store.begin(Sample.job("early \(number)", user: "bob \(number)")) { _ in
                .answer(Sample.answer(.done))
            }
        }
        _ = try await store.sweep(Retention(), limit: 500)
        #expect(try await Self.counted(look) == 5)
        swept.set(true)
        _ = try await late.value
        #expect(try await Self.counted(look) == 6)
        _ = try await store.sweep(Retention(), limit: 500)
        #expect(try await Self.counted(look) == 6)
        look.close()
        await store.close()
    }
}
