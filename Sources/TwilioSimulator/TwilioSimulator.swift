public import Basics
import HTTPTypes
import Hummingbird
public import Logging
import NIOCore

/// A simulator of Twilio Verify on a loopback port, with an outbox of what its phones received.
///
/// It shares no types with the client, so that a mistake there is not repeated here.
public final class TwilioSimulator: Sendable {
    struct State: Sendable {
        var twilio: SimulatedTwilio
        var fault: Fault?
        var clockOffset: Duration = .zero
        var generator = SystemRandomNumberGenerator()
    }

    let configuration: SimulatorConfiguration
    let clocks: Clocks
    let state: Locked<State>
    private let logger: Logger

    public init(configuration: SimulatorConfiguration, clocks: Clocks = .system, logger: Logger) {
        self.configuration = configuration
        self.clocks = clocks
        self.logger = logger
        state = Locked(
            State(
                twilio: SimulatedTwilio(
                    lifetime: configuration.codeLifetime, codeLength: configuration.codeLength)))
    }

    /// Serves until the task is cancelled or a signal to end comes.
    ///
    /// - Parameter onReady: called with the port once it listens.
    public func run(onReady: @escaping @Sendable (Int) async -> Void) async throws {
        let router = Router()
        addRoutes(to: router)
        let application = Application(
            router: router,
            configuration: .init(address: .hostname(configuration.host, port: configuration.port)),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) }, logger: logger)
        try await application.runService()
    }

    var now: Timestamp { clocks.wall() + state.withLock { $0.clockOffset } }
}
