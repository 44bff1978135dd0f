public import AMQP
public import Basics
public import Logging
public import Pipeline
public import ServiceLifecycle
public import Store
import Wire

/// Takes jobs from the lanes, has them carried through the pipeline, publishes their replies, acknowledges.
///
/// Nothing is acknowledged before its reply's fate is known, and nothing is answered that is not on disk.
public final class WorkerService: Service {
    /// Of the connection that consumes: one for each lane and one for what the broker gave up.
    public static var channels: Int { LaneName.allCases.count + 1 }

    let consumer: Consumer
    let publisher: Publisher
    private let direct: DirectPublisher
    let replies: ReplyPublisher
    let announcer: Announcer
    let pipeline: Pipeline
    let settings: WorkerSettings
    let clocks: Clocks
    let logger: Logger
    let slots: [LaneName: LaneSlots]
    let observer: (any WorkObserver)?
    /// People wait at a login for 30 s and more; a lane that nobody uses costs the broker next to nothing.
    private static let renewal = Duration.seconds(15)
    /// For the last announcements and the good-byes, after the time for draining.
    private static let closing = Duration.seconds(3)
    private let storeWatch: StoreWatch
    private let draining = Watched(false)
    private let hasBegun = Watched(false)
    private let patience: Duration?
    private let inFlight = InFlight()
    /// The lanes that operators have paused, with their word.
    private let pauses = Locked<[LaneName: WorkerOrder]>([:])
    private let onReady: @Sendable () -> Void
    private let onOverrun: @Sendable () -> Void

    /// - Parameters:
    ///   - board: what the pipeline's calls show of the channels.
    ///   - pseudonym: a keyed hash of a person's name, for events.
    ///   - storeWatch: tells whether the store that the pipeline works on can be used.
    ///   - patience: how long the broker may keep it from beginning before it gives up; `nil`: for ever.
    ///   - observer: hears of what becomes of messages.
    ///   - onReady: called once, when every lane is consumed.
    ///   - onOverrun: called when jobs are left in hand after the time for draining. Cancelled, they would have to make
    ///     up an end; a process that ends here leaves them to another worker as they are.
    public init(
        broker: BrokerConfiguration, pipeline: Pipeline, settings: WorkerSettings, board: ChannelBoard,
        pseudonym: @escaping @Sendable (String) -> String, storeWatch: StoreWatch = StoreWatch(),
        patience: Duration? = nil, observer: (any WorkObserver)? = nil, clocks: Clocks = .system, logger: Logger,
        onReady: @escaping @Sendable () -> Void = {},
        onOverrun: @escaping @Sendable () -> Void = {}
    ) {
        let publisher = Publisher(configuration: broker, logger: logger)
        self.publisher = publisher
        direct = DirectPublisher(Publisher(configuration: broker, logger: logger))
        // Its own broker user, where all brokers know it by the same name.
        let user = broker.urls.first.flatMap { first in
            broker.urls.allSatisfy { $0.user == first.user } ? first.user : nil
        }
        replies = ReplyPublisher(
            publisher: publisher, direct: direct, user: user, clocks: clocks, observer: observer, logger: logger)
        announcer = Announcer(
            Publisher(configuration: broker, logger: logger), board: board, pseudonym: pseudonym, clocks: clocks,
            logger: logger)
        let lanes = LaneName.allCases.map { lane in
            Lane(queue: lane.queue, prefetch: UInt16(settings.prefetch(of: lane)), renewal: Self.renewal)
        }
        // Replies must have a way out before jobs come in: otherwise codes go out with nobody to tell.
        let inFlight = inFlight
        let most = LaneName.allCases.reduce(0) { $0 + settings.prefetch(of: $1) }
        consumer = Consumer(
            configuration: broker, lanes: lanes + [Lane(queue: WireName.dead, prefetch: 16, renewal: Self.renewal)],
            headers: EnvelopeReader.headers,
            gate: {
                await publisher.waitUntilUsable()
                // Prefetch bounds what one connection delivers; what a lost one left in hand is worked off first.
                await inFlight.wait(until: most)
            }, logger: logger)
        self.pipeline = pipeline
        self.settings = settings
        self.clocks = clocks
        self.logger = logger
        self.storeWatch = storeWatch
        self.observer = observer
        self.patience = patience
        self.onReady = onReady
        self.onOverrun = onOverrun
        slots = Dictionary(
            uniqueKeysWithValues: LaneName.allCases.map { lane in
                (
                    lane,
                    LaneSlots(count: settings.count(of: lane), prefetch: settings.prefetch(of: lane), clocks: clocks)
                )
            })
    }

