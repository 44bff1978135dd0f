import Basics
import Store
import TestKit
import Testing
import Wire

/// The row of one job through every transition: unknown, begun, released, recorded; held, taken over, superseded.
@Suite("Design 2: the lease on a job, every transition", .timeLimit(.minutes(10)))
struct LeaseTests {
    /// One store, its workers, and a job that they all know.
    private struct Scene {
        let world: World
        let job = Sample.job("one")

        init(_ kind: StoreKind) async throws { world = try await World(kind) }

        var time: TestClocks { world.time }

        func worker() async throws -> any LoginStore { try await world.worker() }

        func begin(_ worker: any LoginStore) async throws -> Begun {
            try await worker.begin(job, decide: Sample.calling)
        }

        func began(_ worker: any LoginStore) async throws -> Intent { try #require(try await begin(worker).intent) }

        func finish(
            _ worker: any LoginStore, _ intent: Intent, _ outcome: Outcome = .sent
        ) async throws -> Outcome? {
            try await worker.finish(intent) { _ in Sample.answer(outcome) }.recorded?.outcome
        }
    }

    @Test("unknown, begun: fence and begins are 1, the lease is 20 s", arguments: StoreKind.allCases)
    func begins(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let intent = try await scene.began(scene.worker())
        #expect(intent.fence == 1 && intent.begins == 1 && intent.formerLeaseUntil == nil)
        #expect(intent.leaseUntil == scene.time.clocks.monotonic() + .seconds(20))
        #expect(Lease.length == .seconds(20) && Lease.neededForCall == .seconds(10))
    }

    @Test("unknown, recorded: an answer at once needs no lease", arguments: StoreKind.allCases)
    func answers(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let first = try await scene.worker()
        let begun = try await first.begin(scene.job) { _ in .answer(Sample.answer(.blocked)) }
        #expect(begun.isFresh && begun.recorded?.outcome == .blocked)
        #expect(try await scene.begin(first).recorded?.outcome == .blocked)
    }

