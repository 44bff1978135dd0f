import App
import ArgumentParser

struct OpsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ops",
        abstract: "Serves the operator's pages: how the site is, its queues, its workers.",
        discussion: """
            A process of its own, which tells the truth also when no worker runs. It asks nobody to sign in and shows numbers \
            only, nothing of any person; so it listens on this machine alone.
            Example: verify-courier ops --set ops.site=shop
            """)

    @OptionGroup var common: CommonOptions

    @Flag(help: "Say 'ready' as a JSON object with the URL.")
    var json = false

    func run() async throws {
        let app = try await common.app()
        try await orExit {
            try await app.serveOpsPages { url in app.announce(json ? "{\"ready\":\"\(url)\"}" : "ready \(url)") }
        }
    }
}