    /// Runs until the graceful shutdown has drained it.
    ///
    /// - Throws: `AMQPError`, when the broker has kept it from beginning for longer than it has patience.
    public func run() async throws {
        let problem = Watched<AMQPError?>(nil)
        let overrun = await withTaskGroup { group -> Task<Void, any Error>? in
            group.addTask { await self.publisher.run() }
            group.addTask { await self.direct.run() }
            group.addTask { await self.consumer.run() }
            group.addTask { await self.serve() }
            group.addTask { await self.watchLanes() }
            group.addTask { await self.watchStatus() }
            group.addTask { await self.announcer.run() }
            group.addTask { await self.tellStatus() }
            if settings.events { group.addTask { await self.announcer.tellOutcomes() } }
            group.addTask {
                await self.consumer.waitUntilConsuming()
                guard !Task.isCancelled else { return }
                self.hasBegun.set(true)
                self.onReady()
            }
            let ending = Task {
                // Also while there is no connection to the broker.
                try? await gracefulShutdown()
                draining.set(true)
            }
            defer { ending.cancel() }
            if let error = await watchStart() {
                problem.set(error)
                group.cancelAll()
                return nil
            }
            await draining.wait { $0 }
            // A thread that is blocked in connecting or sending holds up the closing, too.
            let overrun = Task {
                try await Task.sleep(for: settings.drain + Self.closing)
                onOverrun()
            }
            await drain()
            _ = await within(.seconds(1)) { await self.announcer.waitUntilTold() }
            group.cancelAll()
            return overrun
        }
        overrun?.cancel()
        if let problem = problem.value { throw problem }
    }

    /// Returns once it has begun, or is to end, or with why it gives up.
    private func watchStart() async -> AMQPError? {
        guard let patience else { return nil }
        var watch = StartWatch(end: clocks.monotonic() + patience)
        while !hasBegun.value, !draining.value, !Task.isCancelled {
            // What a connection that comes and goes has brought is seen through first.
            if let error = watch.look(status, at: clocks.monotonic()), inFlight.count == 0 { return error }
            try? await Task.sleep(for: .milliseconds(100))
        }
        return nil
    }

    private func serve() async {
        await withDiscardingTaskGroup { group in
            for await delivery in consumer.deliveries {
                inFlight.enter()
                let lane = LaneName.of(queue: delivery.queue)
                group.addTask(priority: lane?.priority) {
                    await self.handle(delivery, of: lane)
                    self.inFlight.leave()
                }
            }
        }
    }

    /// A stuck lane gets no delivery that could find it stuck.
    private func watchLanes() async {
        while !Task.isCancelled {
            for lane in slots.values { lane.look() }
            try? await Task.sleep(for: .milliseconds(250))
        }
    }

    /// Obeys what operators want of this worker; to be called with all that stands, every few seconds.
    ///
    /// Never waits.
    ///
    /// - Parameter id: the worker's number at the store.
    package func obey(_ orders: WorkerOrders, as id: Int64) {
        let now = clocks.wall()
        var wanted: [LaneName: WorkerOrder] = [:]
        for lane in LaneName.allCases { wanted[lane] = orders.pause(of: lane, worker: id, at: now) }
        // Taken up by the next look at the status.
        pauses.withLock { $0 = wanted }
        guard let order = orders.drain(of: id), !draining.value else { return }
        logger.notice("an operator drains this worker", metadata: ["by": "\(order.by)", "why": "\(order.why)"])
        draining.set(true)
    }

