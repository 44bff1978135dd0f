import Basics
import Glibc
import Logging
import PollExecutor

/// What a connection tells its owner, on its own thread.
enum ConnectionEvent: Sendable {
    case content(channel: UInt16, epoch: UInt64, ContentAssembler.Content)
    case channelReady(UInt16)
    case channelClosed(UInt16, AMQPError)
    case closed(AMQPError)
}

/// One connection to the broker at a time, on a thread of its own. Every librabbitmq call is made here.
///
/// `epoch` counts connections and channels: what belongs to an older one is void.
actor Connection {
    /// How long an unconfirmed publish may wait before the connection is given up: lost confirms do happen.
    static let confirmPatience: Duration = .seconds(10)
    static let publishWindow = 256

    struct Channel {
        var lane: Lane?
        var consumerTag = ""
        var epoch: UInt64
        var isReady = false
        var assembler: ContentAssembler
    }

    typealias PublishWaiter = CheckedContinuation<Result<PublishOutcome, AMQPError>, Never>

    private let executor: PollExecutor
    private let poller: EventFDPoller
    private let configuration: BrokerConfiguration
    private let maximumBodySize: Int
    private let onEvent: @Sendable (ConnectionEvent) -> Void
    let logger: Logger

    var handle: Handle?
    var channels: [UInt16: Channel] = [:]
    var confirms = ConfirmTracker<PublishWaiter>()
    /// Publishes that wait for room in the window or in the socket.
    var queued: [(Message, PublishWaiter)] = []
    var isBlocked = false
    private var epoch: UInt64 = 0
    private var lastConfirm = MonotonicTime.now()
    private var isClosing = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        _ configuration: BrokerConfiguration, maximumBodySize: Int, logger: Logger,
        onEvent: @escaping @Sendable (ConnectionEvent) -> Void
    ) {
        self.configuration = configuration
        self.maximumBodySize = maximumBodySize
        self.logger = logger
        self.onEvent = onEvent
        // A process that cannot have one more descriptor at its start cannot work at all.
        guard let poller = try? EventFDPoller() else { fatalError("no eventfd: raise the limit of open files") }
        self.poller = poller
        executor = PollExecutor(name: "amqp", poller: poller)
        executor.start { [weak self] in self?.assumeIsolated { $0.pump() } }
    }

    // MARK: Life

    /// Connects. Blocks this connection's thread, for some 15 s at the most.
    func open(_ url: BrokerURL) throws(AMQPError) {
        let handle = try Handle(url, configuration)
        epoch += 1
        self.handle = handle
        isBlocked = false
        isClosing = false
        poller.watch(handle.descriptor, events: Int16(POLLIN))
        Watchdog.shared.watch(
            executor, descriptor: handle.descriptor, patience: configuration.heartbeat * 2 + .seconds(5))
    }

    func openPublisher() throws(AMQPError) {
        try send { handle throws(AMQPError) in
            try handle.openChannel(1)
            try handle.selectConfirms(1)
        }
        channels[1] = Channel(epoch: epoch, assembler: ContentAssembler(limit: 0))
    }

    func open(_ lane: Lane, channel: UInt16) throws(AMQPError) {
        epoch += 1
        // A reused tag can wedge a consumer of 3.10: a new one each time.
        let tag = "\(lane.queue).\(epoch)"
        try send { handle throws(AMQPError) in
            try handle.openChannel(channel)
            try handle.consume(lane, channel: channel, consumerTag: tag)
        }
        channels[channel] = Channel(
            lane: lane, consumerTag: tag, epoch: epoch, assembler: ContentAssembler(limit: maximumBodySize))
    }

    /// Asks the broker to close, so that it logs no lost connection; the answer comes to `pump`.
    func close() {
        guard handle != nil else { return }
        isClosing = true
        try? send { handle throws(AMQPError) in try handle.sendClose() }
    }

    /// Ends the connection at once. Whoever waits is told that the outcome is unknown.
    func die(_ error: AMQPError) {
        guard handle != nil else { return }
        Watchdog.shared.forget(executor)
        poller.unwatch()
        handle = nil
        channels = [:]
        failPublishes(error)
        onEvent(.closed(error))
    }

    private func failPublishes(_ error: AMQPError) {
        let lost = AMQPError(.connectionLost, error.message, replyCode: error.replyCode)
        for waiter in confirms.drain() { waiter.resume(returning: .failure(lost)) }
        let unsent = queued
        queued = []
        for (_, waiter) in unsent {
            waiter.resume(returning: .failure(AMQPError(.notConnected, error.message)))
        }
    }

    /// Sends, and gives the connection up if that fails: the stream may be torn in the middle of a frame.
    func send(_ body: (Handle) throws(AMQPError) -> Void) throws(AMQPError) {
        guard let handle else { throw AMQPError(.notConnected, "there is no connection to the broker") }
        do {
            try body(handle)
        } catch {
            die(error)
            throw error
        }
    }

    // MARK: Reading

    /// Does what can be done without waiting; called on every turn of the thread, for heartbeats too.
    private func pump() -> MonotonicTime? {
        guard handle != nil else { return nil }
        do {
            for _ in 0..<1000 {
                guard let handle, let (channel, frame) = try handle.nextFrame() else { break }
                try take(frame, on: channel)
            }
        } catch {
            die(error)
            return nil
        }
        handle?.releaseBuffers()
        flushQueued()
        if confirms.count > 0, !isBlocked, MonotonicTime.now() - lastConfirm > Self.confirmPatience {
            die(AMQPError(.connectionLost, "the broker confirmed nothing for \(Self.confirmPatience)"))
            return nil
        }
        return MonotonicTime.now() + (queued.isEmpty ? .milliseconds(500) : .milliseconds(5))
    }

    private func take(_ frame: Frame, on number: UInt16) throws(AMQPError) {
        switch frame {
        case .deliver(let tag, let exchange, let key, let redelivered):
            channels[number]?.assembler.start(
                .delivery(tag: tag, exchange: exchange, routingKey: key, redelivered: redelivered))
        case .returned(let code, let text):
            channels[number]?.assembler.start(.returned(code: code, text: text))
        case .header(let properties, let size):
            if let content = channels[number]?.assembler.header(properties, size: size) { take(content, on: number) }
        case .body(let part):
            if let content = channels[number]?.assembler.body(part) { take(content, on: number) }
        case .settle(let tag, let multiple, let isAck):
            lastConfirm = .now()
            for (waiter, outcome) in confirms.settle(tag, multiple: multiple, isAck: isAck) {
                waiter.resume(returning: .success(outcome))
            }
        case .blocked(let blocked): isBlocked = blocked
        default: try control(frame, on: number)
        }
    }

    private func control(_ frame: Frame, on number: UInt16) throws(AMQPError) {
        switch frame {
        case .reply(.consume), .reply(.confirmSelect):
            channels[number]?.isReady = true
            onEvent(.channelReady(number))
        case .cancelled:
            // Its queue is gone: tags of this channel stay valid, but nothing will come any more.
            channels[number]?.isReady = false
            onEvent(.channelClosed(number, AMQPError(.notFound, "the broker cancelled the consumer")))
        case .channelClose(let error):
            try handle?.confirmChannelClose(number)
            channels[number] = nil
            if number == 1 { failPublishes(error) }
            onEvent(.channelClosed(number, error))
        case .connectionClose(let error):
            try? handle?.confirmClose()
            throw AMQPError(.connectionLost, error.message, replyCode: error.replyCode)
        case .reply(.connectionClose): throw AMQPError(.closed, "closed")
        default: break
        }
    }

    private func take(_ content: ContentAssembler.Content, on number: UInt16) {
        guard let channel = channels[number] else { return }
        if case .returned(let code, let text) = content.start {
            confirms.markReturned(messageID: content.properties.messageID, code: code, text: text)
        } else {
            onEvent(.content(channel: number, epoch: channel.epoch, content))
        }
    }

    func noteConfirmActivity() {
        if confirms.count == 0 { lastConfirm = .now() }
    }
}
