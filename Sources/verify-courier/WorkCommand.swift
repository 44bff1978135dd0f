import App
import ArgumentParser
import Basics
import Logging

struct WorkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work", abstract: "Runs a worker; prints 'ready' once it takes jobs.",
        discussion: """
            SIGTERM drains it: what it has in hand is finished, nothing new is taken.
            Example: verify-courier work --config /etc/verify-courier/config.yaml
            """)

    @OptionGroup var common: CommonOptions

    @Flag(help: "Make the store first if there is none (for demonstrations).")
    var create = false

    @Option(help: "Seconds to wait for broker and lanes at the start.")
    var wait = 30

    @Flag(help: "Say 'ready' as a JSON object.")
    var json = false

    func run() async throws {
        let app = try await common.app()
        let ready = json ? "{\"ready\":true}" : "ready"
        try await orExit {
            try await app.work(create: create, within: .seconds(wait)) { app.announce(ready) }
        }
    }
}

extension App {
    /// Tells whoever waits for it that everything runs.
    ///
    /// Nobody need wait: it runs on.
    func announce(_ line: String) {
        do throws(WriteFailure) {
            try Output.announce(line)
        } catch {
            logger.warning(
                "standard output cannot be written: nobody is told",
                metadata: ["line": "\(line)", "error": "\(error.reason)"])
        }
    }
}
