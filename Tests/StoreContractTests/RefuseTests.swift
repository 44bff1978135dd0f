import Basics
import Store
import TestKit
import Testing
import Wire

@Suite("Contract 2 and 5.2: answers without a decision", .timeLimit(.minutes(10)))
struct RefuseTests {
    private static let changed = [Change.user(UserRecord(name: "changed"))]

    @Test("5.2 a refusal is an outcome like any other, repeated", arguments: StoreKind.allCases)
    func outcome(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let job = Sample.job("one")
            let first = try #require(try await store.refuse(job, answer: Sample.answer(.invalid, Self.changed)))
            #expect(first.isFresh && first.recorded?.outcome == .invalid)
            #expect(try await store.user("changed") != nil)
            let again = try #require(try await store.refuse(job, answer: Sample.answer(.late)))
            #expect(!again.isFresh && again.recorded == first.recorded)
            #expect(try await store.begin(job, decide: Sample.calling).recorded == first.recorded)
        }
    }

    @Test("5.2 a recorded outcome stands, and the repeat changes nothing", arguments: StoreKind.allCases)
    func recorded(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let job = Sample.job("one")
            let record = try await store.begin(job) { _ in .answer(Sample.answer(.approved)) }.recorded
            let again = try #require(try await store.refuse(job, answer: Sample.answer(.invalid, Self.changed)))
            #expect(again.recorded == record && !again.isFresh)
            #expect(try await store.user("changed") == nil)
        }
    }

    @Test("5.2 another body or key is reused, whatever became of the first", arguments: StoreKind.allCases)
    func reused(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let done = try await store.begin(Sample.job("done")) { _ in .answer(Sample.answer(.approved)) }.recorded
            let open = try #require(try await store.begin(Sample.job("open"), decide: Sample.calling).intent)
            for id in ["done", "open"] {
                for other in [Sample.job(id, body: "other"), Sample.job(id, kind: .check)] {
                    let refused = try #require(
                        try await store.refuse(other, answer: Sample.answer(.invalid, Self.changed)))
                    #expect(refused.isReused)
                }
            }
            // What an operator should see of it was kept all the same.
            #expect(try await store.user("changed") != nil)
            #expect(try await store.begin(Sample.job("done"), decide: Sample.calling).recorded == done)
            #expect(try await store.finish(open) { _ in Sample.answer() }.recorded != nil)
        }
    }

    @Test("5.2 what is under way is not refused behind its worker's back", arguments: StoreKind.allCases)
    func underWay(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let (worker, other) = (try await world.worker(), try await world.worker())
        let job = Sample.job("one")
        let intent = try #require(try await worker.begin(job, decide: Sample.calling).intent)
        #expect(try await other.refuse(job, answer: Sample.answer(.late))?.isInProgress == true)
        await world.end(worker)
        #expect(try await other.refuse(job, answer: Sample.answer(.unavailable))?.isFresh == true)
        #expect(try await other.finish(intent) { _ in Sample.answer() }.recorded == nil)
        await world.end(other)
    }

    @Test("2 Malformed: without an id there is nothing but the dead letter", arguments: StoreKind.allCases)
    func nobody(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let refused = try await store.refuse(nil, answer: Sample.answer(.invalid, Self.changed))
            #expect(refused == nil)
            #expect(try await store.user("changed") != nil)
            #expect(try await store.history(HistoryQuery()).isEmpty)
        }
    }
}
