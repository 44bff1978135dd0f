import Basics
import CurlHTTP
import Foundation
import Logging
import TestKit
import Testing
import Web

@testable import Ops

/// Over a socket of its own.
@Suite(.timeLimit(.minutes(10))) struct OpsServerTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func serving(
        _ server: OpsServer, _ body: (Int) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            try await body(try await server.waitUntilListening())
            group.cancelAll()
        }
    }

    private func get(_ port: Int, _ path: String) async throws -> (status: Int, type: String?, body: String) {
        let curl = CurlClient(configuration: CurlConfiguration(userAgent: "test"), logger: logger)
        let response = try await curl.perform(
            HTTPRequest(
                method: .get, url: "http://127.0.0.1:\(port)\(path)", user: "", password: Redacted(""),
                timeLimit: .seconds(300)), gate: { true })
        return (response.status, response.headers.contentType, String(decoding: response.body, as: UTF8.self))
    }

    @Test("it tells health, readiness as it is now, and metrics that name the process")
    func serves() async throws {
        let obstacles = Locked([String]())
        let registry = MetricRegistry()
        // Both ends of it wait for the same busy machine.
        var limits = ServerLimits()
        limits.exchange = .seconds(300)
        let server = OpsServer(
            host: "127.0.0.1", port: 0,
            pages: [.live, .ready { Readiness(obstacles: obstacles.withLock { $0 }) }, .metrics(registry)],
            registry: registry, limits: limits, logger: logger)
        try await serving(server) { port in
            #expect(try await get(port, "/live").status == 200)
            #expect(try await get(port, "/ready").body == "ready\n")
            obstacles.withLock { $0 = ["draining"] }
            let refusal = try await get(port, "/ready")
            #expect(refusal.status == 503 && refusal.body == "not ready: draining\n")
            #expect(try await get(port, "/nothing").status == 404)
            let (status, type, metrics) = try await get(port, "/metrics")
            #expect(status == 200 && type == "text/plain; version=0.0.4; charset=utf-8")
            for name in ["cpu_seconds_total", "resident_memory_bytes", "open_fds", "max_fds", "start_time_seconds"] {
                #expect(metrics.contains("\nprocess_\(name) "), "\(name) is missing")
            }
        }
    }

    @Test("a taken port is told to whoever waits, and ends the service")
    func taken() async throws {
        let first = OpsServer(
            host: "127.0.0.1", port: 0, pages: [.live], registry: MetricRegistry(), logger: logger)
        try await serving(first) { port in
            let second = OpsServer(
                host: "127.0.0.1", port: port, pages: [.live], registry: MetricRegistry(), logger: logger)
            let waiting = Task { try await second.waitUntilListening() }
            await #expect(throws: WebServer.CannotListen.self) { try await second.run() }
            let failure = await #expect(throws: WebServer.CannotListen.self) { try await waiting.value }
            #expect(failure?.description == "127.0.0.1:\(port): Address already in use")
        }
    }

    @Test("the process' numbers are plausible")
    func process() throws {
        #expect(try #require(ProcessMetrics.cpuSeconds) > 0)
        #expect(try #require(ProcessMetrics.residentBytes) > 1_000_000)
        #expect(try #require(ProcessMetrics.openFiles) >= 3)
        #expect(try #require(ProcessMetrics.mostFiles) >= 3)
        let start = Date(timeIntervalSince1970: try #require(ProcessMetrics.startTime))
        #expect(start < Date.now && start > Date.now.addingTimeInterval(-86_400))
    }
}
