import Foundation
import TestKit
import Testing

/// A worker under a service manager, as systemd is for `Type=notify`.
@Suite("Under a service manager", .timeLimit(.minutes(10))) struct ServiceManagerTests {
    @Test("it hears when a worker takes jobs, that it lives, and that it stops")
    func told() async throws {
        let (stage, socket) = (try await Stage(), try NotifySocket())
        let worker = try stage.worker(more: ["NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "3000000"])
        try await worker.waitUntilPrinted("ready")
        try await socket.waitUntilTold("READY=1")
        for _ in 0..<3 { try await socket.waitUntilTold("WATCHDOG=1") }
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
        try await socket.waitUntilTold("STOPPING=1")
    }

    @Test("it hears in words what holds up a worker that starts, without host or user")
    func words() async throws {
        let (stage, socket) = (try await Stage(), try NotifySocket())
        let away = [
            "NOTIFY_SOCKET": socket.name, "VERIFY_COURIER_BROKER_URL": "amqp://somebody:hidden@127.0.0.1:1",
        ]
        let worker = try stage.worker(more: away)
        try await socket.waitUntilTold("STATUS=starts: waits for the broker and its lanes")
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
        #expect(socket.receive() == nil)
    }
}
