import Basics
import TestKit
import Testing

@testable import AMQP

@Suite("Any sequence of events") struct ConnectionMachinePropertyTests {
    @Test("whatever happens, in any order, no promise is broken", arguments: 1...60)
    func anything(seed: Int) {
        var storm = EventStorm(seed: UInt64(seed))
        for _ in 0..<1500 { storm.step() }
        storm.end()
        #expect(storm.observer.violations.isEmpty, "seed \(seed): \(storm.observer.violations)")
        #expect(storm.observer.told.count == storm.waiters, "seed \(seed)")
        #expect(storm.observer.sent.count > 0, "seed \(seed) has published nothing: it tests nothing")
    }
}

/// Every event there is, with any arguments, by chance: also such as no broker would send.
private struct EventStorm {
    private static let window = 3
    private static let limit: UInt16 = 6

    private(set) var observer = MachineObserver(window: window, limit: limit)
    private(set) var waiters = 0
    private var machine: ConnectionMachine<Int>
    private var now = MonotonicTime(nanoseconds: 0)
    private var generator: Seeded
    private var delivered: [DeliveryTag] = [DeliveryTag(epoch: 0, channel: 1, number: 1)]

    init(seed: UInt64) {
        generator = Seeded(seed)
        let renewed = Lane(queue: "r", prefetch: 4, renewal: .seconds(3))
        machine = ConnectionMachine(
            [.publish, .consume(MachineDriver.lane), .consume(renewed)],
            limits: ConnectionLimits(maximumBodySize: 10, publishWindow: Self.window), random: Seeded(seed))
    }

    mutating func step() {
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<8: open()
        case 8: see(machine.failed(AMQPError(.connectionLost, "chance")))
        case 9: if Int.random(in: 0..<5, using: &generator) == 0 { see(machine.close()) }
        case 10: if Int.random(in: 0..<40, using: &generator) == 0 { see(machine.stopConsuming()) }
        case 11: see(machine.stopConsuming(forGood: false))
        case 12: see(machine.resumeConsuming(now: now))
        case 13: see(machine.pause(Set(["q", "r"].filter { _ in Bool.random(using: &generator) }), now: now))
        case 14..<30: pass()
        case 30..<45: publish()
        case 45..<55: see(machine.publishNext(now: now))
        case 55..<65: settle()
        default: receive()
        }
    }

    mutating func end() {
        see(machine.failed(AMQPError(.closed, "the end")))
    }

    private mutating func see(_ actions: [ConnectionAction<Int>]) {
        delivered += actions.deliveries.map(\.tag)
        observer.see(actions)
    }

    private mutating func open() {
        guard machine.beginOpening() else { return see(machine.start(now: now)) }
        observer.connected()
        see(machine.opened(channelLimit: Self.limit))
        see(machine.start(now: now))
    }

    private mutating func pass() {
        now = now + .milliseconds(Int.random(in: 0...2000, using: &generator))
        see(machine.tick(now: now))
    }

    private mutating func publish() {
        waiters += 1
        see(machine.publish(MachineDriver.message(waiters), waiters))
    }

    private mutating func settle() {
        guard let tag = delivered.randomElement(using: &generator) else { return }
        see(machine.settle(tag, [.acknowledge, .requeue, .deadLetter].randomElement(using: &generator) ?? .requeue))
    }

    private mutating func receive() {
        let known = machine.channels.keys.sorted().randomElement(using: &generator)
        let number = Bool.random(using: &generator) ? known ?? 0 : .random(in: 0...Self.limit, using: &generator)
        let frame = frame()
        observer.comes(frame, on: number)
        see(machine.received(frame, on: number, now: now))
    }

    private mutating func frame() -> Frame {
        let number = UInt64.random(in: 1...8, using: &generator)
        let isEven = number % 2 == 0
        var properties = MessageProperties()
        properties.messageID = String(max(1, waiters - Int(number)))
        switch Int.random(in: 0..<40, using: &generator) {
        case 0..<4: return .deliver(tag: number, exchange: "e", routingKey: "k", redelivered: isEven)
        case 4..<6: return .returned(code: 312, text: "NO_ROUTE", exchange: "", routingKey: "q")
        case 6..<11: return .header(properties, size: isEven ? 0 : number)
        case 11..<14: return .body(Array(repeating: 1, count: Int(number)))
        case 14..<18: return .settle(number: number, multiple: isEven, isAck: number % 3 != 0)
        case 18: return .cancelled
        case 19: return isEven ? .channelClose(.closed(404, "chance")) : .other
        case 20: return number == 1 ? .connectionClose(.closed(320, "chance")) : .other
        case 21: return .blocked(reason: "chance")
        case 22..<24: return .unblocked
        case 24..<28: return .reply(.confirmSelect)
        case 28..<33: return .reply(.consume)
        case 33..<36: return .reply(.channelClose)
        default: return .reply([.channelOpen, .qos, .cancel, .queueDeclare, .connectionClose][Int(number) % 5])
        }
    }
}
