import TestKit
import Testing

@Suite("Contract 7: all commands", .timeLimit(.minutes(10)))
struct HelpTests {
    @Test("7 Every command says what it does, with an example of itself")
    func examples() async throws {
        for command in try await Commands().all {
            #expect(!command.abstract.isEmpty, "\(command)")
            #expect(command.discussion.contains("Example"), "\(command)")
            #expect(command.discussion.contains("verify-courier \(command)"), "\(command)")
        }
    }

    @Test("7 Every command takes --json, --config and --set")
    func json() async throws {
        for command in try await Commands().all {
            #expect(command.options.contains("json"), "\(command)")
            // What prints a plan alone needs no configuration.
            if command.name != "topology show" {
                #expect(command.options.isSuperset(of: ["config", "set"]), "\(command)")
            }
        }
    }

    @Test("7 --help is 0 and shows the example")
    func help() async throws {
        let run = try await Program.run(["admin", "user", "reset", "--help"], ["HOME": "/nonexistent"])
        #expect(run.status == 0 && run.output.contains("Example: verify-courier admin user reset"))
    }
}
