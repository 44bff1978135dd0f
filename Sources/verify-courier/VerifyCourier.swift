import App
import ArgumentParser
import Basics
import Glibc

/// The program: one command per file.
@main
struct VerifyCourier: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-courier",
        abstract: "A second factor for logins: jobs over RabbitMQ, codes by Twilio Verify.",
        version: "verify-courier \(ProductVersion.current)",
        groupedSubcommands: [
            CommandGroup(
                name: "Front end",
                subcommands: [
                    OptionsCommand.self, RegisterCommand.self, SendCommand.self, CheckCommand.self, CancelCommand.self,
                    OutcomeCommand.self, LoginPageCommand.self, ConformanceCommand.self,
                ]),
            CommandGroup(name: "Administrator", subcommands: [AdminCommand.self]),
            CommandGroup(
                name: "Operator",
                subcommands: [
                    WorkCommand.self, WorkersCommand.self, HealthCommand.self, OpsCommand.self, DoctorCommand.self,
                    OutcomesCommand.self, DeadCommand.self, TrafficCommand.self, ConversionCommand.self,
                    QueuesCommand.self, BrakesCommand.self,
                ]),
            CommandGroup(
                name: "Set-up",
                subcommands: [
                    ConfigCommand.self, TwilioCommand.self, TopologyCommand.self, StoreCommand.self,
                    SimulateCommand.self,
                ]),
        ])

    static func main() async {
        StandardStreams.prepare()
        CoreDumps.forbid()
        let code = await exitCode()
        LineLogHandler.flushStandardError()
        Glibc.exit(code)
    }

    /// Runs the command that was asked for, and says what is wrong.
    private static func exitCode() async -> Int32 {
        do {
            try CommandNames.check(Array(CommandLine.arguments.dropFirst()))
            var command = try await asyncParseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return 0
        } catch {
            return say(error)
        }
    }

    /// Help is output, everything else that there is to say of an error is not.
    private static func say(_ error: any Error) -> Int32 {
        let (code, text) = (exitCode(for: error), fullMessage(for: error))
        guard !text.isEmpty else { return code.rawValue }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard code.isSuccess else {
            StandardError.say(lines)
            return code.rawValue
        }
        do {
            try Output.lines(lines)
            return code.rawValue
        } catch {
            return exitCode(for: error).rawValue
        }
    }
}
