import Foundation
import Store
import TestKit
import Testing
import Wire

/// The workers of a store, as an operator sees and orders them.
@Suite("Contract 8: workers", .timeLimit(.minutes(10)))
struct WorkersCommandTests {
    private func worker(_ stage: Stage, _ all: Bool = false) async throws -> [String: Any] {
        let run = try await stage.run("workers list --json" + (all ? " --all" : ""))
        let line = try #require(run.lines.last)
        return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    private func lane(_ name: String, _ worker: [String: Any]) -> [String: Any] {
        (worker["lanes"] as? [[String: Any]])?.first { $0["lane"] as? String == name } ?? [:]
    }

    @Test("8 workers: who lives, what they do, and how they ended; 1 when none lives")
    func list() async throws {
        let stage = try await Stage()
        #expect(try await stage.run("workers").status == 1)
        let process = try stage.worker(arguments: ["--json"])
        try await process.waitUntilPrinted("ready")
        try await Wait.until("the worker to tell that it is ready") {
            try await worker(stage)["state"] as? String == "ready"
        }
        let told = try await worker(stage)
        #expect(told["pid"] as? Int32 == process.id && told["alive"] as? Bool == true)
        #expect((told["settings"] as? String)?.count == 12 && (told["host"] as? String)?.isEmpty == false)
        #expect(lane("send", told)["slots"] as? Int == 128 && lane("send", told)["consumed"] as? Bool == true)
        #expect(try await stage.ask(.options, ["user": "anna"]).outcome == .options)
        try await Wait.until("the job to be counted") {
            try await lane("account", worker(stage))["settled"] as? Int == 1
        }
        let table = try await stage.run("workers")
        #expect(table.lines[0].hasPrefix("ID  STATE  STARTED") && table.lines[1].contains("0/128"))
        process.kill(SIGKILL)
        #expect(await process.waitUntilEnd() == -SIGKILL)
        #expect(try await stage.run("workers").status == 1)
        #expect(try await worker(stage, true)["state"] as? String == "killed")
        let second = try stage.worker()
        try await second.waitUntilPrinted("ready")
        second.kill(SIGTERM)
        #expect(await second.waitUntilEnd() == 0)
        #expect(try await worker(stage, true)["state"] as? String == "stopped")
        #expect(try await stage.run("workers --all").output.contains("stopped at"))
    }

    @Test("8 workers pause, resume: a lane takes nothing meanwhile, others go on, and a newcomer obeys too")
    func pause() async throws {
        let stage = try await Stage()
        let process = try stage.worker()
        try await process.waitUntilPrinted("ready")
        let pause = ["workers", "pause", "all", "--lane", "account", "--why", "a look", "--operator", "mara"]
        let run = try await Program.run(pause, stage.environment)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("paused (account) by mara: a look"))
        let waiting = Task { try await stage.ask(.options, ["user": "anna"]) }
        try await Wait.until("the job to wait in its queue") { try await stage.waiting(in: "verify.account") == 1 }
        // Another lane goes on.
        #expect(try await stage.ask(.send, ["user": "bob", "channel": "sms"]).outcome == .notAllowed)
        let newcomer = try stage.worker()
        try await newcomer.waitUntilPrinted("ready")
        #expect(try await stage.waiting(in: "verify.account") == 1)
        try await Wait.until("the newcomer to tell that it is paused") {
            try await worker(stage)["state"] as? String == "paused"
        }
        let told = try await worker(stage)
        #expect((lane("account", told)["pause"] as? [String: Any])?["why"] as? String == "a look")
        #expect(try await stage.run("workers resume all --why enough --operator mara").status == 0)
        #expect(try await waiting.value.outcome == .options)
        let trail = try await stage.run("admin audit --operator mara")
        #expect(trail.lines.count == 3 && trail.output.contains("workers.pause") && trail.output.contains("a look"))
        for process in [process, newcomer] {
            process.kill(SIGTERM)
            #expect(await process.waitUntilEnd() == 0)
        }
    }

    @Test("8 workers pause --until: it ends by itself")
    func until() async throws {
        let stage = try await Stage()
        let process = try stage.worker()
        try await process.waitUntilPrinted("ready")
        #expect(try await stage.run("workers pause --until 3s --why brief").status == 0)
        #expect(try await stage.ask(.options, ["user": "anna"]).outcome == .options)
        process.kill(SIGTERM)
        #expect(await process.waitUntilEnd() == 0)
    }

    @Test("8 workers drain: the one that is named ends as by SIGTERM, and the other goes on")
    func drain() async throws {
        let stage = try await Stage()
        let first = try stage.worker()
        try await first.waitUntilPrinted("ready")
        let number = try #require(try await worker(stage)["id"] as? Int)
        let second = try stage.worker()
        try await second.waitUntilPrinted("ready")
        let run = try await stage.run("workers drain \(number) --why maintenance")
        #expect(run.status == 0, "\(run.errors)")
        #expect(await first.waitUntilEnd() == 0)
        #expect(try await stage.ask(.options, ["user": "anna"]).outcome == .options)
        #expect(try await stage.run("workers --all").output.contains("\(number): stopped at"))
        second.kill(SIGTERM)
        #expect(await second.waitUntilEnd() == 0)
    }

    @Test("8 workers: a number that nobody has is 65 and names those that live")
    func unknown() async throws {
        let stage = try await Stage()
        let process = try stage.worker()
        try await process.waitUntilPrinted("ready")
        let number = try #require(try await worker(stage)["id"] as? Int)
        let run = try await stage.run("workers pause 999 --why x")
        #expect(run.status == 65 && run.errors.contains("no worker 999 lives; there are \(number)"))
        process.kill(SIGTERM)
        #expect(await process.waitUntilEnd() == 0)
    }

    @Test(
        "8 workers: 64 for what cannot be meant, and it says what can",
        arguments: [
            ("workers pause all", "--why"), ("workers pause 1 --lane mail --why x", "send, check, account, admin"),
            ("workers pause some --why x", "no worker's number"), ("workers pause --until soon --why x", "30m"),
            ("workers pause --until 2020-01-01T00:00:00Z --why x", "must lie ahead"),
            ("workers pause --until 0s --why x", "30m"), ("workers pause --until 9999999999d --why x", "30m"),
            ("workers drain --why x", "say which"), ("workers drain all --lane send --why x", "--lane"),
        ])
    func usage(command: String, says: String) async throws {
        let run = try await Program.run(command.words, ["HOME": "/nonexistent"])
        #expect(run.status == 64 && run.errors.contains(says), "\(run.errors)")
    }
}
