import App
import ArgumentParser
import Foundation

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
        let ready = Data((json ? "{\"ready\":true}\n" : "ready\n").utf8)
        try await orExit {
            try await app.work(create: create, within: .seconds(wait)) {
                FileHandle.standardOutput.write(ready)
            }
        }
    }
}
