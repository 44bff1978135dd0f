import Logging
import Testing
import TwilioSimulator

/// Runs a simulator on a free port while `body` runs.
func withSimulator(_ body: @escaping @Sendable (TwilioSimulator, Int) async throws -> Void) async throws {
    var configuration = SimulatorConfiguration()
    configuration.port = 0
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let simulator = TwilioSimulator(configuration: configuration, logger: logger)
    let (ports, ready) = AsyncStream.makeStream(of: Int.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            // Ends the wait for the port when the server could not start.
            defer { ready.finish() }
            try await simulator.run { ready.yield($0) }
        }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        try await body(simulator, port)
        group.cancelAll()
    }
}
