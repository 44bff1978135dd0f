import Basics
import Store
import TestKit
import Testing
import Wire

/// What a worker remembers of its store beside the file must never tell something else than the file does.
@Suite("Workers of one store agree", .timeLimit(.minutes(10)))
struct AgreementTests {
    @Test(
        "whatever is written by two workers in turns, both then answer alike, and one that comes later",
        arguments: StoreKind.allCases, UInt64(1)...UInt64(12))
    func alike(_ kind: StoreKind, seed: UInt64) async throws {
        var random = RandomChanges(seed: seed)
        let world = try await World(kind)
        let stores = [try await world.worker(), try await world.worker()]
        var open: [(store: any LoginStore, intent: Intent)] = []
        var options: [String: String] = [:]
        var now = Sample.now
        for step in 0..<120 {
            let elapsed = Duration.milliseconds(Int.random(in: 0...120_000, using: &random.generator))
            world.time.advance(elapsed)
            now = now + elapsed
            let store = stores[Int.random(in: 0...1, using: &random.generator)]
            let job = random.job(random.user())
            let changes = random.changes(at: now)
            for case .options(let values) in changes { options.merge(values.mapValues { $0 ?? "" }) { $1 } }
            switch Int.random(in: 0..<6, using: &random.generator) {
            case 0:
                guard let intent = try await begin(store, job, changes) else {
                    // What is busy has written nothing.
                    try await store.write(changes, as: random.job(random.user()))
                    continue
                }
                open.append((store, intent))
            case 1 where !open.isEmpty:
                let (store, intent) = open.removeFirst()
                try await finish(store, intent, changes)
            default: try await store.write(changes, as: job)
            }
            guard step % 10 == 9 else { continue }
            let late = try await world.worker()
            let told = try await Snapshot.of(late)
            for store in stores {
                let other = try await Snapshot.of(store)
                let difference = zip(told, other).first { $0 != $1 }
                try #require(difference == nil && told.count == other.count, "seed \(seed), step \(step)")
                let seen = try await store.situation(of: Job.Login(user: "ada")).options
                try #require(seen == options.filter { !$0.value.isEmpty }, "seed \(seed), step \(step)")
            }
            await world.end(late)
        }
        for store in stores { await world.end(store) }
    }

    private func begin(_ store: any LoginStore, _ job: NewJob, _ changes: [Change]) async throws -> Intent? {
        try await store.begin(job) { situation in
            let call = PlannedCall.cancel(PlannedCancel(codes: situation.openCodes))
            return .call(call, changes: changes + [.count(Tally.allCases)])
        }.intent
    }

    private func finish(_ store: any LoginStore, _ intent: Intent, _ changes: [Change]) async throws {
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
