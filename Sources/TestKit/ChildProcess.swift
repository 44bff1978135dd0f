import Basics
import CLinux
import Foundation
import Glibc

/// A program that runs beside the tests; killed at the latest when it is let go.
///
/// Foundation's `Process` would do, but it crashes in `run()` once this process holds more than some thousand
/// descriptors, and all the tests together do.
package final class ChildProcess: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// Where its three streams lead: paths.
    package struct Streams: Sendable {
        package var input = "/dev/null"
        package var output = "/dev/null"
        package var errors = "/dev/null"

        package init(input: String = "/dev/null", output: String = "/dev/null", errors: String = "/dev/null") {
            self.input = input
            self.output = output
            self.errors = errors
        }
    }

    package let id: Int32
    /// The exit code, or the signal that ended it as a negative number; `nil` while it runs.
    private let status = Watched<Int32?>(nil)
    private let running = DispatchGroup()

    /// - Parameters:
    ///   - program: a path, or a name to be found in `PATH`.
    ///   - environment: all of it; `nil` means ours.
    /// - Throws: ``Failure`` when it cannot be started.
    package init(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil, _ streams: Streams = Streams()
    ) throws {
        id = try Self.spawn(program, arguments, environment ?? ProcessInfo.processInfo.environment, streams)
        running.enter()
        Thread.detachNewThread { [id, status, running] in
            // Known to have ended before its number is free for another's.
            var info = siginfo_t()
            while waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
            status.update { status in
                var code: Int32 = 0
                waitpid(id, &code, 0)
                status = code & 0x7F == 0 ? code >> 8 & 0xFF : -(code & 0x7F)
            }
            running.leave()
        }
    }

    deinit {
        signal(SIGKILL)
    }

    package var isRunning: Bool { status.value == nil }

    /// Sends a signal, if it still runs.
    package func signal(_ number: Int32) {
        status.update { if $0 == nil { kill(id, number) } }
    }

    /// Waits for its end, or for this task's cancellation.
    ///
    /// - Returns: The exit code, or the signal that ended it as a negative number; `nil` when it did not end in time, or the
    ///   task was cancelled before.
    package func waitUntilEnd(timeout: Duration = Wait.timeout) async -> Int32? {
        try? await Wait.bounded("a process to end", timeout: timeout) { [status] in await status.wait { $0 != nil } }
        return status.value
    }

    /// The same on a thread that may block.
    ///
    /// - Throws: ``WaitFailure`` when it does not end in time; it is killed then.
    package func blockUntilEnd(timeout: Duration = Wait.timeout) throws -> Int32 {
        if running.wait(timeout: .now() + .seconds(Int(timeout.components.seconds))) == .timedOut {
            signal(SIGKILL)
            throw WaitFailure(description: "timed out after \(timeout) while waiting for process \(id) to end")
        }
        return status.value ?? 0
    }

    private static func spawn(
        _ program: String, _ arguments: [String], _ environment: [String: String], _ streams: Streams
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, streams.input, O_RDONLY, 0)
        let writing = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, streams.output, writing, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, streams.errors, writing, 0o600)
        clinux_close_others(&actions)
        // What this process ignores would be ignored there too, and hide that the program has to do so itself.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGPIPE, SIGXFSZ] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var id = pid_t()
        let result = withStrings([program] + arguments) { arguments in
            withStrings(environment.map { "\($0)=\($1)" }) { environment in
                posix_spawnp(&id, program, &actions, &attributes, arguments, environment)
            }
        }
        guard result == 0 else { throw Failure(description: "cannot start \(program): error \(result)") }
        return id
    }

    /// Lends strings as C wants them: an array that ends with a null pointer.
    private static func withStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return body(copies + [nil])
    }
}
