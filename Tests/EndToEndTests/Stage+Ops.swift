import Basics
import CurlHTTP
import Foundation
import Logging
import TestKit

/// A worker whose health and metrics can be looked at.
struct WatchedWorker: Sendable {
    let process: WorkerProcess
    let port: Int

    /// Of `/live`, `/ready` or `/metrics`; status 0 when nobody answers there.
    func get(_ path: String) async -> (status: Int, body: String) {
        var configuration = CurlConfiguration(userAgent: "test")
        // Every series that is known is there from the start.
        configuration.maxResponseBytes = 4 << 20
        let curl = CurlClient(
            configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let request = HTTPRequest(
            method: .get, url: "http://127.0.0.1:\(port)\(path)", user: "", password: Redacted(""),
            timeLimit: .seconds(300))
        guard let response = try? await curl.perform(request, gate: { true }) else { return (0, "") }
        return (response.status, String(decoding: response.body, as: UTF8.self))
    }

    /// Returns once `/ready` answers so.
    func waitUntilReady(_ isReady: Bool = true, saying text: String = "") async throws {
        var last = (status: 0, body: "")
        try await Wait.until("a worker that is \(isReady ? "" : "not ")ready: \(text); it said \(last)") {
            last = await get("/ready")
            return last.status == (isReady ? 200 : 503) && (text.isEmpty || last.body.contains(text))
        }
    }

    /// Returns once a series has that value: what counts is told after the reply that a test sees.
    func waitForMetric(_ series: String, _ value: Double) async throws {
        var last: Double?
        try await Wait.until("\(series) to be \(value); it is \(last.map { "\($0)" } ?? "missing")") {
            last = await metric(series)
            return last == value
        }
    }

    /// The value of one series, such as `name{label="value"}`.
    func metric(_ series: String) async -> Double? {
        await get("/metrics").body.split(separator: "\n").first { $0.hasPrefix(series + " ") }
            .flatMap { Double($0.dropFirst(series.count + 1)) }
    }
}

extension Stage {
    /// A worker with `ops.listen` on a port of its own.
    /// - Parameter launcher: see ``WorkerProcess``.
    func watchedWorker(by launcher: [String] = [], more: [String: String] = [:]) throws -> WatchedWorker {
        let port = FreePort.find()
        let address = ["VERIFY_COURIER_OPS_LISTEN": "127.0.0.1:\(port)"]
        return WatchedWorker(process: try worker(by: launcher, more: more.merging(address) { $1 }), port: port)
    }
}
