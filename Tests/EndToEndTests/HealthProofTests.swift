import Basics
import Foundation
import Glibc
import TestKit
import Testing
import TwilioSimulator
import Wire

/// What is gone shows at once, and so does that it is back: over real processes, each killed as a crash would.
///
/// The contract's ten seconds are asked for by `deploy/test-all.sh health`, on a machine that does nothing else; beside other tests
/// only that it shows.
@Suite("Contract 8: health, proven", .serialized, .timeLimit(.minutes(15)))
struct HealthProofTests {
    /// Whether time counts.
    static let isTimed = ProcessInfo.processInfo.environment["VERIFY_COURIER_TEST_TIMED"] != nil
    private static let bound: Duration = isTimed ? .seconds(10) : Wait.timeout

    /// Returns once `health` says so, within the bound.
    private func expect(_ code: String?, _ stage: Stage) async throws {
        let wanted = code ?? "a site that is well"
        var said = ""
        try await Wait.until("\(wanted); health said \(said)", timeout: Self.bound) {
            let run = try await stage.run("health --json")
            said = run.output
            WireCapture.note(health: said)
            guard let code else { return run.status == 0 && said.contains(#""well":true"#) }
            return run.status == 1 && said.contains("\"code\":\"\(code)\"")
        }
    }

    private func end(_ worker: WorkerProcess) async {
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test("8 health: the only worker is killed, and another one started")
    func worker() async throws {
        let stage = try await Stage()
        let first = try stage.worker()
        try await first.waitUntilPrinted("ready")
        try await expect(nil, stage)
        first.kill(SIGKILL)
        try await expect("no_worker", stage)
        let second = try stage.worker()
        try await second.waitUntilPrinted("ready")
        try await expect(nil, stage)
        await end(second)
    }

    @Test("8 health: the broker is killed, and started again")
    func broker() async throws {
        let node = try await PrivateBroker.own()
        let stage = try await Stage(["VERIFY_COURIER_BROKER_URL": node.url])
        let worker = try stage.worker()
        try await worker.waitUntilPrinted("ready")
        try await expect(nil, stage)
        // A site's queues are older than a test's.
        try await node.flush()
        try await node.kill()
        try await expect("broker_unreachable", stage)
        try await node.restart()
        try await expect(nil, stage)
        await end(worker)
        try await node.kill()
    }

    @Test("8 health: Twilio is gone, and there again")
    func twilio() async throws {
        let port = FreePort.find()
        let stage = try await Stage([
            "VERIFY_COURIER_TWILIO_BASE_URL": "http://127.0.0.1:\(port)", "VERIFY_COURIER_LIMITS_ENABLED": "false",
        ])
        let first = try await simulator(port, stage)
        let worker = try stage.worker()
        try await worker.waitUntilPrinted("ready")
        try await expect(nil, stage)
        first.kill(SIGKILL)
        #expect(await first.waitUntilEnd() == -SIGKILL)
        // People go on asking for codes, without whom nobody would notice.
        let people = Task {
            await withTaskGroup { group in
                for person in 0..<16 {
                    group.addTask {
                        var number = 0
                        while !Task.isCancelled {
                            number += 1
                            let phone = "+1415555\(2000 + person)"
                            _ = try? await stage.ask(
                                .registerPhone,
                                [
                                    "user": "p\(person)", "login": "login-\(person)-\(number)", "phone": phone,
                                    "channel": "sms",
                                ])
                            try? await Task.sleep(for: .milliseconds(250))
                        }
                    }
                }
            }
        }
        // Whatever comes of it: they must not go on beyond the test.
        defer { people.cancel() }
        try await expect("circuit_open", stage)
        let second = try await simulator(port, stage)
        try await expect(nil, stage)
        people.cancel()
        await people.value
        await end(worker)
        second.kill(SIGKILL)
        #expect(await second.waitUntilEnd() == -SIGKILL)
    }

    private func simulator(_ port: Int, _ stage: Stage) async throws -> WorkerProcess {
        let simulator = try WorkerProcess(
            ["simulate", "--listen", "127.0.0.1:\(port)"], environment: ["HOME": stage.folder],
            log: "\(stage.folder)/simulator-\(RandomID.hex(bytes: 4)).log")
        try await simulator.waitUntilPrinted("ready")
        return simulator
    }

    @Test("8 health: the store's disk is full, and has room again", .enabled(if: geteuid() == 0, "mounting needs root"))
    func disk() async throws {
        let disk = NSTemporaryDirectory() + "verify-courier-disk-" + RandomID.hex(bytes: 6)
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        _ = try await Tool("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk).run()
        do {
            try await fill(disk)
        } catch {
            _ = try await Tool("umount", "--lazy", disk).run()
            throw error
        }
        _ = try await Tool("umount", disk).run()
        try FileManager.default.removeItem(atPath: disk)
    }

    private func fill(_ disk: String) async throws {
        let stage = try await Stage(["VERIFY_COURIER_STORE_URL": "sqlite:\(disk)/store.db"])
        let worker = try stage.worker()
        try await worker.waitUntilPrinted("ready")
        try await expect(nil, stage)
        let file = open("\(disk)/rest", O_WRONLY | O_CREAT, 0o600)
        for size in [65_536, 1024, 1] {
            let bytes = [UInt8](repeating: 0, count: size)
            while write(file, bytes, size) > 0 {}
        }
        #expect(errno == ENOSPC)
        close(file)
        try await expect("store_unusable", stage)
        unlink("\(disk)/rest")
        try await expect(nil, stage)
        await end(worker)
    }
}
