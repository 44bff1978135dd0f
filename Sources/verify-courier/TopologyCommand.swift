import App
import ArgumentParser

struct TopologyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology", abstract: "Exchanges, queues and bindings at the broker.",
        subcommands: [Apply.self, Show.self, DefinitionsCommand.self])

    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Declares them. Safe to run again.",
            discussion: "Example: verify-courier topology apply --set broker.url=amqp://127.0.0.1")

        @OptionGroup var common: CommonOptions

        @Flag(help: "One JSON object: how many queues and bindings.")
        var json = false

        func run() async throws {
            let app = try await common.app()
            try await orExit { try await app.applyTopology() }
            let (queues, bindings) = (TopologyPlan.queues.count, TopologyPlan.bindings.count)
            if json { return try Output.json(JSONLine.of(["queues": queues, "bindings": bindings])) }
            try Output.line("topology applied: \(queues) queues, \(bindings) bindings")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints what 'apply' declares.", discussion: "Example: verify-courier topology show --json")

        @Flag(help: "One JSON object, in RabbitMQ's terms.")
        var json = false

        func run() async throws {
            if json { return try Output.json(TopologyPlan.json()) }
            try Output.lines(TopologyPlan.lines)
        }
    }
}
