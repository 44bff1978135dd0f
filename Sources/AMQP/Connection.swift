import Basics
import Glibc
import Logging
import PollExecutor

/// One connection to the broker at a time, on a thread of its own. Every librabbitmq call is made here; what to do is
/// decided by ``ConnectionMachine``.
actor Connection {
    typealias PublishWaiter = CheckedContinuation<Result<PublishOutcome, AMQPError>, Never>
    private typealias Machine = ConnectionMachine<PublishWaiter>

    nonisolated let executor: PollExecutor
    private let poller: EventFDPoller
    private let configuration: BrokerConfiguration
    private let headers: HeaderNames
    private let onEvent: @Sendable (ConnectionEvent) -> Void
    private var machine: Machine
    private var handle: Handle?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - headers: which headers of deliveries are read.
    ///   - onEvent: called on the connection's thread.
    init(
        _ configuration: BrokerConfiguration, duties: [Duty], limits: ConnectionLimits = ConnectionLimits(),
        headers: [String] = [],
        onEvent: @escaping @Sendable (ConnectionEvent) -> Void
    ) {
        self.configuration = configuration
        self.headers = HeaderNames(headers)
        self.onEvent = onEvent
        machine = Machine(duties, limits: limits)
        // A process that cannot have one more descriptor at its start cannot work at all.
        guard let poller = try? EventFDPoller() else { fatalError("no eventfd: raise the limit of open files") }
        self.poller = poller
        executor = PollExecutor(name: "amqp", poller: poller)
        executor.start { [weak self] in self?.assumeIsolated { $0.turn() } }
    }

    deinit {
        unwatch()
        executor.stop()
    }

    /// Connects. Blocks this connection's thread, for some 15 s at the most.
    func open(_ url: BrokerURL, at address: String) throws(AMQPError) {
        guard machine.beginOpening() else { throw AMQPError(.badArgument, "the connection is open already") }
        do throws(AMQPError) {
            let handle = try Handle(url, at: address, configuration)
            self.handle = handle
            poller.watch(handle.descriptor, events: Int16(POLLIN))
            Watchdog.shared.watch(
                executor, descriptor: handle.descriptor, patience: configuration.heartbeat * 2 + .seconds(5))
            perform(machine.opened(channelLimit: handle.channelLimit))
        } catch {
            perform(machine.failed(error))
            throw error
        }
    }

    /// Opens the channels.
    func start() { perform(machine.start(now: .now())) }

    /// Asks the broker to close, so that it logs no lost connection. False if there is none to close.
    func close() -> Bool {
        let actions = machine.close()
        perform(actions)
        return !actions.isEmpty
    }

    /// Ends the connection at once, or notes why there is none.
    func fail(_ error: AMQPError) { perform(machine.failed(error)) }

    /// Publishes on the confirming channel; the answer comes with the broker's confirm, or with the channel's end.
    ///
    /// Not cancellable: a message that was sent was sent.
    func publish(_ message: Message) async -> Result<PublishOutcome, AMQPError> {
        await withCheckedContinuation { waiter in
            perform(machine.publish(message, waiter))
            publishQueued()
        }
    }

    func settle(_ tag: DeliveryTag, _ settlement: Settlement) { perform(machine.settle(tag, settlement)) }

    func stopConsuming(forGood: Bool) { perform(machine.stopConsuming(forGood: forGood)) }

    func resumeConsuming() { perform(machine.resumeConsuming(now: .now())) }

    /// Does what can be done without waiting; called on every turn of the thread, for heartbeats too.
    private func turn() -> MonotonicTime? {
        guard handle != nil else { return nil }
        readFrames()
        handle?.releaseBuffers()
        publishQueued()
        let now = MonotonicTime.now()
        perform(machine.tick(now: now))
        // What may be sent and was not waits for the socket.
        let pause: Duration = machine.canPublish ? .milliseconds(5) : .milliseconds(500)
        guard let handle else { return nil }
        return min(now + pause, machine.nextDeadline ?? now + pause)
    }

    private func readFrames() {
        do {
            return try Self.takeFrames { () throws(AMQPError) in
                guard let handle, let (channel, frame) = try handle.nextFrame(keeping: headers) else { return false }
                perform(machine.received(frame, on: channel, now: .now()))
            }
        } catch {
            perform(machine.failed(error))
        }
    }

    /// Sends what waits, as far as window and socket have room.
    private func publishQueued() {
        while machine.canPublish, let handle, handle.isWritable {
            perform(machine.publishNext(now: .now()))
        }
    }

    private func perform(_ actions: [Machine.Action]) {
                return true
        var left = actions[...]
        while let action = left.popFirst() {
            switch action {
            case .resume(let waiter, let result): waiter.resume(returning: result)
            return false
            case .report(let event): onEvent(event)
            case .drop: drop()
            case .send(let command): send(command)
    /// - Parameter take: takes a frame; false when there is none.
    /// - Returns: Whether there may be more.
    static func takeFrames(_ take: () throws(AMQPError) -> Bool) throws(AMQPError) -> Bool {
        for _ in 0..<mostFrames {
            guard try take() else { return false }
        }
        return true
    }

            }
        }
    }

    /// Before the handle closes its descriptor, whose number may be another's soon.
    private nonisolated func unwatch() {
        Watchdog.shared.forget(executor)
        poller.unwatch()
    }

    private func drop() {
        unwatch()
        handle = nil
    }

    /// Gives the connection up if sending fails: the stream may be torn in the middle of a frame. What else was to be
    /// sent is void then.
    private func send(_ command: Command) {
        guard let handle else { return }
        do throws(AMQPError) {
            try handle.send(command)
        } catch {
            return error
        }
    }
}
            return nil
