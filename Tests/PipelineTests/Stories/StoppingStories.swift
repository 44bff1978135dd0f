import Basics
import Pipeline
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: workers that are stopped", .timeLimit(.minutes(10)))
struct StoppingStories {
    /// Processes a job in a task that is cancelled from the start.
    private func processCancelled(_ desk: Desk, _ job: Envelope) async -> Result<Disposition, any Error> {
        await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await desk.process(job)
        }.result
    }

    private func job(_ desk: Desk) throws -> Envelope {
        try desk.envelope(.send, ["user": "anna", "login": "sign-in-1", "channel": "sms"], id: "m-1")
    }

    @Test("a call that surely did nothing is not tried again without a pause", arguments: StoreKind.allCases)
    func call(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            let starts = site.twilio.count(.start)
            for _ in 0..<50 { site.twilio.fail(.start, .unreachable) }
            let outcome = try await processCancelled(desk, job(desk)).get().outcome
            #expect(outcome == .unavailable && site.twilio.count(.start) == starts + 1)
        }
    }

    @Test("a lost send is left to whoever gets it next", arguments: StoreKind.allCases)
    func reconcile(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            site.twilio.fail(.start, .answerLost)
            for _ in 0..<50 { site.twilio.fail(.fetch, .answer(500, code: nil)) }
            let job = try job(desk)
            let stopped = await processCancelled(desk, job)
            #expect(throws: StoreError.self) { try stopped.get() }
            #expect(site.twilio.count(.fetch) == 1)
            await site.crash(desk)
            let next = try await site.worker()
            site.twilio.forgetFaults()
            #expect(try await next.ask(job).outcome == .sent)
            #expect(site.twilio.attempts(to: Number.anna) == 1)
        }
    }

    @Test("a job that waits for another does not wait without a pause", arguments: StoreKind.allCases)
    func wait(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            site.twilio.hold(.start)
            let job = try job(desk)
            async let sending = desk.ask(job)
            await site.twilio.waitUntilHeld()
            let stopped = await processCancelled(desk, job)
            #expect(throws: StoreError.self) { try stopped.get() }
            site.twilio.letGo()
            #expect(try await sending.outcome == .sent)
        }
    }
}
