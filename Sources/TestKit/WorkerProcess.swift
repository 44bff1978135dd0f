import Basics
import Foundation
import Glibc

/// A `verify-courier` process, as an operator would start it; killed at the latest when it is let go.
public final class WorkerProcess: Sendable {
    private let process: Locked<Process>
    private let ended: AsyncStream<Int32>
    private let log: String

    /// Starts the program that was built beside this test.
    /// - Parameter log: file for what it says on stderr.
    public init(_ arguments: [String], environment: [String: String], log: String) throws {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: own).deletingLastPathComponent()
            .appendingPathComponent("verify-courier")
        process.arguments = arguments
        process.environment = environment
        try Data().write(to: URL(fileURLWithPath: log))
        process.standardError = FileHandle(forWritingAtPath: log)
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        process.terminationHandler = { ended in
            continuation.yield(
                ended.terminationReason == .uncaughtSignal ? -ended.terminationStatus : ended.terminationStatus)
            continuation.finish()
        }
        try process.run()
        self.process = Locked(process)
        ended = stream
        self.log = log
    }

    deinit {
        kill(SIGKILL)
    }

    /// Sends a signal, if it still runs.
    public func kill(_ signal: Int32) {
        process.withLock { process in
            if process.isRunning { Glibc.kill(process.processIdentifier, signal) }
        }
    }

    /// Waits for its end: the exit code, or the signal as a negative number. Once only.
    public func waitUntilEnd() async -> Int32? {
        await ended.first { _ in true }
    }

    /// What it has logged so far.
    public var output: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }
}
