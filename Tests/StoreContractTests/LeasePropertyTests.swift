import Basics
import Store
import TestKit
import Testing
import Wire

@Suite("Design 2: the lease on a job, any interleaving", .timeLimit(.minutes(10)))
struct LeasePropertyTests {
    /// Two or three workers that do anything at any time, with intents that may be old.
    private struct Run {
        let world: World
        var generator: Seeded
        var model = LeaseModel()
        var workers: [(id: Int, store: any LoginStore)] = []
        var intents: [(worker: Int, intent: Intent)] = []
        var records: [Outcome] = []
        var lastFence: Int64 = 0

        init(_ kind: StoreKind, seed: UInt64) async throws {
            generator = Seeded(seed)
            world = try await World(kind)
            for id in 0..<Int.random(in: 2...3, using: &generator) { try await enter(id) }
        }

        mutating func enter(_ id: Int) async throws {
            workers.append((id, try await world.worker()))
            model.living.insert(id)
        }

        mutating func step() async throws {
            let index = Int.random(in: workers.indices, using: &generator)
            let (id, store) = workers[index]
            switch Int.random(in: 0..<14, using: &generator) {
            case 0..<4: try await begin(id, store)
            case 4, 5: try await finish(id, store)
            case 6: try await release(id, store)
            case 7, 8: try await renew(id, store)
            case 9: try await refuse(store)
            case 10:
                await world.end(store)
                model.living.remove(id)
                workers.remove(at: index)
                try await enter(id + 10)
            default:
                let step = Duration.seconds(Int.random(in: 1...12, using: &generator))
                world.time.advance(step)
                model.now += step
            }
        }

        mutating func begin(_ id: Int, _ store: any LoginStore) async throws {
            let begun = try await store.begin(Sample.job("one"), decide: Sample.calling)
            let expected = model.begin(id)
            #expect(kind(of: begun) == expected)
            guard let intent = begun.intent ?? begun.abandoned else { return }
            #expect(intent.fence > lastFence && intent.fence == model.fence && intent.begins == model.begins)
            lastFence = intent.fence
            intents.append((id, intent))
        }

        /// Mostly the newest intent, sometimes one from long ago, sometimes another worker's.
        mutating func some() -> Intent? {
            Bool.random(using: &generator) ? intents.last?.intent : intents.randomElement(using: &generator)?.intent
        }

        mutating func finish(_ id: Int, _ store: any LoginStore) async throws {
            guard let intent = some() else { return }
            let finished = try await store.finish(intent) { _ in Sample.answer(.sent) }
            #expect((finished.recorded != nil) == model.finish(id, intent.fence))
            if finished.recorded != nil { records.append(.sent) }
        }

        mutating func release(_ id: Int, _ store: any LoginStore) async throws {
            guard let intent = some() else { return }
            try await store.release(intent)
            model.release(id, intent.fence)
        }

        mutating func renew(_ id: Int, _ store: any LoginStore) async throws {
            guard let intent = some() else { return }
            let renewed = try await store.renew(intent)
            #expect((renewed != nil) == model.renew(id, intent.fence))
            #expect(renewed.map { $0.fence == intent.fence } ?? true)
        }

        mutating func refuse(_ store: any LoginStore) async throws {
            guard Int.random(in: 0..<8, using: &generator) == 0 else { return }
            let refused = try #require(try await store.refuse(Sample.job("one"), answer: Sample.answer(.late)))
            let expected = model.refuse()
            #expect(refused.isFresh == (expected == .intent) && refused.isInProgress == (expected == .inProgress))
            if refused.isFresh { records.append(.late) }
        }

        func kind(of begun: Begun) -> LeaseModel.Expected? {
            switch begun {
            case .intent: .intent
            case .abandoned: .abandoned
            case .inProgress: .inProgress
            case .recorded: .recorded
            default: nil
            }
        }
    }

    @Test(
        "at most one finish counts, fences only rise, begins are counted", arguments: StoreKind.allCases,
        UInt64(1)...UInt64(40))
    func interleavings(_ kind: StoreKind, seed: UInt64) async throws {
        var run = try await Run(kind, seed: seed)
        for _ in 0..<60 { try await run.step() }
        #expect(run.records.count <= 1, "seed \(seed)")
        #expect(run.model.begins == run.intents.count)
        let last = try await run.world.worker()
        let recorded = try await last.begin(Sample.job("one"), decide: Sample.calling).recorded
        #expect(recorded?.outcome == run.records.first)
        for store in run.workers.map(\.store) + [last] { await run.world.end(store) }
    }
}
