import Basics
import Store
import TestKit
import Testing
import Wire

@Suite("Memory and SQLite keep the same", .timeLimit(.minutes(10)))
struct EquivalenceTests {
    @Test("whatever is written, both stores then answer alike", arguments: UInt64(1)...UInt64(12))
    func alike(seed: UInt64) async throws {
        var random = RandomChanges(seed: seed)
        let worlds = [try await World(.memory), try await World(.sqlite)]
        let stores = [try await worlds[0].worker(), try await worlds[1].worker()]
        var open: [(NewJob, [Intent])] = []
        var now = Sample.now
        for step in 0..<120 {
            let elapsed = Duration.milliseconds(Int.random(in: 0...120_000, using: &random.generator))
            for world in worlds { world.time.advance(elapsed) }
            now = now + elapsed
            let job = random.job(random.user())
            let changes = random.changes(at: now)
            switch Int.random(in: 0..<6, using: &random.generator) {
            case 0:
                let intents = try await begin(stores, job, changes)
                if intents.count == 2 { open.append((job, intents)) }
            case 1 where !open.isEmpty: try await finish(stores, open.removeFirst().1, changes)
            default: for store in stores { try await store.write(changes, as: job) }
            }
            guard step % 10 == 9 else { continue }
            let (memory, sqlite) = (try await Snapshot.of(stores[0]), try await Snapshot.of(stores[1]))
            let difference = zip(memory, sqlite).first { $0 != $1 }
            try #require(difference == nil && memory.count == sqlite.count, "seed \(seed), step \(step)")
        }
        for (world, store) in zip(worlds, stores) { await world.end(store) }
    }

    private func begin(_ stores: [any LoginStore], _ job: NewJob, _ changes: [Change]) async throws -> [Intent] {
        var intents: [Intent] = []
        for store in stores {
            let begun = try await store.begin(job) { situation in
                let call = PlannedCall.cancel(PlannedCancel(codes: situation.openCodes))
                return .call(call, changes: changes + [.count(Tally.allCases)])
            }
            if let intent = begun.intent { intents.append(intent) }
        }
        #expect(intents.count == 2 || intents.isEmpty)
        return intents
    }

    private func finish(_ stores: [any LoginStore], _ intents: [Intent], _ changes: [Change]) async throws {
        for (store, intent) in zip(stores, intents) {
            let finished = try await store.finish(intent) { situation in
                let outcome: Outcome = situation.wasReset ? .expired : .done
                var reply = Reply(outcome, at: situation.now)
                reply.user = intent.login.user
                return Answer(
                    outcome: outcome, reason: nil, body: reply.encoded(), changes: changes + [.uncount([.userSends])])
            }
            #expect(finished.recorded != nil)
        }
    }
}