    @Test(
        "begun, begun: in progress for its own worker and for others, until the lease ends",
        arguments: StoreKind.allCases)
    func inProgress(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let (first, second) = (try await scene.worker(), try await scene.worker())
        _ = try await scene.began(first)
        scene.time.advance(.seconds(20) - .nanoseconds(1))
        for worker in [first, second] { #expect(try await scene.begin(worker).isInProgress) }
        scene.time.advance(.nanoseconds(1))
        let taken = try #require(try await scene.begin(second).abandoned)
        #expect(taken.fence == 2 && taken.begins == 2)
    }

    @Test("begun, recorded: once", arguments: StoreKind.allCases)
    func records(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let first = try await scene.worker()
        let intent = try await scene.began(first)
        #expect(try await scene.finish(first, intent) == .sent)
        #expect(try await scene.finish(first, intent, .blocked) == nil)
        #expect(try await first.renew(intent) == nil)
        try await first.release(intent)
        #expect(try await scene.begin(first).recorded?.outcome == .sent)
    }

    @Test("begun, recorded: also after the lease, as long as nobody took it over", arguments: StoreKind.allCases)
    func recordsLate(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let first = try await scene.worker()
        let intent = try await scene.began(first)
        scene.time.advance(.seconds(3600))
        #expect(try await scene.finish(first, intent) == .sent)
    }

    @Test(
        "begun, released, begun: the fence rises, begins stay counted, by whichever worker",
        arguments: StoreKind.allCases)
    func releases(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let workers = [try await scene.worker(), try await scene.worker()]
        for round in 1...6 {
            let (holder, other) = (workers[round % 2], workers[(round + 1) % 2])
            let intent = try await scene.began(holder)
            #expect(intent.fence == Int64(round) && intent.begins == round)
            try await other.release(intent)
            #expect(try await scene.begin(other).isInProgress)
            try await holder.release(intent)
            #expect(try await holder.state(of: scene.job.key).name == "unknown")
            #expect(try await scene.finish(holder, intent) == nil)
        }
    }

    @Test(
        "begun, taken over by death: at once; what the dead left may be under way no more",
        arguments: StoreKind.allCases)
    func death(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let (first, second) = (try await scene.worker(), try await scene.worker())
        let former = try await scene.began(first)
        await scene.world.end(first)
        let taken = try #require(try await scene.begin(second).abandoned)
        #expect(taken.fence == 2 && taken.begins == 2 && taken.call == former.call)
        #expect(taken.formerLeaseUntil == scene.time.clocks.monotonic())
        #expect(try await scene.begin(second).isInProgress)
        #expect(try await scene.finish(second, former) == nil)
        #expect(try await scene.finish(second, taken, .uncertain) == .uncertain)
    }

    @Test(
        "begun, taken over by time: a call of the former holder may be under way until its lease ended",
        arguments: StoreKind.allCases)
    func time(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let (slow, other) = (try await scene.worker(), try await scene.worker())
        let former = try await scene.began(slow)
        scene.time.advance(.seconds(25))
        let taken = try #require(try await scene.begin(other).abandoned)
        #expect(taken.formerLeaseUntil == scene.time.clocks.monotonic())
        #expect(taken.leaseUntil == scene.time.clocks.monotonic() + .seconds(20))
        #expect(try await slow.renew(former) == nil)
        try await slow.release(former)
        #expect(try await scene.finish(slow, former) == nil)
        #expect(try await scene.finish(other, taken) == .sent)
        #expect(try await scene.begin(slow).recorded?.outcome == .sent)
    }

    @Test(
        "begun, renewed: the lease counts from now, the fence stays, the new call is kept",
        arguments: StoreKind.allCases)
    func renews(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let (first, second) = (try await scene.worker(), try await scene.worker())
        var intent = try await scene.began(first)
        for _ in 0..<5 {
            scene.time.advance(.seconds(19))
            intent.call = .check(PlannedCheck(place: try Sample.place(), sid: "VE9", purpose: .login))
            intent = try #require(try await first.renew(intent))
            #expect(intent.leaseUntil == scene.time.clocks.monotonic() + .seconds(20) && intent.fence == 1)
        }
        #expect(try await scene.begin(second).isInProgress)
        await scene.world.end(first)
        #expect(try await scene.begin(second).abandoned?.call == intent.call)
    }

    @Test("begun, renewed: late too, as long as nobody took it over", arguments: StoreKind.allCases)
    func renewsLate(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let first = try await scene.worker()
        let intent = try await scene.began(first)
        scene.time.advance(.seconds(60))
        #expect(try await first.renew(intent) != nil)
        #expect(try await scene.begin(scene.worker()).isInProgress)
    }

    @Test(
        "refused: from unknown, released and abandoned; never over the head of who holds it",
        arguments: StoreKind.allCases)
    func refuses(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let (first, second) = (try await scene.worker(), try await scene.worker())
        let intent = try await scene.began(first)
        #expect(try await second.refuse(scene.job, answer: Sample.answer(.late))?.isInProgress == true)
        try await first.release(intent)
        #expect(try await second.refuse(scene.job, answer: Sample.answer(.late))?.isFresh == true)
        #expect(try await scene.finish(first, intent) == nil)
        #expect(try await scene.begin(first).recorded?.outcome == .late)
    }

    @Test("an intent is its worker's only: a fence that another shows is not enough", arguments: StoreKind.allCases)
    func foreignIntent(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let (first, second) = (try await scene.worker(), try await scene.worker())
        let intent = try await scene.began(first)
        #expect(try await scene.finish(second, intent) == nil)
        #expect(try await second.renew(intent) == nil)
        try await second.release(intent)
        #expect(try await scene.finish(first, intent) == .sent)
    }

    @Test(
        "one number, one job at a time: another job finds it busy, or takes over what was left",
        arguments: StoreKind.allCases)
    func numbers(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let (first, second) = (try await scene.worker(), try await scene.worker())
        let intent = try await scene.began(first)
        let other = Sample.job("two", user: "bob")
        #expect(try await second.begin(other, decide: Sample.calling).busy == scene.job.key)
        scene.time.advance(.seconds(20))
        let taken = try #require(try await second.begin(other, decide: Sample.calling).abandoned)
        #expect(taken.key == scene.job.key && taken.fence == intent.fence + 1)
        try await second.release(taken)
        #expect(try await second.begin(other, decide: Sample.calling).intent?.fence == 1)
        #expect(try await scene.begin(first).busy == other.key)
    }

    @Test("administrators' jobs wait for no number", arguments: StoreKind.allCases)
    func administration(_ kind: StoreKind) async throws {
        let scene = try await Scene(kind)
        let first = try await scene.worker()
        _ = try await scene.began(first)
        let reset = Sample.job("reset", kind: .adminUserReset, user: "bob")
        #expect(try await first.begin(reset, decide: Sample.calling).intent != nil)
    }
}
