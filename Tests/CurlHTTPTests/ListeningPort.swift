import Foundation
import TestKit

extension ChildProcess {
    /// The port that it says it listens at, which ends the line with those words; 0 if it has ended.
    func port(saidIn log: String, after words: String) async throws -> Int {
        while isRunning {
            let lines = Self.text(of: log).split(separator: "\n")
            if let line = lines.first(where: { $0.contains(words) }),
                let port = line.split(separator: ":").last.flatMap({ Int($0) })
            {
                return port
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return 0
    }

    /// What a file holds, of which not all needs to be text.
    static func text(of log: String) -> String {
        String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
    }
}
