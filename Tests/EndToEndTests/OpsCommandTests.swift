import Foundation
import Glibc
import TestKit
import Testing

/// The operator's pages beside a real broker, store and workers.
@Suite("Contract 8: ops", .serialized, .timeLimit(.minutes(10)))
struct OpsCommandTests {
    /// The program with its pages, asked as a browser asks.
    private final class Pages {
        let process: WorkerProcess
        private let base: String

        init(_ stage: Stage, more: [String: String] = [:]) async throws {
            process = try WorkerProcess(
                ["ops", "--set", "ops.pages=127.0.0.1:0", "--set", "ops.site=test"],
                environment: stage.environment.merging(more) { $1 },
                log: "\(stage.folder)/ops.log")
            try await process.waitUntilPrinted("ready http")
            base = String(process.printed.split(separator: " ")[1].prefix { !$0.isNewline }.dropLast())
        }

        func get(_ path: String) async throws -> String {
            String(
                decoding: try await Tool("curl", "--silent", "--show-error", "--max-time", "60", base + path).run(),
                as: UTF8.self)
        }

        /// Whether the overview comes to say so, and its twin with it.
        func wait(_ words: String, _ code: String?) async throws {
            var said = ""
            try await Wait.until("the overview to say \(words); it said \(said)") {
                said = try await self.get("/")
                guard said.contains(words) else { return false }
                guard let code else { return true }
                return try await self.get("/overview.json").contains("\"code\":\"\(code)\"")
            }
        }

        func end() async -> Int32? {
            process.kill(SIGTERM)
            return await process.waitUntilEnd()
        }
    }

    @Test("8 ops: a service manager hears that pages are served, that it lives, and how the site is")
    func serviceManager() async throws {
        let (stage, socket) = (try await Stage(), try NotifySocket())
        let pages = try await Pages(stage, more: ["NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "3000000"])
        try await socket.waitUntilTold("READY=1")
        for _ in 0..<2 { try await socket.waitUntilTold("WATCHDOG=1") }
        let worker = try stage.worker()
        try await worker.waitUntilPrinted("ready")
        try await socket.waitUntilTold("STATUS=serves pages; the site is well")
        #expect(await pages.end() == 0)
        worker.kill(SIGKILL)
        #expect(await worker.waitUntilEnd() == -SIGKILL)
    }

    @Test("8 ops: tells that no worker runs, that one does, that it is stopped, and how it ended")
    func worker() async throws {
        let stage = try await Stage()
        let pages = try await Pages(stage)
        try await pages.wait("No worker runs", "no_worker")
        let worker = try stage.worker()
        try await worker.waitUntilPrinted("ready")
        try await pages.wait("All is well", nil)
        var workers = ""
        try await Wait.until("the worker to be told as ready") {
            workers = try await pages.get("/workers")
            return workers.contains(": ready</h2>")
        }
        let id = try #require(workers.firstMatch(of: /Worker ([0-9]+): ready/)).output.1
        #expect(try await pages.get("/queues.json").contains(#""queue":"verify.send""#))
        worker.kill(SIGSTOP)
        try await pages.wait("lives and has told nothing", "worker_silent")
        worker.kill(SIGCONT)
        try await pages.wait("All is well", nil)
        worker.kill(SIGKILL)
        #expect(await worker.waitUntilEnd() == -SIGKILL)
        try await pages.wait("No worker runs; the last one, \(id), was killed", "no_worker")
        #expect(try await pages.get("/workers").contains("No worker runs. Every login waits."))
        #expect(await pages.end() == 0)
    }

    @Test("8 ops: tells that the store cannot be written, and answers all the same")
    func store() async throws {
        let stage = try await Stage()
        let pages = try await Pages(stage)
        try await pages.wait("No worker runs", "no_worker")
        let file = open("\(stage.folder)/store.db.writer", O_RDWR)
        #expect(flock(file, LOCK_EX) == 0)
        try await pages.wait("The store cannot be written", "store_unusable")
        #expect(flock(file, LOCK_UN) == 0)
        close(file)
        try await Wait.until("the store to be well again") {
            try await !pages.get("/overview.json").contains("store_unusable")
        }
        #expect(await pages.end() == 0)
    }

    @Test("8 ops: a broker out of reach is told at once")
    func broker() async throws {
        let stage = try await Stage()
        let away = stage.environment.merging(["VERIFY_COURIER_BROKER_URL": "amqp://127.0.0.1:1"]) { $1 }
        let process = try WorkerProcess(
            ["ops", "--set", "ops.pages=127.0.0.1:0", "--json"], environment: away, log: "\(stage.folder)/away.log")
        try await process.waitUntilPrinted("{\"ready\":\"http")
        let base = try #require(process.printed.firstMatch(of: /http:[^"]*/)).output
        let curl = Tool("curl", "--silent", "--max-time", "60", "\(base)overview.json")
        let page = String(decoding: try await curl.run(), as: UTF8.self)
        #expect(page.contains("broker_unreachable") && page.contains("\"well\":false"))
        process.kill(SIGTERM)
        #expect(await process.waitUntilEnd() == 0)
    }

    @Test(
        "8 ops: only loopback, and a free port: 78 otherwise, with the key's name",
        arguments: ["0.0.0.0:8091", "off", "10.0.0.1:1"])
    func configuration(address: String) async throws {
        let stage = try await Stage()
        let run = try await Program.run(["ops", "--set", "ops.pages=\(address)"], stage.environment)
        #expect(run.status == 78 && run.errors.contains("ops.pages"), "\(run.errors)")
    }
}
