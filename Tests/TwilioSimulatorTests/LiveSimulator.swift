import Logging
import TestKit
import Testing
import TwilioSimulator

/// Runs a simulator on a free port while `body` runs.
///
/// - Parameter logger: `nil` for one that says nothing.
func withSimulator(
    logger: Logger? = nil, _ body: @escaping @Sendable (TwilioSimulator, Int) async throws -> Void
) async throws {
    var configuration = SimulatorConfiguration()
    configuration.port = 0
    var silent = Logger(label: "test")
    silent.logLevel = .critical
    let simulator = TwilioSimulator(configuration: configuration, logger: logger ?? silent)
    let (ports, ready) = AsyncStream.makeStream(of: Int.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            // Ends the wait for the port when the server could not start.
            defer { ready.finish() }
            try await simulator.run { ready.yield($0) }
        }
        let port = try await Wait.bounded("the simulator's port") { await ports.first { _ in true } }
        try await body(simulator, try #require(port))
        group.cancelAll()
    }
}
