import App
import ArgumentParser

struct TopologyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology", abstract: "Exchanges, queues and bindings at the broker.",
        subcommands: [Apply.self, Show.self, DefinitionsCommand.self])

    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Declares them. Safe to run again.")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let app = try await common.app()
            try await orExit { try await app.applyTopology() }
            print("topology applied: \(TopologyPlan.queues.count) queues, \(TopologyPlan.bindings.count) bindings")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Prints what 'apply' declares.")

        @Flag(help: "One JSON object, in RabbitMQ's terms.")
        var json = false

        func run() async throws {
            if json { return print(try TopologyPlan.json()) }
            for line in TopologyPlan.lines { print(line) }
        }
    }
}
