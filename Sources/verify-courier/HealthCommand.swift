import App
import ArgumentParser

struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "One answer for the whole site, from its store and its broker: exit code 0 well, 1 not.",
        discussion: """
            Answers also when no worker runs. It writes one value of no meaning to the store, to see that it can be written.
            Example: verify-courier health --json
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: "Seconds that a job may wait for a worker, before the site is not well.")
    var oldest = 30

    @Option(help: "Dead letters within ten minutes, from which on the site is not well.")
    var deadLetters = 10

    @Flag(help: "One JSON object: well, reasons, warnings, store, broker, queues, workers.")
    var json = false

    func validate() throws {
        guard (1...86_400).contains(oldest) else { throw ValidationError("--oldest wants seconds, 1 to 86400") }
        guard deadLetters > 0 else { throw ValidationError("--dead-letters wants a number above 0") }
    }

    func run() async throws {
        let app = try await common.app()
        var limits = HealthLimits()
        (limits.oldestJob, limits.newLetters) = (.seconds(oldest), deadLetters)
        let health = try await orExit { [limits] in try await app.health(limits) }
        if json {
            try Output.json(health.json)
        } else {
            try Output.lines(
                [health.isWell ? StyledLine("well", .good) : StyledLine("not well", .bad)]
                    + health.reasons.map { StyledLine("- \($0.message)") }
                    + health.warnings.map { StyledLine("- warning: \($0.message)", .doubtful) })
        }
        guard health.isWell else { throw ExitCode(1) }
    }
}
