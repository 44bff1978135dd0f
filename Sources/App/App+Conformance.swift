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
    ///   - restart: a command of the shell that restarts the broker, and ends when it takes connections again.
    ///   - told: hears of each case as it ends.
    /// - Throws: ``ConfigProblem`` for a broker beyond this machine, `ConformanceFailure`, `AMQPError`.
    package func judgeFrontEnd(
        command: String, cases: [ConformanceCase], atOnce: Int, limit: Int, restart: String?,
        told: @escaping @Sendable (ConformanceVerdict) -> Void
    ) async throws -> [ConformanceVerdict] {
        let broker = try settings.broker(name: "verify-courier conformance")
        guard broker.urls.allSatisfy({ Loopback.contains($0.host) }) else {
            throw ConfigProblem(
                "broker.url: conformance takes jobs in the workers' place and answers what it likes: only at a broker on this "
                    + "machine, of its own")
        }
        let restarting = restart.map { command in
            let restart: BrokerRestart = {
                let status = try await ShellCommand(text: command, limit: Self.longestRestart).run()
                guard status == 0 else {
                    throw ConformanceFailure(description: "the command after --restart ended with \(status)")
                }
            }
            return restart
        }
        return try await FrontEndConformance(broker: broker, restart: restarting, logger: logger)
            .judge(CommandUnderTest(command: command, limit: limit), cases: cases, atOnce: atOnce, told: told)
    }

    /// Seconds.
    private static let longestRestart = 180

    /// Puts the workers at the configured broker through the cases, with the simulator that they are pointed at.
    ///
    /// - Parameter told: hears of each case as it ends.
    /// - Throws: ``ConfigProblem`` for a broker or a Twilio beyond this machine, `ConformanceFailure`, `AMQPError`.
    package func judgeWorkers(
        cases: [WorkerCase], patience: Duration, told: @escaping @Sendable (WorkerVerdict) -> Void
    ) async throws -> [WorkerVerdict] {
        let broker = try settings.broker(name: "verify-courier conformance")
        let twilio = try settings.twilioBaseURL()
        guard broker.urls.allSatisfy({ Loopback.contains($0.host) }), let host = URL(string: twilio)?.host(),
            Loopback.contains(host)
        else {
            throw ConfigProblem(
                "broker.url, twilio.base_url: conformance registers people, asks for texts and orders outages: only at a broker "
                    + "on this machine, with 'verify-courier simulate' in Twilio's place")
        }
        return try await WorkerConformance(
            broker: broker, twilio: SimulatorStage(address: twilio, logger: logger),
            hasLimits: try settings.flag("limits.enabled"), patience: patience, logger: logger
        ).judge(cases: cases, told: told)
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
        let status = try await ShellCommand(text: command, limit: limit)
            .run(["VERIFY_CONFORMANCE_USER": user, "VERIFY_CONFORMANCE_CODE": code])
        guard status == 0 || status == 1 else { throw Failed() }
        return status == 0
    }
}

/// A command of the shell, heard and seen by nobody.
private struct ShellCommand {
    let text: String
    /// Seconds, after which it is ended with all that it started.
    let limit: Int

    /// Its exit code.
    func run(_ more: [String: String] = [:]) async throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["--kill-after", "5", "\(limit)", "/bin/sh", "-c", text]
        process.environment = ProcessInfo.processInfo.environment.merging(more) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { ended.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { ended.resume(throwing: error) }
        }
    }
}
