import Foundation
import Glibc
import TestKit
import Testing

@Suite("Core dumps", .timeLimit(.minutes(10))) struct CoreDumpTests {
    /// The soft limit of core files as `/proc/PID/limits` tells it.
    private func coreLimit(_ worker: WorkerProcess) throws -> String {
        let limits = try String(contentsOfFile: "/proc/\(worker.id)/limits", encoding: .utf8)
        let line = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") } ?? ""
        return line.split(separator: " ").dropFirst(4).first.map(String.init) ?? ""
    }

    @Test(
        "are off for every command, unless a worker's configuration says otherwise",
        arguments: [("false", "0"), ("true", "4096")])
    func limits(value: String, limit: String) async throws {
        let stage = try await Stage(["VERIFY_COURIER_WORKER_CORE_DUMPS": value])
        let worker = try stage.worker(by: ["prlimit", "--core=4096:8192"])
        try await worker.waitUntilPrinted("ready")
        #expect(try coreLimit(worker) == limit)
        #expect(worker.output.contains("worker.core_dumps is true") == (value == "true"))
        // A program of our own user: `/proc/PID` belongs to root once its process may not be dumped.
        let simulator = try WorkerProcess(
            by: ["prlimit", "--core=4096:8192"], ["simulate", "--listen", "127.0.0.1:0"],
            environment: stage.environment, log: "\(stage.folder)/simulator.log")
        try await simulator.waitUntilPrinted("ready")
        #expect(try coreLimit(simulator) == "0")
        simulator.kill(SIGKILL)
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test(
        "nor may another process of the same user look into a worker's memory",
        .enabled(if: geteuid() == 0, "needs to become another user"))
    func memory() async throws {
        let stage = try await Stage()
        // As root everything may be looked at, so that both are somebody else's here.
        let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: stage.folder)
        let simulator = try WorkerProcess(
            by: nobody, ["simulate", "--listen", "127.0.0.1:0"],
            environment: ["HOME": "/nonexistent"], log: "\(stage.folder)/simulator.log")
        try await simulator.waitUntilPrinted("ready")
        let look = { (file: String) in
            try ChildProcess("/usr/bin/env", nobody + ["cat", "/proc/\(simulator.id)/\(file)"]).blockUntilEnd()
        }
        #expect(try look("environ") != 0)
        #expect(try look("stat") == 0)
        simulator.kill(SIGKILL)
    }
}
