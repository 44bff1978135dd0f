import AMQP
import App
import Logging
import Testing

extension TopologyPlan {
    /// Declares a queue of the plan with another delivery limit, with all that leads to it.
    static func declare(_ name: String, deliveryLimit: Int64, configured environment: [String: String]) async throws {
        let settings = try Settings(ConfigLoader(flags: [:], file: nil, environment: environment))
        var queue = try #require(queues.first { $0.name == name })
        queue.arguments = FieldTable(
            queue.arguments.entries.map { ($0.0, $0.0 == "x-delivery-limit" ? .int(deliveryLimit) : $0.1) })
        let changed = queue
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await BrokerAdmin.withConnection(settings.broker(name: "test"), logger: logger) { broker in
            for exchange in exchanges { try await broker.declareExchange(exchange) }
            try await broker.declareQueue(changed)
            for binding in bindings where binding.queue == name { try await broker.bind(binding) }
        }
    }
}
