import Basics

@testable import AMQP

/// Always the longest pause.
struct Longest: RandomNumberGenerator {
    mutating func next() -> UInt64 { .max }
}

/// A machine under test with a clock of its own; waiters are numbers.
///
/// Keeps what it was told to do.
final class MachineDriver {
    typealias Action = ConnectionAction<Int>

    static let lane = Lane(queue: "q", prefetch: 4)
    static let other = Lane(queue: "r", prefetch: 4)

    var machine: ConnectionMachine<Int>
    var now = MonotonicTime(nanoseconds: 1_000_000_000)
    /// Since the last ``take()``.
    private var actions: [Action] = []

    init(_ duties: [Duty], limits: ConnectionLimits = ConnectionLimits(maximumBodySize: 100)) {
        machine = ConnectionMachine(duties, limits: limits, random: Longest())
    }

    /// A machine whose connection is open and whose channels are ready; channel 1 is the first duty's.
    static func ready(
        _ duties: [Duty], limits: ConnectionLimits = ConnectionLimits(maximumBodySize: 100)
    ) -> MachineDriver {
        let driver = MachineDriver(duties, limits: limits)
        driver.connect()
        for number in driver.machine.channels.keys.sorted() { driver.agree(number) }
        _ = driver.take()
        return driver
    }

    static func publisher(limits: ConnectionLimits = ConnectionLimits()) -> MachineDriver {
        ready([.publish], limits: limits)
    }

    static func consumer(_ lanes: [Lane] = [lane]) -> MachineDriver {
        ready(lanes.map(Duty.consume))
    }

    func connect(channelLimit: UInt16 = 16) {
        beginOpening()
        opened(channelLimit: channelLimit)
        start()
    }

    @discardableResult
    func beginOpening() -> Bool { machine.beginOpening() }

    func opened(channelLimit: UInt16 = 16) { actions += machine.opened(channelLimit: channelLimit) }
    func start() { actions += machine.start(now: now) }
    func publishNext() { actions += machine.publishNext(now: now) }
    /// Publishes without sending.
    func queue(_ waiter: Int) { actions += machine.publish(Self.message(waiter), waiter) }

    /// The broker agrees to a channel's duty.
    func agree(_ number: UInt16) {
        guard let channel = machine.channels[number] else { return }
        receive(.reply(.channelOpen), on: number)
        receive(machine.duties[channel.duty].duty == .publish ? .reply(.confirmSelect) : .reply(.consume), on: number)
    }

    func receive(_ frame: Frame, on number: UInt16 = 1) {
        actions += machine.received(frame, on: number, now: now)
    }

    func deliver(_ tag: UInt64, on number: UInt16 = 1) {
        receive(.deliver(tag: tag, exchange: "e", routingKey: "k", redelivered: false), on: number)
        receive(.header(MessageProperties(), size: 1), on: number)
        receive(.body([7]), on: number)
    }

    func comeBack(_ messageID: String?, from queue: String = "q", on number: UInt16 = 1) {
        var properties = MessageProperties()
        properties.messageID = messageID
        receive(.returned(code: 312, text: "NO_ROUTE", exchange: "", routingKey: queue), on: number)
        receive(.header(properties, size: 0), on: number)
    }

    /// Publishes, and sends as much as the machine lets.
    func publish(_ waiter: Int) {
        queue(waiter)
        flush()
    }

    func flush() {
        while machine.canPublish { publishNext() }
    }

    func settle(_ tag: DeliveryTag, _ settlement: Settlement = .acknowledge) {
        actions += machine.settle(tag, settlement)
    }

    func fail(_ error: AMQPError = AMQPError(.connectionLost, "gone")) { actions += machine.failed(error) }
    /// The command at `index` of what was to be done cannot be sent.
    func failToSend(_ index: Int, of list: [Action]) {
        let rest = Array(list.dropFirst(index + 1))
        actions += machine.sendFailed(AMQPError(.connectionLost, "torn"), leaving: rest)
    }
    func close() { actions += machine.close() }
    func stopConsuming() { actions += machine.stopConsuming() }
    func pauseConsuming() { actions += machine.stopConsuming(forGood: false) }
    func pause(_ queues: Set<String>) { actions += machine.pause(queues, now: now) }
    func resumeConsuming() { actions += machine.resumeConsuming(now: now) }

    func pass(_ duration: Duration) {
        now = now + duration
        actions += machine.tick(now: now)
    }

    /// What was to be done since the last call, in order.
    func take() -> [Action] {
        defer { actions = [] }
        return actions
    }

    func takeCommands() -> [Command] { take().commands }

    static func message(_ id: Int) -> Message {
        var properties = MessageProperties()
        properties.messageID = String(id)
        return Message(exchange: "", routingKey: "q", mandatory: true, properties: properties, body: [])
    }
}

extension [ConnectionAction<Int>] {
    var commands: [Command] {
        compactMap { if case .send(let command) = $0 { command } else { nil } }
    }

    var deliveries: [Delivery] {
        compactMap { if case .report(.delivery(let delivery)) = $0 { delivery } else { nil } }
    }

    var statuses: [BrokerStatus] {
        compactMap { if case .report(.status(let status)) = $0 { status } else { nil } }
    }

    /// What each waiter was told: its outcome, or the code of the error.
    var told: [Int: Told] {
        var told: [Int: Told] = [:]
        for case .resume(let waiter, let result) in self { told[waiter] = Told(result) }
        return told
    }
}

/// What a waiter was told, without the words.
enum Told: Equatable {
    case outcome(PublishOutcome)
    case error(AMQPError.Code)

    init(_ result: Result<PublishOutcome, AMQPError>) {
        switch result {
        case .success(let outcome): self = .outcome(outcome)
        case .failure(let error): self = .error(error.code)
        }
    }
}
