import Basics
import DequeModule

/// The life of one connection to the broker and of its channels, without any I/O: whoever does the I/O tells what
/// happened, and does what each event returns, in that order.
///
/// Time and chance are parameters.
///
///     disconnected -> opening -> open -> closing -> disconnected       failing leads from each to disconnected
///     a channel:  opening -> ready -> cancelling -> cancelled -> closing -> gone
///
/// Every life of a channel has an epoch of its own, over all connections: what belongs to an older one is void.
/// Nothing that a peer sends can trap it; what makes no sense is passed over.
struct ConnectionMachine<Waiter> {
    typealias Action = ConnectionAction<Waiter>

    enum Phase: Equatable {
        case disconnected
        case opening
        case open
        /// We said good-bye and wait for the answer.
        case closing
    }

    private(set) var phase = Phase.disconnected
    /// Why there is no connection: kept while another one is tried.
    private var lastError: AMQPError?
    let limits: ConnectionLimits
    var duties: [DutyState]
    var channels: [UInt16: ChannelState] = [:]
    var numbers = ChannelNumbers(limit: 0)
    var epoch: UInt64 = 0
    var blockage: BrokerStatus.Blockage?
    /// Lanes are wanted open, over all connections.
    var wantsDeliveries = true
    /// Queues that are not consumed for now, over all connections: by an operator's wish, lane by lane.
    var pausedQueues: Set<String> = []
    /// They may be wanted again once they are not.
    var mayResume = true
    /// Channels are opened on this connection.
    private(set) var isStarted = false
    /// A channel came to be of use on this connection, or on the latest.
    var hasServed = false
    /// The channel for publishing, while it is ready.
    var publishChannel: UInt16?
    /// Publishes that wait for room in the window or in the socket.
    ///
    /// Bounded by the number of their callers, who wait.
    var queued = Deque<(Message, Waiter)>()
    var confirms = ConfirmTracker<Waiter>()
    /// What is counted here of it: over all connections.
    var tally = BrokerTally()
    /// When to give the connection up, while confirms are due.
    var confirmDeadline: MonotonicTime?
    var random: any RandomNumberGenerator
    private var reported = BrokerStatus()

    init(
        _ duties: [Duty], limits: ConnectionLimits = ConnectionLimits(),
        random: any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) {
        self.duties = duties.map(DutyState.init)
        self.limits = limits
        self.random = random
        reported = status
    }

    // MARK: Life

    /// Before connecting.
    ///
    /// False if there is a connection, or one is being made: then leave it alone.
    mutating func beginOpening() -> Bool {
        guard phase == .disconnected else { return false }
        phase = .opening
        return true
    }

    /// Connected and logged in; channels are opened by ``start(now:)``.
    mutating func opened(channelLimit: UInt16) -> [Action] {
        guard phase == .opening else { return [] }
        phase = .open
        hasServed = false
        lastError = nil
        numbers = ChannelNumbers(limit: channelLimit)
        for index in duties.indices { duties[index].backoff.reset() }
        return reporting([])
    }

    /// Opens a channel for every duty that has none.
    mutating func start(now: MonotonicTime) -> [Action] {
        isStarted = phase == .open
        var actions: [Action] = []
        for index in duties.indices where duties[index].place == .none && isWanted(index) {
            actions += openChannel(for: index, now)
        }
        return reporting(actions)
    }

    /// Says good-bye: nothing new is sent, and what comes in counts no more, but for confirms.
    mutating func close() -> [Action] {
        guard phase == .open else { return [] }
        phase = .closing
        return reporting([.send(.close)])
    }

    /// The connection is gone, or could not be made.
    ///
    /// Whoever waits is told: `connectionLost` of what was sent, `notConnected` of what was not.
    mutating func failed(_ error: AMQPError) -> [Action] {
        reporting(fail(error))
    }

    /// Something could not be sent: the connection is gone.
    ///
    /// What else was to be sent, or to be told of how things stand, is void; whoever was to be told of their own
    /// messages still is.
    ///
    /// - Parameter rest: what was to be done after it.
    /// - Returns: What is to be done instead.
    mutating func sendFailed(_ error: AMQPError, leaving rest: [Action]) -> [Action] {
        let kept = rest.filter { action in
            switch action {
            case .resume, .drop, .report(.closed): true
            case .send, .report(.delivery), .report(.status): false
            }
        }
        // A good-bye that does not get through says nothing of why the connection ended.
        let failure = phase == .disconnected ? [] : fail(error)
        reported = status
        return kept + failure + [.report(.status(status))]
    }

    mutating func fail(_ error: AMQPError) -> [Action] {
        lastError = error.code == .closed ? nil : error
        guard phase != .disconnected else { return [] }
        phase = .disconnected
        isStarted = false
        channels = [:]
        for index in duties.indices {
            duties[index].place = .none
            duties[index].numberlessSince = nil
        }
        blockage = nil
        return [.drop] + failPublishes(error) + [.report(.closed(error))]
    }

    /// Time goes by; call it at ``nextDeadline`` at the latest.
    mutating func tick(now: MonotonicTime) -> [Action] {
        guard phase == .open else { return [] }
        if let deadline = confirmDeadline, blockage == nil, deadline <= now {
            return failed(
                AMQPError(.connectionLost, "the broker confirmed nothing for \(limits.confirmPatience)"))
        }
        guard let next = nextChannelDeadline, next <= now else { return [] }
        return reporting(giveUpOpening(now) + openDue(now) + renewQuiet(now))
    }

    /// When ``tick(now:)`` has something to do, if nothing else happens before.
    var nextDeadline: MonotonicTime? {
        guard phase == .open else { return nil }
        let confirm = blockage == nil ? confirmDeadline : nil
        return [confirm, nextChannelDeadline].compactMap(\.self).min()
    }

    // MARK: Status

    var status: BrokerStatus {
        var status = BrokerStatus()
        status.isConnected = phase == .open
        status.blockage = blockage
        status.isPublishing = phase == .open && publishChannel != nil
        for duty in duties {
            guard let lane = duty.lane else {
                status.lastError = duty.error
                continue
            }
            let isConsuming = phase == .open && channel(of: duty)?.isConsuming == true
            status.lanes.append(
                LaneStatus(
                    queue: lane.queue, isConsuming: isConsuming, isPaused: pausedQueues.contains(lane.queue),
                    lastError: duty.error))
        }
        status.lastError = lastError ?? status.lastError
        return status
    }

    /// Adds the status to what is to be done, if it is another than before.
    mutating func reporting(_ actions: [Action]) -> [Action] {
        let status = status
        guard status != reported else { return actions }
        reported = status
        return actions + [.report(.status(status))]
    }

    func channel(of duty: DutyState) -> ChannelState? {
        guard case .channel(let number) = duty.place else { return nil }
        return channels[number]
    }
}

/// How much and how long.
///
/// The defaults are what is used; tests use less.
struct ConnectionLimits {
    /// Bytes; a larger delivery is drained and reported as too large.
    var maximumBodySize = 0
    /// How many publishes may be unconfirmed at once.
    var publishWindow = 256
    /// How long the broker may confirm nothing while something is unconfirmed: lost confirms do happen, and only a new
    /// connection helps.
    var confirmPatience: Duration = .seconds(10)
    /// How long the broker may take to open a channel; then another one is tried.
    var openingPatience: Duration = .seconds(30)
    /// A channel that was ready for so long starts over with a short pause when it is lost.
    var steady: Duration = .seconds(1)
}
