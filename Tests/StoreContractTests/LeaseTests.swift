import Basics
import Store
import TestKit
import Testing
import Wire

/// The row of one job through every transition: unknown, begun, released, recorded; held, taken over, superseded.
@Suite("Design 2: the lease on a job, every transition", .timeLimit(.minutes(10)))
struct LeaseTests {
    private let world: World
    private let job = Sample.job("one")

    init() async throws { world = try await World() }

    private var time: TestClocks { world.time }

    private func worker() async throws -> any LoginStore { try await world.worker() }

    private func begin(_ worker: any LoginStore) async throws -> Begun {
        try await worker.begin(job, decide: Sample.calling)
    }

    private func began(_ worker: any LoginStore) async throws -> Intent { try #require(try await begin(worker).intent) }

    private func finish(_ worker: any LoginStore, _ intent: Intent, _ outcome: Outcome = .sent) async throws -> Outcome?
    {
        try await worker.finish(intent) { _ in Sample.answer(outcome) }.recorded?.outcome
    }

    @Test("unknown, begun: fence and begins are 1, the lease is 20 s")
    func begins() async throws {
        let intent = try await began(worker())
        #expect(intent.fence == 1 && intent.begins == 1 && intent.formerLeaseUntil == nil)
        #expect(intent.leaseUntil == time.clocks.monotonic() + .seconds(20))
        #expect(Lease.length == .seconds(20) && Lease.neededForCall == .seconds(10))
    }

    @Test("unknown, recorded: an answer at once needs no lease")
    func answers() async throws {
        let first = try await worker()
        let begun = try await first.begin(job) { _ in .answer(Sample.answer(.blocked)) }
        #expect(begun.isFresh && begun.recorded?.outcome == .blocked)
        #expect(try await begin(first).recorded?.outcome == .blocked)
    }

    @Test("begun, begun: in progress for its own worker and for others, until the lease ends")
    func inProgress() async throws {
        let (first, second) = (try await worker(), try await worker())
        _ = try await began(first)
        time.advance(.seconds(20) - .nanoseconds(1))
        for worker in [first, second] { #expect(try await begin(worker).isInProgress) }
        time.advance(.nanoseconds(1))
        let taken = try #require(try await begin(second).abandoned)
        #expect(taken.fence == 2 && taken.begins == 2)
    }

    @Test("begun, recorded: once")
    func records() async throws {
        let first = try await worker()
        let intent = try await began(first)
        #expect(try await finish(first, intent) == .sent)
        #expect(try await finish(first, intent, .blocked) == nil)
        #expect(try await first.renew(intent) == nil)
        try await first.release(intent)
        #expect(try await begin(first).recorded?.outcome == .sent)
    }

    @Test("begun, recorded: also after the lease, as long as nobody took it over")
    func recordsLate() async throws {
        let first = try await worker()
        let intent = try await began(first)
        time.advance(.seconds(3600))
        #expect(try await finish(first, intent) == .sent)
    }

    @Test("begun, released, begun: the fence rises, begins stay counted, by whichever worker")
    func releases() async throws {
        let workers = [try await worker(), try await worker()]
        for round in 1...6 {
            let (holder, other) = (workers[round % 2], workers[(round + 1) % 2])
            let intent = try await began(holder)
            #expect(intent.fence == Int64(round) && intent.begins == round)
            try await other.release(intent)
            #expect(try await begin(other).isInProgress)
            try await holder.release(intent)
            #expect(try await holder.state(of: job.key).name == "unknown")
            #expect(try await finish(holder, intent) == nil)
        }
    }

    @Test("begun, taken over by death: at once; what the dead left may be under way no more")
    func death() async throws {
        let (first, second) = (try await worker(), try await worker())
        let former = try await began(first)
        await world.end(first)
        let taken = try #require(try await begin(second).abandoned)
        #expect(taken.fence == 2 && taken.begins == 2 && taken.call == former.call)
        #expect(taken.formerLeaseUntil == time.clocks.monotonic())
        #expect(try await begin(second).isInProgress)
        #expect(try await finish(second, former) == nil)
        #expect(try await finish(second, taken, .uncertain) == .uncertain)
    }

    @Test("begun, taken over by time: a call of the former holder may be under way until its lease ended")
    func time() async throws {
        let (slow, other) = (try await worker(), try await worker())
        let former = try await began(slow)
        time.advance(.seconds(25))
        let taken = try #require(try await begin(other).abandoned)
        #expect(taken.formerLeaseUntil == time.clocks.monotonic())
        #expect(taken.leaseUntil == time.clocks.monotonic() + .seconds(20))
        #expect(try await slow.renew(former) == nil)
        try await slow.release(former)
        #expect(try await finish(slow, former) == nil)
        #expect(try await finish(other, taken) == .sent)
        #expect(try await begin(slow).recorded?.outcome == .sent)
    }

    @Test("begun, renewed: the lease counts from now, the fence stays, the new call is kept")
    func renews() async throws {
        let (first, second) = (try await worker(), try await worker())
        var intent = try await began(first)
        for _ in 0..<5 {
            time.advance(.seconds(19))
            intent.call = .check(PlannedCheck(place: try Sample.place(), sid: "VE9", purpose: .login))
            intent = try #require(try await first.renew(intent))
            #expect(intent.leaseUntil == time.clocks.monotonic() + .seconds(20) && intent.fence == 1)
        }
        #expect(try await begin(second).isInProgress)
        await world.end(first)
        #expect(try await begin(second).abandoned?.call == intent.call)
    }

    @Test("begun, renewed: late too, as long as nobody took it over")
    func renewsLate() async throws {
        let first = try await worker()
        let intent = try await began(first)
        time.advance(.seconds(60))
        #expect(try await first.renew(intent) != nil)
        #expect(try await begin(worker()).isInProgress)
    }

    @Test("refused: from unknown, released and abandoned; never over the head of who holds it")
    func refuses() async throws {
        let (first, second) = (try await worker(), try await worker())
        let intent = try await began(first)
        #expect(try await second.refuse(job, answer: Sample.answer(.late))?.isInProgress == true)
        try await first.release(intent)
        #expect(try await second.refuse(job, answer: Sample.answer(.late))?.isFresh == true)
        #expect(try await finish(first, intent) == nil)
        #expect(try await begin(first).recorded?.outcome == .late)
    }

    @Test("an intent is its worker's only: a fence that another shows is not enough")
    func foreignIntent() async throws {
        let (first, second) = (try await worker(), try await worker())
        let intent = try await began(first)
        #expect(try await finish(second, intent) == nil)
        #expect(try await second.renew(intent) == nil)
        try await second.release(intent)
        #expect(try await finish(first, intent) == .sent)
    }

    @Test("one number, one job at a time: another job finds it busy, or takes over what was left")
    func numbers() async throws {
        let (first, second) = (try await worker(), try await worker())
        let intent = try await began(first)
        let other = Sample.job("two", user: "bob")
        #expect(try await second.begin(other, decide: Sample.calling).busy == job.key)
        time.advance(.seconds(20))
        let taken = try #require(try await second.begin(other, decide: Sample.calling).abandoned)
        #expect(taken.key == job.key && taken.fence == intent.fence + 1)
        try await second.release(taken)
        #expect(try await second.begin(other, decide: Sample.calling).intent?.fence == 1)
        #expect(try await begin(first).busy == other.key)
    }

    @Test("administrators' jobs wait for no number")
    func administration() async throws {
        let first = try await worker()
        _ = try await began(first)
        let reset = Sample.job("reset", kind: .adminUserReset, user: "bob")
        #expect(try await first.begin(reset, decide: Sample.calling).intent != nil)
    }
}
