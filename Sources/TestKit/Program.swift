import Basics
import Foundation

/// The program that was built beside this test, run to its end as an operator would run it.
package struct Program: Sendable {
    /// The exit code, or the signal that ended it as a negative number.
    package var status: Int32?
    package var output: String
    package var errors: String

    /// What it printed, line by line.
    package var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// - Parameters:
    ///   - environment: all of it.
    ///   - input: its standard input.
    package static func run(
        _ arguments: [String], _ environment: [String: String], input: String = ""
    ) async throws -> Program {
        // Files, not pipes: a pipe could fill up while nobody reads at its other end.
        let folder = NSTemporaryDirectory() + "verify-courier-run-" + RandomID.hex(bytes: 6)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(input.utf8).write(to: URL(fileURLWithPath: "\(folder)/input"))
        let process = try ChildProcess(
            WorkerProcess.program, arguments, environment: environment,
            ChildProcess.Streams(input: "\(folder)/input", output: "\(folder)/output", errors: "\(folder)/errors"))
        let status = await process.waitUntilEnd()
        return Program(
            status: status, output: try String(contentsOfFile: "\(folder)/output", encoding: .utf8),
            errors: try String(contentsOfFile: "\(folder)/errors", encoding: .utf8))
    }
}
