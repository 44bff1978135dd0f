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
        subcommands: [
            StoreCommand.self, WorkCommand.self, WorkersCommand.self, TopologyCommand.self, SimulateCommand.self,
            OptionsCommand.self,
            RegisterCommand.self, SendCommand.self, CheckCommand.self, CancelCommand.self, OutcomeCommand.self,
            AdminCommand.self, DeadCommand.self, OutcomesCommand.self, TwilioCommand.self, ConfigCommand.self,
            DoctorCommand.self, HealthCommand.self, LoginPageCommand.self,
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
