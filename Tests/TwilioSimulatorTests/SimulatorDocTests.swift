import Foundation
import Testing

@testable import TwilioSimulator

@Suite("docs/simulator.md", .timeLimit(.minutes(10))) struct SimulatorDocTests {
    private func page() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appendingPathComponent("docs/simulator.md"), encoding: .utf8)
    }

    @Test func `Its commands do something`() async throws {
        let commands = try page().split(separator: "\n").map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("curl ") }
        #expect(commands.count == 11)
        try await withSimulator { _, port in
            for command in commands {
                let path = try #require(command.split(separator: "http://127.0.0.1:8089").last)
                let quoted = command.split(separator: "'", omittingEmptySubsequences: false)
                let form = quoted.count == 3 ? String(quoted[1]) : nil
                let answer = await BlockingHTTP.send(port: port, String(path), form: form)
                #expect(answer.hasPrefix(form == nil ? "HTTP/1.1 200 " : "HTTP/1.1 204 "), "\(command)")
            }
        }
    }

    @Test func `It names every operation`() throws {
        let page = try page()
        for operation in SimulatorOperation.allCases { #expect(page.contains("`\(operation.rawValue)`")) }
        #expect(page.contains(ScriptedIdentities.identity(.createChallenge, 60312)))
    }
}
