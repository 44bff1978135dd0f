import Basics
import Store
import StorePostgres
import TestKit
import Testing
import Wire

/// Limits that jobs of different people share, counted by many at the same time.
@Suite(.enabled(if: StoreKind.allCases.contains(.postgres)), .timeLimit(.minutes(10)))
struct SharedCounterTests {
    @Test("design 4: a limit of the whole site holds exactly, whoever counts at the same time", arguments: [3, 40])
    func exact(_ limit: Int) async throws {
        let place = try await Place()
        let stores = [try await place.worker(), try await place.worker()]
        let admitted = Locked(0)
        try await withThrowingTaskGroup { group in
            for person in 0..<(limit * 2 + 20) {
                group.addTask {
                    var job = Sample.job("job \(person)", user: "person \(person)", number: "+1500555\(1000 + person)")
                    job.wanted.tallies[.unprovenSiteSends] = limit
                    let store = stores[person % stores.count]
                    let begun = try await store.begin(job) { situation in
                        let hasRoom = situation.tallies[.unprovenSiteSends].map { $0.left > 0 } ?? false
                        return .answer(
                            Sample.answer(hasRoom ? .done : .throttled, hasRoom ? [.count([.unprovenSiteSends])] : []))
                    }
                    if begun.recorded?.outcome == .done { admitted.withLock { $0 += 1 } }
                }
            }
            try await group.waitForAll()
        }
        #expect(admitted.withLock { $0 } == limit)
        let counted = try await place.server.run(
            "SELECT count(*) FROM tally WHERE tally.tally = 'unproven_sends_per_site_hour'", at: place.location)
        #expect(counted.filter(\.isNumber) == "\(limit)")
        for store in stores { await store.close() }
    }
}
