import Foundation

/// A program of the system that judges what ours has made.
public struct Tool: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    private let name: String
    private let arguments: [String]

    public init(_ name: String, _ arguments: String...) {
        self.name = name
        self.arguments = arguments
    }

    /// Runs it to its end; waits off the threads that tasks run on.
    ///
    /// - Parameter input: Its standard input.
    /// - Returns: Its standard output.
    /// - Throws: ``Failure`` when it is not installed or ends with another code than 0.
    public func run(_ input: [UInt8] = []) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try runBlocking(input) }) }
        }
    }

    /// The input comes from a file: a pipe could fill up while nobody reads the output.
    private func runBlocking(_ input: [UInt8]) throws -> [UInt8] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try Data(input).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.standardInput = try FileHandle(forReadingFrom: file)
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let advice = process.terminationStatus == 127 ? ": install it with deploy/install.sh" : ""
            throw Failure(description: "\(name) ended with \(process.terminationStatus)\(advice)")
        }
        return Array(bytes)
    }
}
