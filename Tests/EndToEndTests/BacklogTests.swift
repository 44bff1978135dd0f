import Basics
import Foundation
import Glibc
import TestKit
import Testing
import Wire

/// What is told of a backlog, against a test that knows when each of its jobs was published.
///
/// It takes minutes and judges by time: `deploy/test-all.sh health` runs it, on a machine that does nothing else. What the
/// arithmetic is worth is tried without a clock by `QueueFiguresTests`.
@Suite(
    "Contract 8: a backlog at a real broker", .timeLimit(.minutes(15)),
    .enabled(if: ProcessInfo.processInfo.environment["VERIFY_COURIER_TEST_TIMED"] != nil, "judges by time"))
struct BacklogTests {
    private static let jobs = 5000
    private static let perSecond = 80
    /// What the worker may start of calls in a second, so that the backlog lasts for two minutes.
    private static let done = 40
    private static let publishers = 8

    private func queue(_ stage: Stage) async throws -> [String: Double] {
        let run = try await stage.run("health --json")
        let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        let queues = object?["queues"] as? [[String: Any]] ?? []
        let send = queues.first { $0["queue"] as? String == "verify.send" } ?? [:]
        return send.compactMapValues { ($0 as? [String: Any])?["value"] as? Double }
    }

    /// Publishes at the known rate.
    /// - Returns: When each was on its way.
    private func publish(_ stage: Stage) async throws -> [MonotonicTime] {
        let times = Locked([MonotonicTime](repeating: .now(), count: Self.jobs))
        let began = MonotonicTime.now()
        try await withThrowingTaskGroup { group in
            for first in 0..<Self.publishers {
                group.addTask {
                    let publisher = try RawPublisher(url: stage.brokerURL)
                    for index in stride(from: first, to: Self.jobs, by: Self.publishers) {
                        let wait = began + .milliseconds(index * 1000 / Self.perSecond) - .now()
                        if wait > .zero { try await Task.sleep(for: wait) }
                        try await publisher.publish(Self.job(index)).expectConfirmed()
                        times.withLock { $0[index] = .now() }
                    }
                }
            }
            try await group.waitForAll()
        }
        return times.withLock { $0.sorted() }
    }

    private static func job(_ index: Int) -> RawMessage {
        let number = String(10_000 + index).dropFirst()
        let body = #"{"user":"u\#(index)","phone":"+1415555\#(number)","channel":"sms"}"#
        var message = RawMessage("register.phone", body)
        message.messageID = Array("backlog-\(index)".utf8)
        message.replyTo = "verify.reply.nobody.0123456789abcdef"
        // Far away: what counts here is the worker's pace.
        message.headers = [("deadline", .text("2099-01-01T00:00:00.000Z"))]
        return message
    }

    @Test("8 queues: 5,000 jobs: the oldest within 4 s, rates within a tenth, time until empty within a fifth")
    func backlog() async throws {
        let stage = try await Stage([
            "VERIFY_COURIER_LIMITS_ENABLED": "false", "VERIFY_COURIER_TWILIO_CALLS_PER_SECOND": "\(Self.done)",
        ])
        let worker = try stage.watchedWorker()
        try await worker.waitUntilReady()
        #expect(try await stage.run("workers pause --lane send --why test").status == 0)
        try await worker.waitForMetric(#"verify_courier_queue_consumers{queue="verify.send"}"#, 0)
        let times = try await publish(stage)
        let full = try await queue(stage)
        var now = MonotonicTime.now()
        #expect(full["ready"] == Double(Self.jobs))
        try close(full["oldest_seconds"], to: (now - times[0]) / .seconds(1), within: 4)
        let latest = times.count { now - $0 <= .seconds(60) }
        try close(full["came_in_per_minute"], to: Double(latest), within: Double(latest) / 10)
        #expect(full["done_per_minute"] == 0)
        #expect(try await stage.run("workers resume --why done").status == 0)
        let watch = Task { try await Self.watch(stage) }
        // A minute in which it does nothing but this, and a little for the start.
        try await Task.sleep(for: .seconds(70))
        let half = try await queue(stage)
        now = .now()
        let ready = try #require(half["ready"])
        #expect(ready > 500 && ready < 4000, "\(half)")
        // First in, first out: whoever is next was the so-and-so-many-th to come.
        let next = times[min(Self.jobs - 1, Self.jobs - Int(ready))]
        try close(half["oldest_seconds"], to: (now - next) / .seconds(1), within: 4)
        let course = try await watch.value
        let before = try #require(course.last { now - $0.at >= .seconds(60) })
        let done = Double(before.ready) - ready
        try close(half["done_per_minute"], to: done, within: done / 10)
        let emptied = try #require(course.last).at - now
        try close(half["seconds_until_empty"], to: emptied / .seconds(1), within: emptied / .seconds(5))
        worker.process.kill(SIGKILL)
        #expect(await worker.process.waitUntilEnd() == -SIGKILL)
    }

    /// How many wait, twice a second until none does, as the broker itself says.
    private static func watch(_ stage: Stage) async throws -> [(at: MonotonicTime, ready: Int)] {
        var course: [(at: MonotonicTime, ready: Int)] = []
        repeat {
            try await Task.sleep(for: .milliseconds(500))
            course.append((.now(), try await stage.waiting(in: "verify.send")))
        } while course.last?.ready != 0 && course.count < 600
        return course
    }

    private func close(_ told: Double?, to truth: Double, within tolerance: Double) throws {
        let told = try #require(told)
        #expect(abs(told - truth) <= tolerance, "\(told) instead of \(truth)")
    }
}

extension RawPublisher.Fate {
    fileprivate func expectConfirmed() { #expect(self == .confirmed) }
}
