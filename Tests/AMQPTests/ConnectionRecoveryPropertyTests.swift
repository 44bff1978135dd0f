import Basics
import DequeModule
import TestKit
import Testing

@testable import AMQP

@Suite("A broker that answers, and faults") struct ConnectionRecoveryPropertyTests {
    @Test("after any faults everything is consumed and published again, on few channel numbers", arguments: 1...40)
    func recovery(seed: Int) {
        var world = FaultyWorld(seed: UInt64(seed))
        for _ in 0..<400 { world.step() }
        world.calmDown()
        #expect(world.observer.violations.isEmpty, "seed \(seed): \(world.observer.violations)")
        #expect(world.machine.status.isConsuming, "seed \(seed): \(world.machine.status)")
        #expect(world.machine.status.isUsable, "seed \(seed): \(world.machine.status)")
        #expect(world.machine.status.lastError == nil)
        #expect(world.observer.told.count == world.waiters, "seed \(seed): somebody waits for ever")
        #expect(world.observer.told[world.waiters] == .outcome(.confirmed), "seed \(seed)")
        #expect((world.observer.usedNumbers.max() ?? 0) <= 7, "seed \(seed): \(world.observer.usedNumbers)")
        #expect(world.inHand.isEmpty, "seed \(seed): some delivery cannot be settled")
    }
}

/// A machine, a broker that answers every command in time and in order, and a good deal of bad luck.
private struct FaultyWorld {
    private(set) var machine: ConnectionMachine<Int>
    private(set) var observer = MachineObserver(window: 8, limit: 16)
    private(set) var waiters = 0
    /// Deliveries that the consumer works on.
    private(set) var inHand: [DeliveryTag] = []
    private var now = MonotonicTime(nanoseconds: 0)
    private var generator: Seeded
    /// The broker's frames that are under way.
    private var line = Deque<(Frame, UInt16)>()
    private var published: [UInt16: UInt64] = [:]
    private var delivered: [UInt16: UInt64] = [:]
    private var consumers: Set<UInt16> = []

    init(seed: UInt64) {
        generator = Seeded(seed)
        machine = ConnectionMachine(
            [.publish, .consume(MachineDriver.lane), .consume(MachineDriver.other)],
            limits: ConnectionLimits(maximumBodySize: 10, publishWindow: 8), random: Seeded(seed))
    }

    mutating func step() {
        if machine.phase == .disconnected { open() }
        switch Int.random(in: 0..<60, using: &generator) {
        case 0: perform(machine.failed(AMQPError(.connectionLost, "cut")))
        case 1, 2: loseChannel()
        case 3, 4: cancelConsumer()
        case 5: line.append((.blocked(reason: "memory"), 0))
        case 6, 7: line.append((.unblocked, 0))
        case 8..<18: publish()
        case 18..<28: deliver()
        case 28..<36: work()
        case 36..<42: pass(.milliseconds(Int.random(in: 0...400, using: &generator)))
        default: receive()
        }
    }

    /// No more faults: what is under way arrives, all work is done, time passes, one last message is published.
    mutating func calmDown() {
        if machine.phase == .disconnected { open() }
        line.append((.unblocked, 0))
        for _ in 0..<100 {
            while !line.isEmpty { receive() }
            while !inHand.isEmpty { work() }
            pass(.seconds(1))
        }
        publish()
        while !line.isEmpty { receive() }
    }

    private mutating func open() {
        guard machine.beginOpening() else { return }
        observer.connected()
        perform(machine.opened(channelLimit: 16))
        perform(machine.start(now: now))
    }

    private mutating func pass(_ duration: Duration) {
        now = now + duration
        perform(machine.tick(now: now))
        while machine.canPublish { perform(machine.publishNext(now: now)) }
    }

    private mutating func receive() {
        guard let (frame, number) = line.popFirst() else { return }
        observer.comes(frame, on: number)
        perform(machine.received(frame, on: number, now: now))
    }

    private mutating func publish() {
        waiters += 1
        perform(machine.publish(MachineDriver.message(waiters), waiters))
        while machine.canPublish { perform(machine.publishNext(now: now)) }
    }

    private mutating func work() {
        guard let tag = inHand.popLast() else { return }
        perform(machine.settle(tag, .acknowledge))
    }

    private mutating func perform(_ actions: [ConnectionAction<Int>]) {
        observer.see(actions)
        inHand += actions.deliveries.map(\.tag)
        for action in actions {
            switch action {
            case .send(let command): answer(command)
            case .drop:
                line = []
                consumers = []
                published = [:]
                delivered = [:]
            default: break
            }
        }
    }

    // MARK: The broker

    private mutating func answer(_ command: Command) {
        switch command {
        case .openChannel(let number): line.append((.reply(.channelOpen), number))
        case .selectConfirms(let number): line.append((.reply(.confirmSelect), number))
        case .consume(_, let number, _):
            consumers.insert(number)
            line.append((.reply(.consume), number))
        case .closeChannel(let number):
            forget(number)
            line.append((.reply(.channelClose), number))
        case .confirmChannelClose(let number): forget(number)
        case .publish(_, let number):
            published[number, default: 0] += 1
            line.append((.settle(number: published[number] ?? 0, multiple: false, isAck: true), number))
        default: break
        }
    }

    private mutating func forget(_ number: UInt16) {
        consumers.remove(number)
        published[number] = nil
        delivered[number] = nil
    }

    /// Closes a channel; what it had to say before is said before.
    private mutating func loseChannel() {
        guard let number = machine.channels.keys.sorted().randomElement(using: &generator),
            machine.channels[number]?.isLive == true
        else { return }
        consumers.remove(number)
        while !line.isEmpty { receive() }
        guard machine.channels[number]?.isLive == true else { return }
        line.append((.channelClose(.closed(404, "fault")), number))
        receive()
    }

    private mutating func cancelConsumer() {
        guard let number = consumers.sorted().randomElement(using: &generator) else { return }
        consumers.remove(number)
        line.append((.cancelled, number))
    }

    private mutating func deliver() {
        guard let number = consumers.sorted().randomElement(using: &generator), inHand.count < 6 else { return }
        delivered[number, default: 0] += 1
        line.append((.deliver(tag: delivered[number] ?? 0, exchange: "e", routingKey: "k", redelivered: false), number))
        line.append((.header(MessageProperties(), size: 0), number))
    }
}
