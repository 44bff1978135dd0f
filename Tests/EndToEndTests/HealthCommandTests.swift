import Foundation
import Glibc
import TestKit
import Testing
import Wire

/// One answer for the whole site, whatever of it is gone.
@Suite("Contract 8: health", .serialized, .timeLimit(.minutes(10)))
struct HealthCommandTests {
    /// The bound of the contract for people who wait; the machine may be busy, so tests wait longer.
    private func wait(_ stage: Stage, _ status: Int32, saying text: String) async throws {
        var said = ""
        try await Wait.until("health to be \(status): \(text); it said \(said)") {
            let run = try await stage.run("health")
            said = run.output
            return run.status == status && said.contains(text)
        }
    }

    @Test("8 health: says so when the only worker is killed, and is well again with the next one")
    func killed() async throws {
        let stage = try await Stage()
        try await wait(stage, 1, saying: "no worker runs")
        let first = try stage.worker()
        try await first.waitUntilPrinted("ready")
        try await wait(stage, 0, saying: "well")
        first.kill(SIGKILL)
        #expect(await first.waitUntilEnd() == -SIGKILL)
        // At once: no time has to run out.
        let run = try await stage.run("health --json")
        #expect(run.status == 1 && run.output.contains(#""code":"no_worker""#) && run.output.contains("was killed"))
        let second = try stage.worker()
        try await second.waitUntilPrinted("ready")
        try await wait(stage, 0, saying: "well")
        second.kill(SIGTERM)
        #expect(await second.waitUntilEnd() == 0)
    }

    @Test("8 health: a stopped process, a broker out of reach, a store that another program holds, a pause")
    func troubles() async throws {
        let stage = try await Stage()
        let worker = try stage.worker()
        try await worker.waitUntilPrinted("ready")
        try await wait(stage, 0, saying: "well")
        worker.kill(SIGSTOP)
        try await wait(stage, 1, saying: "lives and has told nothing")
        worker.kill(SIGCONT)
        try await wait(stage, 0, saying: "well")
        let away = stage.environment.merging(["VERIFY_COURIER_BROKER_URL": "amqp://127.0.0.1:1"]) { $1 }
        let unreachable = try await Program.run(["health"], away)
        #expect(unreachable.status == 1 && unreachable.output.contains("the broker cannot be asked"))
        let file = open("\(stage.folder)/store.db.writer", O_RDWR)
        #expect(flock(file, LOCK_EX) == 0)
        try await wait(stage, 1, saying: "the store cannot be written: It does not answer")
        #expect(flock(file, LOCK_UN) == 0)
        close(file)
        try await wait(stage, 0, saying: "well")
        #expect(try await stage.run("workers pause --lane send --why looking --operator mara").status == 0)
        let paused = try await stage.run("health")
        #expect(paused.status == 1 && paused.output.contains("send is paused by mara: looking"))
        #expect(try await stage.run("workers resume --why done").status == 0)
        try await wait(stage, 0, saying: "well")
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test("8 health: a store that is missing is one of the reasons, and no other exit code")
    func missing() async throws {
        let stage = try await Stage()
        let elsewhere = stage.environment.merging(["VERIFY_COURIER_STORE_URL": "sqlite:\(stage.folder)/no.db"]) { $1 }
        let run = try await Program.run(["health"], elsewhere)
        #expect(run.status == 1 && run.output.contains("the store cannot be read") && run.errors.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: "\(stage.folder)/no.db"))
    }

    @Test("8 health: bounds that cannot be meant are 64", arguments: ["health --oldest 0", "health --dead-letters 0"])
    func usage(command: String) async throws {
        let run = try await Program.run(command.words, ["HOME": "/nonexistent"])
        #expect(run.status == 64 && run.errors.contains("Error: "))
    }
}
