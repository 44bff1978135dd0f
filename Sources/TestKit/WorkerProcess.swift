import Foundation
import Glibc

/// A `verify-courier` process, as an operator would start it; killed at the latest when it is let go.
package final class WorkerProcess: Sendable {
    private let process: ChildProcess
    private let log: String

    /// The program that was built beside this test.
    package static var program: String {
        get throws {
            let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("verify-courier").path
        }
    }

    /// - Parameters:
    ///   - launcher: a command that becomes the program which is appended to it, such as `prlimit --nofile=64`.
    ///   - log: file for what it says on stderr; what it prints goes to one of that name with `.out`.
    package init(
        by launcher: [String] = [], _ arguments: [String], environment: [String: String], log: String
    ) throws {
        let command = launcher + [try Self.program] + arguments
        process = try ChildProcess(
            command[0], Array(command.dropFirst()), environment: environment,
            ChildProcess.Streams(output: "\(log).out", errors: log))
        self.log = log
    }

    package var id: Int32 { process.id }

    /// Sends a signal, if it still runs.
    package func kill(_ signal: Int32) {
        process.signal(signal)
    }

    /// Lets no file of it grow beyond so many bytes; `nil` takes that back.
    package func limitFileSize(_ bytes: Int?) throws {
        _ = try Tool("prlimit", "--pid", "\(id)", "--fsize=\(bytes.map(String.init) ?? "unlimited"):")
            .runAndBlock()
    }

    package var isRunning: Bool { process.isRunning }

    /// Returns once it does something of its own with SIGTERM: until then the system would end it.
    package func waitUntilSIGTERMIsHandled() async throws { try await waitUntilHandled(SIGTERM) }

    /// Returns once a closed pipe is no longer its end: it is the program itself then, and its streams are open.
    package func waitUntilSIGPIPEIsIgnored() async throws { try await waitUntilHandled(SIGPIPE) }

    private func waitUntilHandled(_ signal: Int32) async throws {
        try await Wait.until("process \(id) to handle signal \(signal)", pause: .milliseconds(1)) {
            guard process.isRunning else { return true }
            let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
            let masks = status.split(separator: "\n").filter { $0.hasPrefix("SigCgt:") || $0.hasPrefix("SigIgn:") }
            return masks.contains { line in
                UInt64(line.dropFirst(7).filter { !$0.isWhitespace }, radix: 16).map { $0 >> (signal - 1) & 1 == 1 }
                    ?? false
            }
        }
    }

    /// Returns once it has logged that.
    ///
    /// - Throws: ``WaitFailure``, also when it ends without.
    package func waitForOutput(_ text: String) async throws {
        try await wait("a worker's log to say '\(text)'") { output.contains(text) }
    }

    /// Returns once it has printed that.
    ///
    /// - Throws: ``WaitFailure``, also when it ends without.
    package func waitUntilPrinted(_ text: String) async throws {
        try await wait("a worker to print '\(text)'") { printed.contains(text) }
    }

    private func wait(_ what: String, until isMet: () -> Bool) async throws {
        try await Wait.until(what) { isMet() || !process.isRunning }
        guard !isMet() else { return }
        throw WaitFailure(description: "it ended while the test waited for \(what):\n\(output.suffix(2000))")
    }

    /// Waits for its end: the exit code, or the signal as a negative number; `nil` when it does not end.
    package func waitUntilEnd() async -> Int32? {
        await process.waitUntilEnd()
    }

    /// Its memory in RAM and the CPU time that it has used, from `/proc`; `nil` once it has ended.
    package var usage: (residentBytes: Int, cpuSeconds: Double)? {
        guard let status = try? String(contentsOfFile: "/proc/\(id)/statm", encoding: .utf8),
            let times = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
            let pages = status.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        // Behind the name in brackets, which may hold spaces, the fields 14 and 15 are ticks in user and system mode.
        let fields = times.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        return (pages * sysconf(Int32(_SC_PAGESIZE)), (user + system) / Double(sysconf(Int32(_SC_CLK_TCK))))
    }

    /// What it has logged so far.
    package var output: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    /// What it has printed so far.
    package var printed: String { (try? String(contentsOfFile: "\(log).out", encoding: .utf8)) ?? "" }
}
