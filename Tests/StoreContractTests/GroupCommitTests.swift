import Basics
import Foundation
import GRDB
import Store
import StoreSQLite
import TestKit
import Testing
import Wire

/// Operations that share a commit do not share their fate.
@Suite(.timeLimit(.minutes(10)))
struct GroupCommitTests {
    @Test func oneThatFailsIsUndoneAndTheOthersStand() async throws {
        let world = try await World(.sqlite)
        let raw = try DatabaseQueue(path: world.configuration.path)
        try await raw.write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER refuse BEFORE INSERT ON history WHEN NEW.user = 'bad'
                    BEGIN SELECT RAISE(ABORT, 'refused'); END
                    """)
        }
        try raw.close()
        let store = try await world.worker()
        let failed = await withTaskGroup(of: Int?.self) { group in
            for index in 0..<60 {
                group.addTask {
                    let user = index % 10 == 3 ? "bad" : "user\(index)"
                    let change = Change.user(UserRecord(name: user))
                    let job = Sample.job("\(index)", user: user, number: nil)
                    do {
                        _ = try await store.begin(job) { _ in .answer(Sample.answer(.done, [change])) }
                        return nil
                    } catch { return index }
                }
            }
            return await group.reduce(into: Set<Int>()) { if let index = $1 { $0.insert(index) } }
        }
        #expect(failed == [3, 13, 23, 33, 43, 53])
        for index in 0..<60 {
            let key = JobKey(frontEnd: "portal", messageID: "\(index)")
            #expect(try await store.state(of: key).name == (failed.contains(index) ? "unknown" : "recorded"))
        }
        #expect(try await store.situation(of: Job.Login(user: "bad")).user == nil)
        await world.end(store)
    }

    @Test func everyJobOfManyWorkersOnOneFileIsRecordedOnce() async throws {
        let world = try await World(.sqlite)
        let stores = [try await world.worker(), try await world.worker()]
        let fresh = try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<400 {
                group.addTask {
                    let job = Sample.job("\(index / 2)", number: nil)
                    return try await stores[index % 2].begin(job) { _ in .answer(Sample.answer()) }.isFresh
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(fresh == 200)
        for store in stores { await world.end(store) }
    }
}

/// The key file and what is sealed with it.
struct SealingTests {
    @Test func whatIsSealedOpensOnlyUnchangedAndWithItsKey() throws {
        let keys: [UInt8: [UInt8]] = [1: Array(repeating: 1, count: 32), 2: Array(repeating: 2, count: 32)]
        let (old, new) = (Sealing(keys: [1: keys[1] ?? []], current: 1), Sealing(keys: keys, current: 2))
        let (first, second) = (try #require(old), try #require(new))
        let place = SealedPlace(table: "user", column: "phone", key: ["ada"])
        let sealed = try first.seal(Array("secret".utf8), at: place)
        #expect(sealed.count == 6 + Sealing.overhead)
        #expect(try first.seal(Array("secret".utf8), at: place) != sealed)
        #expect(try second.open(sealed, at: place) == Array("secret".utf8))
        #expect(second.lookup("a") == first.lookup("a") && first.lookup("a") != first.lookup("b"))
        #expect(first.fingerprint(.send, [1]) != first.fingerprint(.check, [1]))
        let newer = try second.seal([1], at: place)
        #expect(throws: StoreError.self) { try first.open(newer, at: place) }
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: StoreError.self) { try first.open(changed, at: place) }
        }
        #expect(Sealing(keys: [1: [1, 2]], current: 1) == nil)
    }
}
