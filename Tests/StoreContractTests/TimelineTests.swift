import Basics
import TestKit
import Testing
import Wire

@testable import Store

/// What `outcomes show` tells of a job.
@Suite("A job's timeline", .timeLimit(.minutes(10)))
struct TimelineTests {
    private func timeline(_ world: World, _ id: String) async throws -> JobTimeline? {
        let look = try await world.look()
        defer { look.close() }
        return try await look.timelines(of: id).first
    }

    @Test("from its receipt to its reply, with what it waits for on the way", arguments: StoreKind.allCases)
    func course(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        #expect(try await timeline(world, "one") == nil)
        let job = Sample.job("one")
        world.time.advance(.seconds(1))
        let begun = world.time.clocks.wall()
        let intent = try #require(try await store.begin(job, decide: Sample.calling).intent)
        let underWay = try #require(try await timeline(world, "one"))
        #expect(underWay.events.map(\.name) == ["received", "begun"])
        #expect(underWay.events.map(\.at) == [job.receivedAt, begun])
        #expect(underWay.events[1].detail == "by worker 1")
        #expect(underWay.waitsFor == "worker 1, which is carrying it out")
        world.time.advance(.seconds(2))
        _ = try await store.finish(intent) { _ in Sample.answer(.sent) }
        #expect(try await timeline(world, "one")?.waitsFor == "a note that its reply was taken")
        world.time.advance(.seconds(1))
        try await store.settle(job.key, as: .confirmed)
        world.time.advance(.seconds(1))
        try await Wait.until("the note") { try await timeline(world, "one")?.waitsFor == nil }
        let over = try #require(try await timeline(world, "one"))
        #expect(over.events.map(\.name) == ["received", "begun", "concluded", "reply_confirmed"])
        #expect(over.events.map { ($0.at - begun) / .seconds(1) }.suffix(3) == [0, 2, 3])
        #expect(over.events[2].detail == "sent")
        #expect(over.waitsFor == nil)
        await world.end(store)
    }

    @Test(
        "8 the calls of a job are in its timeline, in words, with Twilio's names for them",
        arguments: StoreKind.allCases)
    func calls(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        let intent = try #require(try await store.begin(Sample.job("one"), decide: Sample.calling).intent)
        let began = world.time.clocks.wall()
        intent.calls.add(
            ProviderCall(
                at: began, operation: "verification.start", milliseconds: 10_040, result: "timeout", requestID: nil))
        world.time.advance(.seconds(11))
        intent.calls.add(
            ProviderCall(
                at: began + .seconds(10), operation: "verification.read", milliseconds: 84, result: "not_found",
                code: 20404, sid: "VE1", requestID: "RQ1"))
        _ = try await store.finish(intent) { _ in Sample.answer(.uncertain) }
        let timeline = try #require(try await timeline(world, "one"))
        #expect(timeline.events.map(\.name) == ["received", "begun", "called", "called", "concluded"])
        #expect(
            timeline.events.filter { $0.name == "called" }.map(\.detail) == [
                "asked Twilio to send a code: no answer in time after 10.0 s",
                "looked at Twilio how the code stands: Twilio knows no such thing (error 20404) after 84 ms",
            ])
        #expect(timeline.events[3].call?.sid == "VE1" && timeline.events[3].call?.requestID == "RQ1")
        let advised = timeline.advised { $0 == 20404 ? "look" : nil }
        #expect(advised.events.map(\.advice) == [nil, nil, nil, "look", nil])
        // An outcome is final, and its calls with it.
        intent.calls.add(ProviderCall(at: began, operation: "service", milliseconds: 1, result: "success"))
        #expect(try await store.finish(intent) { _ in Sample.answer(.sent) }.recorded == nil)
        #expect(try await self.timeline(world, "one")?.events.count == 5)
        await world.end(store)
    }

    @Test("8 of a job whose record has gone, when it came and what came of it are left")
    func history() {
        let entry = HistoryEntry(
            at: Sample.now + .seconds(2), begunAt: Sample.now, kind: .send, frontEnd: "portal", messageID: "one",
            user: "ada", application: .web, masked: nil, outcome: .blocked, reason: .landline)
        let timeline = JobTimeline(entry)
        #expect(timeline.events.map(\.name) == ["received", "concluded"] && timeline.waitsFor == nil)
        #expect(timeline.key == JobKey(frontEnd: "portal", messageID: "one"))
    }

    @Test("a job whose worker died waits for another, and tells how often it was begun", arguments: StoreKind.allCases)
    func abandoned(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let first = try await world.worker()
        _ = try await first.begin(Sample.job("one"), decide: Sample.calling)
        await world.end(first)
        let second = try await world.worker()
        #expect(
            try await timeline(world, "one")?.waitsFor
                == "another worker to see it through: worker 1, which began it, is gone")
        #expect(try await second.begin(Sample.job("one"), decide: Sample.calling).abandoned != nil)
        #expect(try await timeline(world, "one")?.events.last?.detail == "by worker 2, begun 2 times in all")
        await world.end(second)
    }

    @Test(
        "one that was decided at once was never begun, and its reply may have found nobody",
        arguments: StoreKind.allCases)
    func decided(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        let job = Sample.job("one", number: nil)
        _ = try await store.begin(job) { _ in .answer(Sample.answer(.notAllowed)) }
        try await store.settle(job.key, as: .undeliverable)
        let timeline = try #require(try await timeline(world, "one"))
        #expect(timeline.events.map(\.name) == ["received", "concluded", "reply_undeliverable"])
        await world.end(store)
    }
}
