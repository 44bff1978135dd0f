import ArgumentParser

/// The program: one command per file.
@main
struct VerifyCourier: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-courier",
        abstract: "A second factor for logins: jobs over RabbitMQ, codes by Twilio Verify.",
        subcommands: [
            StoreCommand.self, WorkCommand.self, TopologyCommand.self, SimulateCommand.self, OptionsCommand.self,
            RegisterCommand.self, SendCommand.self, CheckCommand.self, CancelCommand.self, OutcomeCommand.self,
            AdminCommand.self, DeadCommand.self, OutcomesCommand.self, TwilioCommand.self, ConfigCommand.self,
            DoctorCommand.self,
        ])
}