    /// Consumes the lanes that are to be, and says whose word it was.
    private func pauseLanes(_ before: inout [LaneName: WorkerOrder]) async {
        let now = pauses.withLock { $0 }
        guard now != before else { return }
        defer { before = now }
        for lane in LaneName.allCases where now[lane] != before[lane] {
            guard let order = now[lane] else {
                logger.notice("a lane is not paused any more", metadata: ["lane": "\(lane.rawValue)"])
                continue
            }
            logger.notice(
                "an operator has paused a lane",
                metadata: ["lane": "\(lane.rawValue)", "by": "\(order.by)", "why": "\(order.why)"])
        }
        await consumer.pause(Set(now.keys.map(\.queue)))
    }

    /// How it stands now.
    public var status: WorkerStatus {
        WorkerStatus(
            consumer: consumer.status, publisher: publisher.status, lanes: slots.mapValues(\.load),
            inFlight: inFlight.count, isDraining: draining.value, storeTrouble: storeTrouble, hasBegun: hasBegun.value,
            counts: consumer.counts)
    }

    /// What its connections have been through: the one that jobs come by, and the one that replies go by.
    public var tallies: (consumer: BrokerTally, publisher: BrokerTally) { (consumer.tally, publisher.tally) }

    /// Why the store cannot be used just now.
    private var storeTrouble: StoreTrouble? { storeWatch.trouble }

    /// Takes nothing while the store cannot be used or no reply may be written, and finds out when that is over: of the
    /// store by trying it, of replies by those that wait.
    ///
    /// Has said what else keeps it from working.
    private func watchStatus() async {
        var store = StorePause()
        var log = ObstacleLog()
        var isPaused = false
        var paused: [LaneName: WorkerOrder] = [:]
        while !Task.isCancelled {
            await pauseLanes(&paused)
            let status = status
            await look(at: status.storeTrouble, by: &store)
            if status.isPaused != isPaused {
                isPaused.toggle()
                if isPaused { await consumer.pauseConsuming() } else { await consumer.resumeConsuming() }
            }
            tell(of: status, by: &log)
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    private func look(at trouble: StoreTrouble?, by store: inout StorePause) async {
        switch store.look(trouble, at: clocks.monotonic()) {
        case .none: break
        case .stop(let trouble):
            logger.error("the store cannot be used: no jobs are taken", metadata: ["error": "\(trouble)"])
        case .probe:
            // Whether it worked shows in the watch.
            try? await pipeline.probeStore()
        case .goOn: logger.notice("the store can be used again: jobs are taken")
        }
    }

    /// A lane that is not consumed loses no connection, so nobody else tells of it.
    private func tell(of status: WorkerStatus, by log: inout ObstacleLog) {
        // The store's trouble, and the end, are told for themselves.
        guard status.storeTrouble == nil, !status.isDraining else { return }
        switch log.look(status.obstacles, at: clocks.monotonic()) {
        case .none: break
        case .tell(let obstacles):
            logger.warning("not ready", metadata: ["because": "\(obstacles.joined(separator: "; "))"])
        case .goOn: logger.notice("ready again")
        }
    }

    private func drain() async {
        draining.set(true)
        logger.info("draining", metadata: ["in_hand": "\(inFlight.count)"])
        // The connection's thread may be blocked: its time counts, too, and nobody waits for it beyond that.
        let isDone = await within(settings.drain) {
            await self.consumer.stopConsuming()
            await self.inFlight.wait(until: 0)
        }
        let left = inFlight.count
        logger.info("drained", metadata: ["in_hand": "\(left)"])
        // A store that does not answer would not let itself be closed either.
        var isStuck = false
        if case .stuck? = storeTrouble { isStuck = true }
        let isBlocked = !isDone && !Task.isCancelled
        if isBlocked || left > 0 || isStuck { onOverrun() }
    }

    private func tellStatus() async {
        await announcer.tellStatus(every: .seconds(5)) { try? await self.pipeline.methodsOff() }
    }
}

extension LaneName {
    /// Sends that end by the hundred leave the others their share of the processors.
    fileprivate var priority: TaskPriority? {
        switch self {
        case .send: .utility
        case .check, .account, .admin: nil
        }
    }
}
