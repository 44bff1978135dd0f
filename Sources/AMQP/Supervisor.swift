import Basics
import Logging

/// Keeps one connection: connects, waits for its end, waits a while, connects again.
struct Supervisor: Sendable {
    /// Refused log-ins are a matter of configuration: hurrying would only fill the broker's log.
    private static let pauseAfterRefusal: Duration = .seconds(30)

    let configuration: BrokerConfiguration
    let connection: Connection
    let closed: Signal
    let logger: Logger
    let lastError = Locked<AMQPError?>(nil)

    init(configuration: BrokerConfiguration, connection: Connection, closed: Signal, logger: Logger) {
        self.configuration = configuration
        self.connection = connection
        self.closed = closed
        self.logger = logger
    }

    func run(_ set: @Sendable (Connection) async throws(AMQPError) -> Void) async {
        var backoff = Backoff(first: .milliseconds(250), longest: .seconds(30))
        var turn = 0
        while !Task.isCancelled {
            let url = configuration.urls[turn % configuration.urls.count]
            turn += 1
            closed.set(false)
            do throws(AMQPError) {
                try await connection.open(url)
                try await set(connection)
                lastError.withLock { $0 = nil }
                logger.debug("connected", metadata: ["broker": "\(url)"])
                backoff.reset()
                await closed.wait()
                if Task.isCancelled { break }
                await connection.die(AMQPError(.connectionLost, "the channel was closed"))
                logger.warning("connection lost", metadata: ["broker": "\(url)"])
                try? await Task.sleep(for: backoff.next())
            } catch {
                lastError.withLock { $0 = error }
                logger.warning("no connection", metadata: ["error": "\(error)"])
                let isRefused = error.code == .authentication || error.code == .virtualHost
                try? await Task.sleep(for: isRefused ? Self.pauseAfterRefusal : backoff.next())
            }
        }
        await end()
    }

    /// Says good-bye and waits for the answer, a second at most.
    private func end() async {
        await connection.close()
        // Not in the cancelled task: its sleeps and waits would end at once.
        let closed = closed
        await Task {
            await withTaskGroup { group in
                group.addTask { await closed.wait() }
                group.addTask { try? await Task.sleep(for: .seconds(1)) }
                await group.next()
                group.cancelAll()
            }
        }.value
        await connection.die(AMQPError(.closed, "closed"))
    }
}
