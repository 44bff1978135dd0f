import Basics
import Store
import TestKit
import Testing
import Wire

/// The way of a job through a store: begun once, ended once, by whoever holds it.
@Suite(.timeLimit(.minutes(10)))
struct JobTests {
    @Test(arguments: StoreKind.allCases)
    func aJobIsBegunOnceAndItsRepeatGetsTheRecordedReply(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        let job = Sample.job("one")
        let intent = try #require(try await store.begin(job, decide: Sample.calling).intent)
        #expect(intent.fence == 1 && intent.begins == 1 && intent.call == Sample.call)
        #expect(intent.deadline == job.deadline && intent.login == job.login)
        #expect(try await store.begin(job, decide: Sample.calling).isInProgress)
        #expect(try await store.state(of: job.key).name == "inProgress")
        let reply = try #require(try await store.finish(intent) { _ in Sample.answer() }.recorded)
        #expect(reply.body == Array("reply".utf8) && reply.deadline == job.deadline && reply.user == "ada")
        let again = try await store.begin(job, decide: Sample.calling)
        #expect(again.recorded == reply && !again.isFresh)
        #expect(try await store.finish(intent) { _ in Sample.answer(.blocked) }.recorded == nil)
        try await store.settle(job.key, as: .confirmed)
        try await Wait.until("the note") {
            try await store.begin(job, decide: Sample.calling).recorded?.state == .confirmed
        }
        await world.end(store)
    }

    @Test(arguments: StoreKind.allCases)
    func anIdWithAnotherBodyOrKindIsRefused(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        let intent = try #require(try await store.begin(Sample.job("one"), decide: Sample.calling).intent)
        #expect(try await store.begin(Sample.job("one", body: "other"), decide: Sample.calling).isReused)
        _ = try await store.finish(intent) { _ in Sample.answer() }
        #expect(try await store.begin(Sample.job("one", body: "other"), decide: Sample.calling).isReused)
        #expect(try await store.begin(Sample.job("one", kind: .check), decide: Sample.calling).isReused)
        await world.end(store)
    }

    @Test(arguments: StoreKind.allCases)
    func aRefusalNeverTakesThePlaceOfAJobUnderWay(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        let job = Sample.job("one")
        let intent = try #require(try await store.begin(job, decide: Sample.calling).intent)
        #expect(try await store.refuse(job, answer: Sample.answer(.throttled))?.isInProgress == true)
        #expect(try await store.finish(intent) { _ in Sample.answer() }.recorded?.outcome == .sent)
        #expect(try await store.refuse(job, answer: Sample.answer(.throttled))?.recorded?.outcome == .sent)
        await world.end(store)
    }

    @Test(arguments: StoreKind.allCases)
    func anAnswerIsRecordedAtOnceWithItsChanges(_ kind: StoreKind) async throws {
        let world = try await World(kind, options: ["*Method": "sms"])
        let store = try await world.worker()
        var user = UserRecord(name: "ada")
        user.phone = Phone(place: try Sample.place(), registeredAt: Timestamp(seconds: 1))
        (user.isKnown, user.generation, user.required) = (true, 7, true)
        let changed = user
        let begun = try await store.begin(Sample.job("one")) { _ in .answer(Sample.answer(.done, [.user(changed)])) }
        #expect(begun.isFresh)
        let situation = try await store.situation(of: Job.Login(user: "ada"))
        #expect(situation.user == user && situation.options == ["*Method": "sms"])
        #expect(situation.number == user.phone?.number)
        await world.end(store)
    }

    @Test(arguments: StoreKind.allCases)
    func aReleasedJobBeginsAgainAndStaysCounted(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        let first = try #require(try await store.begin(Sample.job("one"), decide: Sample.calling).intent)
        try await store.release(first)
        #expect(try await store.state(of: first.key).name == "unknown")
        let second = try #require(try await store.begin(Sample.job("one"), decide: Sample.calling).intent)
        #expect(second.begins == 2 && second.fence == 2)
        try await store.release(first)
        #expect(try await store.renew(first) == nil)
        #expect(try await store.finish(second) { _ in Sample.answer() }.recorded != nil)
        await world.end(store)
    }

    @Test(arguments: StoreKind.allCases)
    func theWorkOfADeadWorkerIsTakenOverAtOnce(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let (dead, heir) = (try await world.worker(), try await world.worker())
        let former = try #require(try await dead.begin(Sample.job("one"), decide: Sample.calling).intent)
        #expect(try await heir.begin(Sample.job("one"), decide: Sample.calling).isInProgress)
        await world.end(dead)
        let intent = try #require(try await heir.begin(Sample.job("one"), decide: Sample.calling).abandoned)
        #expect(intent.fence == 2 && intent.begins == 2 && intent.formerLeaseUntil != nil)
        #expect(intent.call == former.call && intent.login == former.login)
        #expect(try await heir.finish(former) { _ in Sample.answer() }.recorded == nil)
        #expect(try await heir.finish(intent) { _ in Sample.answer() }.recorded != nil)
        await world.end(heir)
    }

    @Test(arguments: StoreKind.allCases)
    func aLeaseEndsByTheClockUnlessRenewed(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let (slow, other) = (try await world.worker(), try await world.worker())
        let intent = try #require(try await slow.begin(Sample.job("one"), decide: Sample.calling).intent)
        world.time.advance(Lease.length - .seconds(1))
        let renewed = try #require(try await slow.renew(intent))
        #expect(renewed.leaseUntil > intent.leaseUntil)
        world.time.advance(.seconds(2))
        #expect(try await other.begin(Sample.job("one"), decide: Sample.calling).isInProgress)
        world.time.advance(Lease.length)
        let taken = try #require(try await other.begin(Sample.job("one"), decide: Sample.calling).abandoned)
        #expect(taken.call == Sample.call)
        #expect(try await slow.renew(renewed) == nil)
        #expect(try await slow.finish(renewed) { _ in Sample.answer() }.recorded == nil)
        for store in [slow, other] { await world.end(store) }
    }

    @Test(arguments: StoreKind.allCases)
    func jobsOnOneNumberGoOneAfterTheOther(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let (first, second) = (try await world.worker(), try await world.worker())
        let intent = try #require(try await first.begin(Sample.job("one"), decide: Sample.calling).intent)
        let other = Sample.job("two", user: "bob")
        #expect(try await second.begin(other, decide: Sample.calling).busy == intent.key)
        await world.end(first)
        let taken = try #require(try await second.begin(other, decide: Sample.calling).abandoned)
        #expect(taken.key == intent.key)
        _ = try await second.finish(taken) { _ in Sample.answer(.uncertain) }
        #expect(try await second.begin(other, decide: Sample.calling).intent != nil)
        await world.end(second)
    }

    @Test(arguments: StoreKind.allCases)
    func ofManyAtOnceExactlyOneBegins(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let stores = [try await world.worker(), try await world.worker()]
        let intents = try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                group.addTask {
                    try await stores[index % 2].begin(Sample.job("one"), decide: Sample.calling).intent != nil
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(intents == 1)
        for store in stores { await world.end(store) }
    }
}
