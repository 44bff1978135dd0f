import AMQP
import Basics
package import Conformance
import Foundation

extension App {
    /// Puts a front end through the cases, on the configured broker.
    ///
    /// - Parameters:
    ///   - command: signs one person in, see ``CommandUnderTest``.
    ///   - limit: seconds for one sign-in.
    ///   - told: hears of each case as it ends.
    /// - Throws: ``ConfigProblem`` for a broker beyond this machine, `ConformanceFailure`, `AMQPError`.
    package func judgeFrontEnd(
        command: String, cases: [ConformanceCase], atOnce: Int, limit: Int,
        told: @escaping @Sendable (ConformanceVerdict) -> Void
    ) async throws -> [ConformanceVerdict] {
        let broker = try settings.broker(name: "verify-courier conformance")
        guard broker.urls.allSatisfy({ Loopback.contains($0.host) }) else {
            throw ConfigProblem(
                "broker.url: conformance takes jobs in the workers' place and answers what it likes: only at a broker on this "
                    + "machine, of its own")
        }
        return try await FrontEndConformance(broker: broker, logger: logger)
            .judge(CommandUnderTest(command: command, limit: limit), cases: cases, atOnce: atOnce, told: told)
    }
}

/// A front end that is a command of the shell: it signs `VERIFY_CONFORMANCE_USER` in, whose code is
/// `VERIFY_CONFORMANCE_CODE`.
///
/// It ends with 0 when the person is in and with 1 when not; whatever else is a failure.
struct CommandUnderTest: FrontEndUnderTest {
    let command: String
    /// Seconds.
    let limit: Int

    struct Failed: Error {}

    func signIn(user: String, code: String) async throws -> Bool {
        let process = Process()
        // It ends the command with all that it started.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["--kill-after", "5", "\(limit)", "/bin/sh", "-c", command]
        process.environment = ProcessInfo.processInfo.environment.merging([
            "VERIFY_CONFORMANCE_USER": user, "VERIFY_CONFORMANCE_CODE": code,
        ]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let status = try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { ended.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { ended.resume(throwing: error) }
        }
        guard status == 0 || status == 1 else { throw Failed() }
        return status == 0
    }
}
