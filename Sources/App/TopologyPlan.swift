public import AMQP
import Wire

/// Exchanges, queues and bindings of contract section 1: what is safety is an argument here, never a policy.
public enum TopologyPlan {
    /// The exchanges, in the order of their declaration.
    public static let exchanges: [ExchangeDeclaration] = [
        ExchangeDeclaration(name: WireName.jobs, kind: "topic", durable: true),
        ExchangeDeclaration(name: WireName.dead, kind: "fanout", durable: true),
        ExchangeDeclaration(name: WireName.events, kind: "topic", durable: true),
        ExchangeDeclaration(name: WireName.status, kind: "fanout", durable: true),
    ]

    /// The lanes and the queue for what the broker dead-letters.
    public static var queues: [QueueDeclaration] {
        LaneName.allCases.map { queue($0.queue, laneArguments) } + [queue(WireName.dead, deadArguments)]
    }

    /// Every key of the contract, bound to its lane one by one.
    public static var bindings: [Binding] {
        JobKind.allCases.map { Binding(exchange: WireName.jobs, queue: $0.lane.queue, routingKey: $0.rawValue) }
            + [Binding(exchange: WireName.dead, queue: WireName.dead, routingKey: "")]
    }

    private static let laneArguments: [(String, FieldValue)] = [
        ("x-queue-type", text("quorum")), ("x-dead-letter-exchange", text(WireName.dead)),
        ("x-dead-letter-strategy", text("at-least-once")), ("x-overflow", text("reject-publish")),
        ("x-delivery-limit", .int(100)),
    ]

    /// Without a limit of its own, a 4.x broker would delete a dead letter after 20 looks.
    private static let deadArguments: [(String, FieldValue)] = [
        ("x-queue-type", text("quorum")), ("x-delivery-limit", .int(1_000_000)),
    ]

    private static func queue(_ name: String, _ arguments: [(String, FieldValue)]) -> QueueDeclaration {
        QueueDeclaration(
            name: name, durable: true, exclusive: false, autoDelete: false, arguments: FieldTable(arguments))
    }

    private static func text(_ value: String) -> FieldValue { .string(Array(value.utf8)) }

    /// The plan in words, a line each.
    public static var lines: [String] {
        exchanges.map { "exchange \($0.name) \($0.kind) durable" }
            + queues.map { queue in
                let arguments = queue.arguments.entries.map { "\($0.0)=\($0.1.plain)" }.joined(separator: " ")
                return "queue \(queue.name) durable \(arguments)"
            }
            + bindings.map { "binding \($0.exchange) -> \($0.queue) \($0.routingKey)" }
    }
}

extension FieldValue {
    /// As an operator would write it.
    var plain: String {
        if case .int(let number) = self { return String(number) }
        return text ?? ""
    }
}
