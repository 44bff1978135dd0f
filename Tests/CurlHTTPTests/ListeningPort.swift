import Foundation
import TestKit

extension ChildProcess {
    /// The port that it says it listens at, which ends the line with those words; 0 if it has ended.
    func port(saidIn log: String, after words: String) async throws -> Int {
        var port: Int?
        try await Wait.until("a port after '\(words)'") {
            let lines = Self.text(of: log).split(separator: "\n")
            let line = lines.first { $0.contains(words) }
            port = line?.split(separator: ":").last.flatMap { Int($0) }
            return port != nil || !isRunning
        }
        return port ?? 0
    }

    /// What a file holds, of which not all needs to be text.
    static func text(of log: String) -> String {
        String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
    }
}
