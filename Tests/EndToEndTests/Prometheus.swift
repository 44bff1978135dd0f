import Basics
import CurlHTTP
import Foundation
import Logging
import TestKit

/// A Prometheus of a test's own, which scrapes one worker every second; ends with it.
final class Prometheus: Sendable {
    /// One answer to a query.
    struct Sample: Sendable {
        var labels: [String: String]
        var value: Double
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private let process: ChildProcess
    private let port: Int
    private let folder: String
    private let curl = CurlClient(
        configuration: CurlConfiguration(userAgent: "test"),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

    /// - Parameters:
    ///   - worker: the port of a worker's `ops.listen`.
    ///   - rules: a file of rules; evaluated every second.
    init(of worker: Int, rules: String, in parent: String) throws {
        folder = "\(parent)/prometheus-\(RandomID.hex(bytes: 4))"
        port = FreePort.find()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let configuration = """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: ['\(rules)']
            scrape_configs:
              - job_name: verify-courier
                static_configs: [{targets: ['127.0.0.1:\(worker)']}]
            """
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: "\(folder)/prometheus.yml"))
        process = try ChildProcess(
            "prometheus",
            [
                "--config.file=\(folder)/prometheus.yml", "--storage.tsdb.path=\(folder)/data",
                "--web.listen-address=127.0.0.1:\(port)", "--log.level=warn",
            ], ChildProcess.Streams(errors: "\(folder)/log"))
    }

    /// What an expression comes to now.
    ///
    /// - Throws: ``Failure`` with Prometheus' own words when it takes it for wrong, or there is none to ask.
    func query(_ expression: String) async throws -> [Sample] {
        let data = try await get("/api/v1/query", ["query": expression])
        let result = (data as? [String: Any])?["result"]
        return (result as? [[String: Any]] ?? []).compactMap { sample in
            guard let value = (sample["value"] as? [Any])?.last as? String, let number = Double(value) else {
                return nil
            }
            return Sample(labels: sample["metric"] as? [String: String] ?? [:], value: number)
        }
    }

    /// The alerts by name, each with what went wrong when it was evaluated last.
    func rules() async throws -> [(name: String, health: String, error: String)] {
        let data = try await get("/api/v1/rules", [:])
        let groups = (data as? [String: Any])?["groups"] as? [[String: Any]] ?? []
        return groups.flatMap { $0["rules"] as? [[String: Any]] ?? [] }.map { rule in
            (rule["name"] as? String ?? "", rule["health"] as? String ?? "", rule["lastError"] as? String ?? "")
        }
    }

    /// What it has logged.
    var log: String { (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? "" }

    func end() async {
        process.signal(SIGTERM)
        _ = await process.waitUntilEnd()
    }

    private func get(_ path: String, _ parameters: [String: String]) async throws -> Any? {
        let allowed = CharacterSet.alphanumerics
        let query = parameters.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")"
        }.joined(separator: "&")
        let request = HTTPRequest(
            method: .get, url: "http://127.0.0.1:\(port)\(path)?\(query)", user: "", password: Redacted(""),
            timeLimit: .seconds(120))
        let response = try await curl.perform(request, gate: { true })
        let answer = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        guard answer?["status"] as? String == "success" else {
            throw Failure(description: "\(parameters): \(answer?["error"] ?? response.status)")
        }
        return answer?["data"]
    }
}
