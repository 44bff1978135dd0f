import Basics
import TestKit

@testable import AMQP

/// An open connection's machine with a publisher and a consumer, two messages under way, that hears what it is told.
struct BrokerTalk {
    private static let largest = 16_384

    private var machine: ConnectionMachine<Int>
    private let now = MonotonicTime(nanoseconds: 1_000_000_000)
    private var actions: [ConnectionAction<Int>] = []

    init() {
        machine = ConnectionMachine(
            [.publish, .consume(Lane(queue: "verify.send", prefetch: 4))],
            limits: ConnectionLimits(maximumBodySize: Self.largest), random: Seeded(1))
        _ = machine.beginOpening()
        actions += machine.opened(channelLimit: 8) + machine.start(now: now)
        receive(.reply(.confirmSelect), on: 1)
        receive(.reply(.consume), on: 2)
        for waiter in 0...1 {
            var properties = MessageProperties()
            properties.messageID = "w\(waiter)"
            actions += machine.publish(
                Message(exchange: "", routingKey: "q", mandatory: true, properties: properties, body: []), waiter)
            actions += machine.publishNext(now: now)
        }
    }

    mutating func receive(_ frame: Frame, on channel: UInt16) {
        actions += machine.received(frame, on: channel, now: now)
    }

    var deliveries: [Delivery] {
        actions.compactMap { if case .report(.delivery(let delivery)) = $0 { delivery } else { nil } }
    }

    /// Time goes by, what came is settled, the connection is lost: then everybody has been told, once.
    mutating func end() throws(BrokenPromise) {
        try checkDeliveries()
        for delivery in deliveries { actions += machine.settle(delivery.tag, .acknowledge) }
        actions += machine.tick(now: now + .seconds(60)) + machine.failed(AMQPError(.connectionLost, "gone"))
        var told: [Int] = []
        for case .resume(let waiter, _) in actions { told.append(waiter) }
        try insist(told.sorted() == [0, 1], "publishers were told \(told)")
    }

    private func checkDeliveries() throws(BrokenPromise) {
        try insist(Set(deliveries.map(\.tag)).count == deliveries.count, "one delivery twice")
        for case .bytes(let body) in deliveries.map(\.body) {
            try insist(body.count <= Self.largest, "a body beyond the limit")
        }
    }
}
