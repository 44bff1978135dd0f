import Basics
import Glibc
import Logging
import PollExecutor

/// One connection to the broker at a time, on a thread of its own. Every librabbitmq call is made here; what to do is
/// decided by ``ConnectionMachine``.
actor Connection {
    private typealias Machine = ConnectionMachine<PublishWaiter>

    nonisolated let executor: PollExecutor
    /// What is taken from the queues, as of some tenths of a second ago; read by anybody, also while the thread is blocked.
    nonisolated let counts = Locked<[QueueCount]>([])
    /// The same of what the connections have been through.
    nonisolated let tally = Locked(BrokerTally())
    private var nextCounting = MonotonicTime(nanoseconds: 0)
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

    /// Connects.
    ///
    /// Blocks this connection's thread, for some 15 s at the most.
    func open(_ url: BrokerURL, at address: String) throws(AMQPError) {
        guard machine.beginOpening() else { throw AMQPError(.badArgument, "the connection is open already") }
        do throws(AMQPError) {
            let handle = try Handle(url, at: address, configuration)
            guard handle.channelLimit >= machine.duties.count else {
                throw AMQPError.tooFewChannels(Int(handle.channelLimit), needed: machine.duties.count)
            }
            self.handle = handle
            tally.withLock { $0.certificateExpiry = handle.certificateExpiry }
            poller.watch(handle.descriptor, events: Int16(POLLIN))
            Watchdog.shared.watch(
                executor, descriptor: handle.descriptor, patience: configuration.heartbeat * 2 + .seconds(5))
            perform(machine.opened(channelLimit: handle.channelLimit))
        } catch {
            perform(machine.failed(error))
            throw error
        }
    }

    /// Whether a channel of the present connection, or else of the latest, came to be of use.
    var hasServed: Bool { machine.hasServed }

    /// Opens the channels.
    func start() { perform(machine.start(now: .now())) }

    /// Asks the broker to close, so that it logs no lost connection.
    ///
    /// False if there is none to close.
    func close() -> Bool {
        let actions = machine.close()
        perform(actions)
        return !actions.isEmpty
    }

    /// Ends the connection at once, or notes why there is none.
    func fail(_ error: AMQPError) { perform(machine.failed(error)) }

    /// Publishes on the confirming channel; the answer comes with the broker's confirm, or with the channel's end.
    ///
    /// Cancelled, it ends at once; what was sent was sent.
    func publish(_ message: Message) async -> Result<PublishOutcome, AMQPError> {
        guard !Task.isCancelled else { return .failure(AMQPError(.notConnected, "cancelled")) }
        let waiter = PublishWaiter()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiter.wait(continuation)
                perform(machine.publish(message, waiter))
                publishQueued()
            }
        } onCancel: {
            waiter.resume(returning: .failure(AMQPError(.connectionLost, "cancelled before the broker spoke of it")))
        }
    }

    func settle(_ tag: DeliveryTag, _ settlement: Settlement) { perform(machine.settle(tag, settlement)) }

    func stopConsuming(forGood: Bool) { perform(machine.stopConsuming(forGood: forGood)) }

    func pause(_ queues: Set<String>) { perform(machine.pause(queues, now: .now())) }

    func resumeConsuming() { perform(machine.resumeConsuming(now: .now())) }

    /// Does what can be done without waiting; called on every turn of the thread, for heartbeats too.
    private func turn() -> MonotonicTime? {
        guard handle != nil else { return nil }
        let hasMore = readFrames()
        publishQueued()
        let now = MonotonicTime.now()
        perform(machine.tick(now: now))
        count(at: now)
        guard let handle else { return nil }
        // What may be sent and was not waits for the socket.
        poller.watch(handle.descriptor, events: Int16(machine.canPublish ? POLLIN | POLLOUT : POLLIN))
        return Self.nextTurn(now: now, hasMore: hasMore, machine.nextDeadline)
    }

    /// Not at every turn: there is one for each job.
    private func count(at now: MonotonicTime) {
        guard now >= nextCounting else { return }
        nextCounting = now + .milliseconds(200)
        takeCounts()
    }

    private func takeCounts() {
        counts.withLock { $0 = machine.counts }
        tally.withLock { ($0.channelCloses, $0.unconfirmed) = (machine.tally.channelCloses, machine.confirms.count) }
    }

    /// When the thread is to take its next turn at the latest, if nothing happens before.
    ///
    /// Heartbeats want one now and then.
    ///
    /// - Parameter hasMore: frames may lie in the library's own buffer, where the poller cannot see them.
    static func nextTurn(now: MonotonicTime, hasMore: Bool, _ deadline: MonotonicTime?) -> MonotonicTime {
        let latest = hasMore ? now : now + .milliseconds(500)
        return min(latest, deadline ?? latest)
    }

    /// How many frames are read before the thread sees to other things.
    static let mostFrames = 1000

    /// Whether there may be more.
    private func readFrames() -> Bool {
        do {
            return try Self.takeFrames { () throws(AMQPError) in
                guard let handle, let (channel, frame) = try handle.nextFrame(keeping: headers) else { return false }
                perform(machine.received(frame, on: channel, now: .now()))
                return true
            }
        } catch {
            perform(machine.failed(error))
            return false
        }
    }

    /// - Parameter take: takes a frame; false when there is none.
    /// - Returns: Whether there may be more.
    static func takeFrames(_ take: () throws(AMQPError) -> Bool) throws(AMQPError) -> Bool {
        for _ in 0..<mostFrames {
            guard try take() else { return false }
        }
        return true
    }

    /// Sends what waits, as far as window and socket have room.
    private func publishQueued() {
        while machine.canPublish, let handle, handle.isWritable {
            perform(machine.publishNext(now: .now()))
        }
    }

    private func perform(_ actions: [Machine.Action]) {
        var left = actions[...]
        while let action = left.popFirst() {
            switch action {
            case .resume(let waiter, let result): waiter.resume(returning: result)
            case .report(let event): onEvent(event)
            case .drop: drop()
            case .send(let command):
                if let error = send(command) { left = machine.sendFailed(error, leaving: Array(left))[...] }
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
        takeCounts()
    }

    /// Why it could not be sent: the stream may be torn in the middle of a frame.
    private func send(_ command: Command) -> AMQPError? {
        guard let handle else { return nil }
        do throws(AMQPError) {
            try handle.send(command)
            return nil
        } catch {
            return error
        }
    }
}
