import TestKit
import Testing

@testable import App

/// The program itself, as far as its exit code and what it says of a configuration go.
@Suite("Exit codes for configurations", .timeLimit(.minutes(10)))
struct CommandTests {
    private func run(_ arguments: [String], _ environment: [String: String]) async throws -> (Int32?, String) {
        let folder = try Folder()
        let run = try await Program.run(arguments, environment.merging(["HOME": folder.path]) { first, _ in first })
        return (run.status, run.errors)
    }

    @Test("are 78 with every problem on a line of its own", arguments: ["work", "store init", "topology apply"])
    func wrong(command: String) async throws {
        let environment = ["VERIFY_COURIER_LOG_LEVLE": "info", "VERIFY_COURIER_WORKER_SEND_SLOTS": "0"]
        let (code, output) = try await run(command.split(separator: " ").map(String.init), environment)
        #expect(code == 78)
        #expect(output.split(separator: "\n").count == 2)
        #expect(output.split(separator: "\n").allSatisfy { $0.hasPrefix("verify-courier: ") })
    }

    @Test("are 78 for a worker at an open broker, before it is waited for")
    func open() async throws {
        let environment = ConfigErrorTests.account.merging(
            ["VERIFY_COURIER_BROKER_URL": "amqp://u:hidden@broker.invalid"]) { $1 }
        let (code, output) = try await run(["work"], environment)
        #expect(code == 78)
        #expect(output.contains("front_ends"))
        #expect(!output.contains("hidden"))
    }

    @Test("are 78 and 0 for config check, 78 and 0 for config show, 64 for no assignment")
    func config() async throws {
        #expect(try await run(["config", "check"], ConfigErrorTests.account).0 == 0)
        #expect(try await run(["config", "check"], [:]).0 == 78)
        #expect(try await run(["config", "show", "--json"], [:]).0 == 0)
        #expect(try await run(["config", "show"], ["VERIFY_COURIER_X": "1"]).0 == 78)
        #expect(try await run(["config", "show", "--set", "log.level"], [:]).0 == 64)
        #expect(try await run(["config", "show", "--set", "log.level=loud"], [:]).0 == 78)
    }

    @Test("7 config show: every key with its value and where it came from, secrets hidden")
    func shown() async throws {
        let environment = ConfigErrorTests.account.merging([
            "VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN": "canary", "VERIFY_COURIER_WORKER_SEND_SLOTS": "64",
            "HOME": "/nonexistent",
        ]) { $1 }
        let run = try await Program.run(["config", "show", "--set", "log.level=debug"], environment)
        #expect(run.status == 0 && run.lines.count == ConfigKey.all.count)
        for (key, line) in zip(ConfigKey.all.map(\.name).sorted(), run.lines.sorted()) {
            #expect(line.hasPrefix("\(key) = "), "\(line)")
        }
        #expect(run.lines.contains("worker.send_slots = 64  [environment: VERIFY_COURIER_WORKER_SEND_SLOTS]"))
        #expect(run.lines.contains { $0.hasPrefix("log.level = debug  [flag") })
        #expect(!run.output.contains("canary") && !run.errors.contains("canary"))
    }

    @Test("are 1 for doctor when something fails")
    func doctor() async throws {
        let environment = ["VERIFY_COURIER_BROKER_URL": "amqp://127.0.0.1:1"]
        #expect(try await run(["doctor"], environment).0 == 1)
        #expect(try await run(["doctor", "--json", "--strict"], environment).0 == 1)
    }
}
