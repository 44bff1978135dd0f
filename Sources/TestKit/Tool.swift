import Foundation

/// A program of the system that judges what ours has made.
package struct Tool: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    private let name: String
    private let arguments: [String]

    package init(_ name: String, _ arguments: String...) {
        self.init(name, arguments)
    }

    init(_ name: String, _ arguments: [String]) {
        self.name = name
        self.arguments = arguments
    }

    /// Runs it to its end; waits off the threads that tasks run on.
    ///
    /// - Parameter input: Its standard input.
    /// - Returns: Its standard output.
    /// - Throws: ``Failure`` when it is not installed or ends with another code than 0.
    package func run(_ input: [UInt8] = []) async throws -> [UInt8] {
        try await Wait.bounded("the end of \(name)") {
            try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().async { continuation.resume(with: Result { try runAndBlock(input) }) }
            }
        }
    }

    /// The same on a thread that may block.
    ///
    /// Works with files: a pipe could fill up while nobody reads at its other end.
    func runAndBlock(_ input: [UInt8] = []) throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (given, output) = (folder.appendingPathComponent("input"), folder.appendingPathComponent("output"))
        try Data(input).write(to: given)
        let streams = ChildProcess.Streams(input: given.path, output: output.path)
        let status = try ChildProcess("/usr/bin/env", [name] + arguments, streams).blockUntilEnd()
        guard status == 0 else {
            let advice = status == 127 ? ": install it with deploy/install.sh" : ""
            throw Failure(description: "\(name) ended with \(status)\(advice)")
        }
        return Array(try Data(contentsOf: output))
    }
}
