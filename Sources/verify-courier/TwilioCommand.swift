import App
import ArgumentParser
import Foundation

struct TwilioCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "twilio", abstract: "The Verify service at Twilio.",
        subcommands: [Setup.self, Check.self, TwilioCallsCommand.self])

    /// One JSON object on standard output.
    static func printJSON(_ value: some Encodable) throws { try Output.json(JSONLine.of(value)) }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compares the configured service with what the site needs; changes nothing.",
            discussion: """
                Each line is ok, warning, wrong, or "confirm in the Console" for what Twilio's API does not tell.
                Exit code 1 if a line is wrong, 69 if Twilio cannot be reached, 77 if it refuses the credentials.

                Example: verify-courier twilio check --json
                """)

        @OptionGroup var common: CommonOptions

        @Flag(help: "One JSON object: result (the worst state) and findings.")
        var json = false

        private struct Report: Encodable {
            var result: TwilioFinding.State
            var findings: [TwilioFinding]
        }

        func run() async throws {
            let app = try await common.app()
            let findings = try await orExit { try await app.checkTwilio() }
            let result = TwilioFinding.worst(of: findings)
            if json {
                try TwilioCommand.printJSON(Report(result: result, findings: findings))
            } else {
                try Output.lines(findings.map(Self.line))
                try Output.line(Self.summary(findings))
            }
            if result == .wrong { throw ExitCode(1) }
        }

        private static func line(_ finding: TwilioFinding) -> StyledLine {
            let state = word(finding.state).padding(toLength: 22, withPad: " ", startingAt: 0)
            return StyledLine([
                .init(text: state, tone: tone(finding.state)), .init(text: "  \(finding.topic): \(finding.text)"),
            ])
        }

        private static func tone(_ state: TwilioFinding.State) -> Tone {
            switch state {
            case .ok: .good
            case .warning, .confirm: .doubtful
            case .wrong: .bad
            }
        }

        private static func word(_ state: TwilioFinding.State) -> String {
            state == .confirm ? "confirm in the Console" : state.rawValue
        }

        private static func summary(_ findings: [TwilioFinding]) -> String {
            let states: [TwilioFinding.State] = [.ok, .warning, .wrong, .confirm]
            let counts = states.map { state in (word(state), findings.count { $0.state == state }) }
            return counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
        }
    }
}
