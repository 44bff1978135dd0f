import Basics
import Foundation
import TestKit
import Testing
import Wire

/// What is told of queues, at a real broker.
@Suite("Contract 8: queues at a broker", .timeLimit(.minutes(10)))
struct QueuesTests {
    private func queue(_ name: String, _ stage: Stage) async throws -> [String: Any] {
        let run = try await stage.run("health --json")
        let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        let queues = object?["queues"] as? [[String: Any]] ?? []
        return queues.first { $0["queue"] as? String == name } ?? [:]
    }

    private func figure(_ name: String, _ queue: [String: Any]) -> (kind: String?, value: Double?) {
        let figure = queue[name] as? [String: Any]
        return (figure?["kind"] as? String, figure?["value"] as? Double)
    }

    @Test("8 queues: depth, consumers, in hand and the age of the oldest, of a queue at a real broker")
    func backlog() async throws {
        let stage = try await Stage()
        let worker = try stage.watchedWorker()
        try await worker.waitUntilReady()
        // Watched while it is empty, so that its first message is seen to come.
        try await Wait.until("an empty queue to be seen") {
            figure("ready", try await queue("verify.account", stage)) == ("exact", 0)
        }
        #expect(try await stage.run("workers pause --lane account --why test").status == 0)
        try await worker.waitForMetric(#"verify_courier_queue_consumers{queue="verify.account"}"#, 0)
        let began = MonotonicTime.now()
        let asked = (0..<5).map { index in Task { try await stage.ask(.options, ["user": "u\(index)"]) } }
        try await Wait.until("five jobs to wait") { try await stage.waiting(in: "verify.account") == 5 }
        try await worker.waitForMetric(#"verify_courier_queue_messages{queue="verify.account",state="ready"}"#, 5)
        try await Wait.until("the oldest to have waited for six seconds") {
            (figure("oldest_seconds", try await queue("verify.account", stage)).value ?? 0) >= 6
        }
        let seen = try await queue("verify.account", stage)
        let asOf = MonotonicTime.now()
        #expect(figure("ready", seen) == ("exact", 5) && figure("in_hand", seen) == ("derived", 0))
        #expect(figure("consumers", seen) == ("exact", 0))
        let oldest = try #require(figure("oldest_seconds", seen).value)
        #expect(figure("oldest_seconds", seen).kind == "derived")
        // It came after the tasks began; and it is told of a moment before the answer.
        #expect(oldest <= (asOf - began) / .seconds(1))
        #expect(try await stage.run("health --oldest 2").output.contains("the oldest job in verify.account has waited"))
        #expect(try await stage.run("workers resume --why done").status == 0)
        for job in asked { #expect(try await job.value.outcome == .options) }
        try await Wait.until("nothing to wait, and five to be settled") {
            let now = try await queue("verify.account", stage)
            return figure("ready", now) == ("exact", 0) && figure("oldest_seconds", now) == ("exact", 0)
        }
        #expect(figure("consumers", try await queue("verify.account", stage)) == ("exact", 1))
        #expect(figure("consumers", try await queue("verify.dead", stage)) == ("exact", 1))
        #expect(await worker.metric(#"verify_courier_queue_oldest_seconds{queue="verify.account"}"#) != nil)
        worker.process.kill(SIGKILL)
        #expect(await worker.process.waitUntilEnd() == -SIGKILL)
        // Also while no worker runs, from what the dead one saw.
        let job = Task { try await stage.ask(.options, ["user": "late"]) }
        try await Wait.until("a job that nobody takes to be seen waiting") {
            let now = try await queue("verify.account", stage)
            return figure("ready", now) == ("exact", 1) && (figure("oldest_seconds", now).value ?? 0) >= 2
        }
        job.cancel()
    }
}
