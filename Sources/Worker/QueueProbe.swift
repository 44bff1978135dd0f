import AMQP
import Basics
import Logging
import Store
import Wire

/// Asks the broker how full the queues are, over a connection of its own that is there only while it is this worker's task.
///
/// Best effort: what goes wrong here keeps no job waiting, and makes way for the connections that jobs need.
actor QueueProbe {
    private static let queues = LaneName.allCases.map(\.queue) + [WireName.dead]
    /// A broker that has no room, or does not let us ask, is not asked again for long.
    private static let refusal = Duration.seconds(600)

    private let configuration: BrokerConfiguration
    private let logger: Logger
    private var connection: AdminConnection?
    private var backoff = Backoff(first: .seconds(2), longest: .seconds(60))
    private var notBefore = MonotonicTime(nanoseconds: 0)
    /// A question is under way, which may take long.
    private var isAsking = false

    init(_ configuration: BrokerConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// - Parameter patience: a broker that takes longer is not waited for.
    /// - Returns: all queues, or nothing.
    func ask(within patience: Duration) async -> [QueueReading] {
        guard !isAsking, MonotonicTime.now() >= notBefore else { return [] }
        isAsking = true
        return await value(within: patience) { await self.askNow() } ?? []
    }

    /// Lets the connection go.
    func rest() async {
        guard !isAsking, let connection else { return }
        self.connection = nil
        await connection.close()
    }

    private func askNow() async -> [QueueReading] {
        defer { isAsking = false }
        do throws(AMQPError) {
            let connection = try await opened()
            var readings: [QueueReading] = []
            for queue in Self.queues {
                let depth = try await connection.depth(of: queue)
                readings.append(QueueReading(queue: queue, ready: depth.ready, consumers: depth.consumers))
            }
            backoff.reset()
            return readings
        } catch {
            await giveUp(error)
            return []
        }
    }

    private func opened() async throws(AMQPError) -> AdminConnection {
        if let connection { return connection }
        let made = try await AdminConnection.open(configuration)
        connection = made
        return made
    }

    private func giveUp(_ error: AMQPError) async {
        logger.debug("the queues are not told", metadata: ["error": "\(error)"])
        let isRefused = error.isRefusal || error.code == .limit || error.code == .accessRefused
        notBefore = .now() + (isRefused ? Self.refusal : backoff.next())
        let broken = connection
        connection = nil
        await broken?.close()
    }
}
