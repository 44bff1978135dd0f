import App
import ArgumentParser

struct StoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "The store of outcomes and registrations.", subcommands: [Init.self])

    struct Init: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes the store and its key file.",
            discussion: "Example: verify-courier store init --set store.url=sqlite:/var/lib/verify-courier/store.db")

        @OptionGroup var common: CommonOptions

        @Flag(help: "One JSON object: made.")
        var json = false

        func run() async throws {
            let app = try await common.app()
            try await orExit { try await app.createStore() }
            if json { return print(try JSONLine.of(["made": true])) }
            print("store made; next: verify-courier topology apply, then verify-courier work")
        }
    }
}
