import AMQP

extension TopologyDefinitions {
    /// ``TopologyPlan`` in RabbitMQ's own form.
    struct Topology: Encodable, Sendable {
        struct Exchange: Encodable {
            var name: String
            var vhost: String?
            var type: String
            var durable: Bool
            let autoDelete = false
            let isInternal = false
            let arguments: [String: Value] = [:]

            private enum CodingKeys: String, CodingKey {
                case name, vhost, type, durable, arguments
                case autoDelete = "auto_delete"
                case isInternal = "internal"
            }
        }

        struct Queue: Encodable {
            var name: String
            var vhost: String?
            var durable: Bool
            var autoDelete: Bool
            var arguments: [String: Value]

            private enum CodingKeys: String, CodingKey {
                case name, vhost, durable, arguments
                case autoDelete = "auto_delete"
            }
        }

        struct Link: Encodable {
            var source: String
            var vhost: String?
            var destination: String
            let destinationType = "queue"
            var routingKey: String
            let arguments: [String: Value] = [:]

            private enum CodingKeys: String, CodingKey {
                case source, vhost, destination, arguments
                case destinationType = "destination_type"
                case routingKey = "routing_key"
            }
        }

        var exchanges: [Exchange]
        var queues: [Queue]
        var bindings: [Link]

        /// - Parameter virtualHost: left out of the objects when `nil`.
        init(virtualHost: String?) {
            exchanges = TopologyPlan.exchanges.map {
                Exchange(name: $0.name, vhost: virtualHost, type: $0.kind, durable: $0.durable)
            }
            queues = TopologyPlan.queues.map { queue in
                let arguments = queue.arguments.entries.map { ($0.0, Value($0.1)) }
                return Queue(
                    name: queue.name, vhost: virtualHost, durable: queue.durable, autoDelete: queue.autoDelete,
                    arguments: Dictionary(arguments, uniquingKeysWith: { $1 }))
            }
            bindings = TopologyPlan.bindings.map {
                Link(source: $0.exchange, vhost: virtualHost, destination: $0.queue, routingKey: $0.routingKey)
            }
        }
    }
}

extension TopologyPlan {
    /// The plan as one JSON object, in RabbitMQ's terms.
    public static func json() throws -> String {
        try TopologyDefinitions.json(TopologyDefinitions.Topology(virtualHost: nil))
    }
}
