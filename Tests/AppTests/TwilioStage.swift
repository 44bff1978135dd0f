import Basics
import Logging
import TestKit
import TwilioSimulator
import TwilioVerify

@testable import App

/// A simulator of a test's own, and the program's view of it.
final class TwilioStage: Sendable {
    static let token = "canary-token-7f3a"
    static let account = SimulatorConfiguration().accountSID

    let simulator: TwilioSimulator
    let url: String
    private let serving: Task<Void, Never>

    init() async {
        var configuration = SimulatorConfiguration()
        configuration.port = 0
        configuration.authToken = Redacted(Self.token)
        let simulator = TwilioSimulator(
            configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let (ports, port) = AsyncStream<Int>.makeStream()
        serving = Task {
            try? await simulator.run { port.yield($0) }
            port.finish()
        }
        self.simulator = simulator
        let listening = try? await Wait.bounded("the simulator's port") { await ports.first { _ in true } }
        url = "http://127.0.0.1:\((listening ?? nil) ?? 0)"
    }

    deinit { serving.cancel() }

    /// What the configuration says; `nil` leaves a value out.
    func environment(
        service: String? = nil, token: String? = TwilioStage.token, more: [String: String] = [:]
    ) -> [String: String] {
        var environment = [
            "VERIFY_COURIER_TWILIO_BASE_URL": url, "VERIFY_COURIER_SITE_2FA_VERIFY_ACCOUNTSID": Self.account,
        ]
        environment["VERIFY_COURIER_SITE_2FA_VERIFY_SERVICESID"] = service
        environment["VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN"] = token
        return environment.merging(more) { $1 }
    }

    func app(service: String? = nil, token: String? = TwilioStage.token, more: [String: String] = [:]) async throws
        -> App
    {
        let environment = environment(service: service, token: token, more: more)
        let loader = ConfigLoader(flags: [:], file: nil, environment: environment)
        var app = App(settings: try Settings(loader), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        // A busy machine has plenty of time.
        app.twilioTimeLimit = .seconds(300)
        return app
    }
}

extension App {
    /// A client of Twilio with these credentials.
    func client(as account: TwilioAccount) throws -> TwilioClient {
        try twilioClient { account }
    }
}
