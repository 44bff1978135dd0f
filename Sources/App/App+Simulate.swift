import Basics
import Logging
import TwilioSimulator

extension App {
    /// Runs the simulator of Twilio Verify until it is cancelled.
    public func simulate(host: String, port: Int, onReady: @escaping @Sendable (Int) async -> Void) async throws {
        var configuration = SimulatorConfiguration()
        configuration.host = host
        configuration.port = port
        if let account = settings.text("site.2FA_VERIFY_ACCOUNTSID") { configuration.accountSID = account }
        if let service = settings.text("site.2FA_VERIFY_SERVICESID") { configuration.serviceSID = service }
        if let token = settings.text("site.2FA_VERIFY_AUTHTOKEN") { configuration.authToken = Redacted(token) }
        do {
            try await TwilioSimulator(configuration: configuration, logger: logger).run(onReady: onReady)
        } catch let problem as TwilioSimulator.CannotListen {
            throw ConfigProblem("--listen: cannot listen at \(problem). Choose another port, or 0 for any free one")
        }
    }
}
