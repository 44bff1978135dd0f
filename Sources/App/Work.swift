import AMQP
import Basics
import Glibc
public import Logging
import Ops
import Pipeline
import ServiceLifecycle
import SitePolicy
import Store
import UnixSignals
import Web
import Wire
import Worker

/// Puts the parts together.
///
/// Nothing below knows the configuration.
public struct App: Sendable {
    /// The configuration that it was made with.
    public let settings: Settings
    /// Where it logs.
    public let logger: Logger
    /// For one exchange with Twilio, connecting included.
    var twilioTimeLimit: Duration = .seconds(10)

    /// Puts it together; nothing is opened or asked before something is called.
    public init(settings: Settings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Makes the store and its key file; nothing else does, but `work(create: true)`.
    public func createStore() async throws {
        let store = try settings.store()
        if let folder = settings.folderToMake { try StateFolder.make(folder) }
        try await store.create(siteOptions: settings.siteOptions())
    }

    /// Runs a worker until SIGTERM or SIGINT has drained it.
    ///
    /// - Parameters:
    ///   - create: makes the store first if there is none (for demonstrations).
    ///   - patience: how long broker and lanes are waited for.
    ///   - onReady: called once when every lane is consumed.
    /// - Throws: ``ConfigProblem`` or `StoreError` before anything was taken from the broker; `AMQPError` when it has kept
    ///   the worker from beginning for that long.
    public func work(create: Bool, within patience: Duration, onReady: @escaping @Sendable () -> Void) async throws {
        let end = MonotonicTime.now() + patience
        // Before the broker is waited for: nothing that it does could mend these.
        try settings.requireWorkable()
        if try settings.flag("worker.core_dumps") { CoreDumps.allow() }
        for exposure in settings.exposures() { logger.warning("\(exposure)") }
        try SystemLimits.current.requireEnough()
        SystemLimits.raiseOpenFiles()
        let termination = await Termination.watch(logger)
        // A file that may grow no more is an error of its write, as a full disk is, and not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        WorkerReports.tellStart()
        try await requireTopology(within: patience)
        let pipelineSettings = try settings.pipeline()
        let workerSettings = try settings.worker()
        let meters = Meters(backend: type(of: try settings.store()).scheme)
        let clocks = steadyClocks()
        let troubles = TwilioTroubleLog(clocks: clocks, logger: logger)
        let credentials = try TwilioCredentials(settings, logger: logger)
        let twilio = try twilioClient(clocks: clocks, observer: TwilioObservers(all: [meters, troubles])) {
            credentials.account()
        }
        let store = try await openStore(create: create, clocks, StoreWatch(observer: meters), within: patience)
        try await warn(store)
        let board = ChannelBoard(clocks: clocks)
        let hasBegun = Watched(false)
        let pipeline = Pipeline(
            store: store, twilio: twilio, settings: pipelineSettings, clocks: clocks,
            observer: MeteredBoard(board: board, meters: meters), logger: logger)
        let worker = WorkerService(
            broker: try settings.broker(name: "verify-courier worker"), pipeline: pipeline, settings: workerSettings,
            board: board, pseudonym: { store.pseudonym(of: $0) }, storeWatch: store.watch,
            // A broker that came at the last moment still has time to let it begin.
            patience: max(end - .now(), min(patience, .seconds(5))),
            observer: WorkObservers(all: [meters, UnansweredLog(clocks: clocks, logger: logger)]), clocks: clocks,
            logger: logger,
            onReady: {
                hasBegun.set(true)
                onReady()
            },
            onOverrun: { termination.end("jobs are left after the time for draining") })
        meters.watch(worker)
        meters.watch(pipeline, limits: pipelineSettings.callLimits)
        meters.watch(store)
        meters.watchQueues(of: store, clocks)
        meters.watchBrakes(of: store, clocks)
        meters.watch(credentials)
        let identity = settings.identity(version: ProductVersion.current)
        meters.watch(identity)
        let heartbeat = Heartbeat(
            worker, pipeline: pipeline, store: store, broker: try settings.broker(name: "verify-courier queues"),
            identity: identity, logger: logger)
        let reports: [any ServiceLifecycle.Service] = WorkerReports(of: worker, hasBegun: hasBegun).map { [$0] } ?? []
        let services = reports + background(store, pipeline, try settings.retention())
        let ops = try opsServer(worker, meters.registry)
        try await telling(by: heartbeat) { try await run(worker, beside: services, termination, ops) }
        await store.close()
    }

    /// Tells the store of the worker from before its first job until after its last, and how it ended.
    private func telling(by heartbeat: Heartbeat, _ body: () async throws -> Void) async throws {
        await heartbeat.begin(within: .seconds(2))
        let beats = Task { await heartbeat.run() }
        defer { beats.cancel() }
        do {
            try await body()
        } catch {
            await heartbeat.end(as: .failed, within: .seconds(2))
            throw error
        }
        await heartbeat.end(as: .stopped, within: .seconds(2))
    }

    private func background(_ store: any LoginStore, _ pipeline: Pipeline, _ retention: Retention) -> [Background] {
        let sweeper = Sweeper(store: store, retention: retention, logger: logger)
        let replayer = pipeline.replayer(logger: logger)
        let chores = pipeline.choreRunner(logger: logger)
        return [Background(sweeper.run), Background(replayer.run), Background(chores.run)]
    }

    /// Runs it all until the worker has drained.
    ///
    /// Services end in the reverse order: the worker drains first, and operators see that to its end.
    private func run(
        _ worker: WorkerService, beside: [any ServiceLifecycle.Service], _ termination: Termination, _ ops: OpsServer?
    ) async throws {
        let others: [any ServiceLifecycle.Service] = (ops.map { [$0] } ?? []) + [termination] + beside
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: others.map { .init(service: $0, successTerminationBehavior: .ignore) } + [
                    .init(
                        service: AfterOps(worker: worker, ops: ops),
                        successTerminationBehavior: .gracefullyShutdownGroup)
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch let problem as WebServer.CannotListen {
            throw ConfigProblem(
                "ops.listen: cannot listen at \(problem). Every worker of a machine needs a port of its own: set ops.listen to another one, or to off"
            )
        }
    }

    private func warn(_ store: any LoginStore) async throws {
        // The store's options hold, one truth for all workers; a file that says otherwise misleads its reader.
        let held = try await store.situation(of: Job.Login(user: "")).options
        for difference in settings.siteOptionDifferences(from: held) { logger.warning("\(difference)") }
        for warning in settings.warnings { logger.warning("\(warning)") }
    }

    /// Waits for a store that may come back by itself or by an operator's hand; what is wrong for good is told at once.
    private func openStore(
        create: Bool, _ clocks: Clocks, _ watch: StoreWatch, within patience: Duration
    ) async throws -> any WorkingStore {
        if create {
            do {
                try await createStore()
            } catch let error as StoreError where error.code == .exists {
                logger.debug("the store exists already")
            }
        }
        let end = MonotonicTime.now() + patience
        var backoff = Backoff(first: .milliseconds(200), longest: .seconds(2))
        let store = try settings.store()
        while true {
            do {
                return try await store.open(clocks: clocks, watch: watch, logger: logger)
            } catch {
                guard error.code.mayPass, MonotonicTime.now() < end else { throw error }
                logger.warning("waiting for the store", metadata: ["error": "\(error)"])
                try await Task.sleep(for: backoff.next())
            }
        }
    }
}

/// Work that goes on beside the jobs until the worker has drained.
struct Background: Service {
    private let body: @Sendable () async -> Void

    init(_ body: @escaping @Sendable () async -> Void) {
        self.body = body
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { await body() }
    }
}
