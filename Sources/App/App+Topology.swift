import AMQP
import Logging

extension App {
    /// Declares exchanges, queues and bindings.
    ///
    /// Safe to run again; what exists with other arguments is an error that names it.
    public func applyTopology() async throws {
        try await BrokerAdmin.withConnection(settings.broker(name: "verify-courier topology"), logger: logger) {
            admin in
            for exchange in TopologyPlan.exchanges { try await admin.declareExchange(exchange) }
            for queue in TopologyPlan.queues { try await admin.declareQueue(queue) }
            for binding in TopologyPlan.bindings { try await admin.bind(binding) }
        }
    }
}

extension App {
    /// Waits until the broker can be reached and every lane exists.
    ///
    /// - Throws: ``ConfigProblem`` when the lanes are missing or may not be read, `AMQPError` when the broker stays out of
    ///   reach.
    public func requireTopology(within patience: Duration) async throws {
        let clock = ContinuousClock()
        let end = clock.now + patience
        while true {
            do {
                return try await lookForLanes()
            } catch let error as AMQPError where error.code == .notFound {
                guard clock.now < end else {
                    throw ConfigProblem("the lanes are missing at the broker: run 'verify-courier topology apply'")
                }
            } catch let error as AMQPError where error.code == .accessRefused {
                throw ConfigProblem(LaneRights.problem(error))
            } catch let error as AMQPError {
                guard clock.now < end else { throw error }
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    private func lookForLanes() async throws {
        try await BrokerAdmin.withConnection(settings.broker(name: "verify-courier check"), logger: logger) { admin in
            let version = try await admin.serverProperties()["version"]?.text
            do {
                for queue in TopologyPlan.queues { _ = try await admin.messageCount(of: queue.name) }
            } catch let error as AMQPError where error.code == .accessRefused && LaneRights.areHidden(by: version) {
                // Consuming takes no such right, and finds out as well; it only cannot end the start.
                logger.warning("this broker does not tell whether the lanes exist: they are consumed unseen")
            }
        }
    }
}

/// What the worker's user may ask of the lanes.
enum LaneRights {
    /// Releases that want the right to configure for a mere question (rabbitmq-server#16085); those after them take any
    /// right, those before none.
    private static let hiding = ["4.2.6", "4.3.0"]

    static func areHidden(by version: String?) -> Bool { version.map(hiding.contains) ?? false }

    static func problem(_ error: AMQPError) -> String {
        "the worker's broker user may not read the lanes: give it the rights that 'verify-courier topology definitions' "
            + "lists (\(error))"
    }
}
