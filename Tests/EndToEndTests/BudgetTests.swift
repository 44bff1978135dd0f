import Basics
import Foundation
import TestKit
import Testing
import TwilioSimulator
import VerifyClient
import Wire

/// Contract, section 6: calls to Twilio per second and at once, over all workers of one store.
@Suite(.timeLimit(.minutes(10))) struct BudgetTests {
    @Test("two workers together call no more at once and in a second than the site may, and everybody gets in")
    func limits() async throws {
        let stage = try await Stage([
            "VERIFY_COURIER_TWILIO_CALLS_AT_ONCE": "4", "VERIFY_COURIER_TWILIO_CALLS_PER_SECOND": "20",
        ])
        let workers = [try stage.worker(), try stage.worker()]
        try await stage.waitForConsumers(workers.count, of: "verify.send")
        stage.simulator.setFault(SimulatorFault(.delay, delay: .milliseconds(150)))
        let watch = LatenessWatch()
        let outcomes = try await withThrowingTaskGroup(of: [Outcome].self) { group in
            for index in 0..<60 {
                group.addTask { try await stage.register(user: "u\(index)", number: "+141555501\(10 + index)") }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let lateness = await watch.end()
        // 120 calls at 18 to 20 a second are through in 7 s: nobody's 30 s are over.
        #expect(outcomes.count(where: { $0 == .sent }) == 60)
        #expect(outcomes.count(where: { $0 == .approved }) == 60)

        let calls = stage.simulator.calls
        #expect(calls.count == 120)
        #expect(mostAtOnce(calls) <= 4)
        // What the machine let the simulator see late, it saw late; then fewer count.
        #expect(most(calls, in: .seconds(1) - lateness) <= 20)
        #expect(try await stage.callingWorkers().count == 2)
        for worker in workers {
            worker.kill(15)
            #expect(await worker.waitUntilEnd() == 0)
        }
    }

    @Test("who finds no room until the deadline is throttled by the site, and nothing is sent")
    func throttled() async throws {
        let stage = try await Stage(["VERIFY_COURIER_TWILIO_CALLS_AT_ONCE": "1"])
        let worker = try stage.worker()
        stage.simulator.setFault(SimulatorFault(.delay, delay: .milliseconds(9500)))
        async let first = stage.reply(to: stage.registration("u1", "+14155550111"), within: .seconds(110))
        try await Wait.until("Twilio to be asked") { !stage.simulator.calls.isEmpty }
        let second = try await stage.reply(to: stage.registration("u2", "+14155550112"), within: .seconds(7))
        #expect(second.outcome == .throttled && second.limit == .site && second.retryAt != nil)
        // On a busy machine half a second more, after which its answer is no longer waited for.
        #expect([.sent, .uncertain].contains(try await first.outcome))
        #expect(stage.simulator.outbox().map(\.to) == ["+14155550111"])
        worker.kill(15)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test("while sends hang at Twilio, a check has room")
    func outage() async throws {
        let stage = try await Stage(["VERIFY_COURIER_TWILIO_CALLS_AT_ONCE": "4"])
        let worker = try stage.worker()
        let first = try await stage.reply(to: stage.registration("u0", "+14155550110"), within: .seconds(110))
        #expect(first.outcome == .sent)
        stage.simulator.setFault(SimulatorFault(.delay, delay: .milliseconds(9500)), on: .start)
        let before = stage.simulator.calls.count
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 1...8 {
                group.addTask {
                    let registration = stage.registration("u\(index)", "+141555501\(10 + index)")
                    _ = try? await stage.reply(to: registration, within: .seconds(110))
                }
            }
            try await Wait.until("three calls that hang") { stage.simulator.calls.count >= before + 3 }
            #expect(try await stage.check("u0", "+14155550110") == .approved)
            let hanging = stage.simulator.calls[before...].count { $0.ended == nil }
            #expect(hanging == 3)
            worker.kill(9)
            group.cancelAll()
        }
    }

    private func mostAtOnce(_ calls: [SimulatedCall]) -> Int {
        calls.map { one in calls.count { $0.began <= one.began && $0.ended.map { $0 > one.began } ?? true } }.max() ?? 0
    }

    private func most(_ calls: [SimulatedCall], in window: Duration) -> Int {
        calls.map { one in calls.count { $0.began >= one.began && $0.began - one.began < window } }.max() ?? 0
    }
}

/// How much later than asked this process is let run: its own observations are late by as much.
private final class LatenessWatch: Sendable {
    private let watching: Task<Duration, Never>

    init() {
        watching = Task {
            var longest = Duration.zero
            let pause = Duration.milliseconds(10)
            while !Task.isCancelled {
                let start = MonotonicTime.now()
                try? await Task.sleep(for: pause)
                longest = max(longest, MonotonicTime.now() - start - pause)
            }
            return longest
        }
    }

    func end() async -> Duration {
        watching.cancel()
        return await watching.value
    }
}

extension Stage {
    fileprivate func registration(_ user: String, _ number: String) -> [String: String] {
        ["user": user, "login": "registration", "phone": number, "channel": "sms"]
    }

    fileprivate func reply(to registration: [String: String], within patience: Duration) async throws -> Reply {
        let body = Array(try JSONEncoder().encode(registration))
        return try Reply.decode(try await client.request(.registerPhone, body: body, patience: patience))
    }

    /// Registers a phone with the code that came.
    fileprivate func register(user: String, number: String) async throws -> [Outcome] {
        let sent = try await ask(.registerPhone, registration(user, number)).outcome
        guard sent == .sent else { return [sent] }
        return [sent, try await check(user, number)]
    }

    fileprivate func check(_ user: String, _ number: String) async throws -> Outcome {
        let code = simulator.outbox(to: number).last?.code ?? ""
        return try await ask(.check, ["user": user, "login": "registration", "code": code]).outcome
    }

    /// Returns once so many workers take from a queue: the broker deals to those who are there.
    fileprivate func waitForConsumers(_ count: Int, of queue: String) async throws {
        let host = String(brokerURL.split(separator: "/").last ?? "")
        let broker = try await PrivateBroker.shared()
        try await Wait.until("\(count) workers at \(queue)") {
            try await broker.ctl(["list_queues", "-q", "-p", host, "name", "consumers"]).contains(
                "\(queue)\t\(count)\n")
        }
    }
}
