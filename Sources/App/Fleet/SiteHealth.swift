public import AMQP
public import Basics
public import Store
public import Wire

/// What is known of a whole site at one moment, from its store and its broker.
public struct SiteFacts: Sendable {
    /// When it was looked at.
    public var now: Timestamp
    /// The workers, and what is wanted of them; or why the store cannot be read.
    public var fleet: Result<Fleet, StoreError>
    /// Why the store cannot be written; `nil` where it can.
    public var writeError: StoreError?
    /// How full the queues are, by name; or why the broker does not tell.
    public var depths: Result<[String: QueueDepth], AMQPError>
    /// What is told of each queue.
    public var queues: [QueueFigures] = []
    /// How the queues stood lately, the oldest first, where that was asked for.
    public var past: [QueueSnapshot] = []
    /// Sends that operators have stopped.
    public var brakes = Brakes()
    /// Dead letters that came lately and wait for an operator.
    public var newLetters = 0

    /// The workers, as far as the store can be read.
    var workers: [WorkerRecord] { (try? fleet.get())?.workers ?? [] }
    var present: [WorkerRecord] { workers.filter(\.isPresent) }
}

/// From when on a site is not well.
public struct HealthLimits: Sendable {
    /// A job that has waited longer for a worker.
    public var oldestJob: Duration = .seconds(30)
    /// Dead letters within ``window``.
    public var newLetters = 10
    /// How far back dead letters are counted.
    public static let window: Duration = .seconds(600)

    /// As the command has them where nothing is said.
    public init() {}
}

/// Whether a site is well, and if not, why.
///
/// Pure: it judges facts.
public struct SiteHealth: Sendable {
    /// What is wrong, for programs.
    public enum Code: String, Sendable, CaseIterable {
        case storeUnusable = "store_unusable"
        case brokerUnreachable = "broker_unreachable"
        case queueMissing = "queue_missing"
        case noWorker = "no_worker"
        case workerSilent = "worker_silent"
        case workerNotReady = "worker_not_ready"
        case lanePaused = "lane_paused"
        case laneNotConsumed = "lane_not_consumed"
        case queueSilent = "queue_silent"
        case circuitOpen = "circuit_open"
        case jobsWait = "jobs_wait"
        case deadLettersGrow = "dead_letters_grow"
        case workersDiffer = "workers_differ"
        case brakeOn = "brake_on"
    }

    /// One thing that is wrong, or odd.
    public struct Reason: Sendable, Equatable {
        /// For programs.
        public var code: Code
        /// For people: what is wrong, and what to do.
        public var message: String
        /// The lane that is concerned.
        public var lane: LaneName?
        /// The workers that are concerned.
        public var workers: [Int64] = []
    }

    /// Why it is not well; empty where it is.
    public private(set) var reasons: [Reason] = []
    /// What is odd, and keeps nobody from signing in.
    public private(set) var warnings: [Reason] = []
    /// What it was judged by.
    public let facts: SiteFacts
    private let limits: HealthLimits

    /// Whether nothing is wrong.
    public var isWell: Bool { reasons.isEmpty }

    /// Judges facts.
    public init(_ facts: SiteFacts, _ limits: HealthLimits = HealthLimits()) {
        self.facts = facts
        self.limits = limits
        judgeStore()
        judgeBroker()
        judgeWorkers()
        for lane in LaneName.allCases { judge(lane) }
        judgeWaiting()
        judgeLetters()
        judgeDifferences()
        judgeBrakes()
    }

    private mutating func add(_ code: Code, _ message: String, _ lane: LaneName? = nil, _ workers: [WorkerRecord] = [])
    {
        reasons.append(Reason(code: code, message: message, lane: lane, workers: workers.map(\.id)))
    }

    private mutating func warn(_ code: Code, _ message: String, _ workers: [WorkerRecord]) {
        warnings.append(Reason(code: code, message: message, workers: workers.map(\.id)))
    }

    private mutating func judgeStore() {
        if case .failure(let error) = facts.fleet {
            add(.storeUnusable, "the store cannot be read: \(error)")
        } else if let error = facts.writeError {
            add(.storeUnusable, "the store cannot be written: \(error)")
        }
    }

    private mutating func judgeBroker() {
        guard case .failure(let error) = facts.depths else { return }
        if error.code == .notFound {
            add(.queueMissing, "a queue is missing at the broker: run 'verify-courier topology apply' (\(error))")
        } else {
            add(.brokerUnreachable, "the broker cannot be asked: \(error)")
        }
    }

    private mutating func judgeWorkers() {
        guard case .success = facts.fleet else { return }
        let living = facts.workers.filter(\.isAlive)
        if living.isEmpty { add(.noWorker, "no worker runs" + lastEnd) }
        for worker in living where worker.isSilent {
            let seconds = worker.age.map { " for \($0.components.seconds) s" } ?? ""
            add(
                .workerSilent,
                "worker \(worker.id) lives and has told nothing\(seconds): it is stopped, or it cannot write to the store",
                nil, [worker])
        }
        let isSomeoneWell = facts.present.contains { [.ready, .paused].contains($0.report?.state) }
        for worker in facts.present {
            guard let report = worker.report else { continue }
            if report.state == .notReady {
                let message = "worker \(worker.id) is not ready: \(report.obstacles.joined(separator: "; "))"
                if isSomeoneWell {
                    warn(.workerNotReady, message, [worker])
                } else {
                    add(.workerNotReady, message, nil, [worker])
                }
            }
            for circuit in report.circuits {
                let message =
                    "worker \(worker.id) does not call Twilio for \(circuit.operation): nearly all calls failed"
                add(.circuitOpen, message, nil, [worker])
            }
        }
    }

    private var lastEnd: String {
        guard let last = facts.workers.last(where: { $0.end != nil }), let end = last.end, let at = last.endedAt else {
            return ""
        }
        let word =
            switch end {
            case .stopped: "stopped"
            case .failed: "gave up"
            case .killed: "was killed"
            }
        return "; the last one, \(last.id), \(word) at \(at)"
    }

    private mutating func judge(_ lane: LaneName) {
        let serving = facts.present.filter { $0.report?.state != .draining }
        if let order = pause(of: lane, serving) {
            let until = order.until.map { " until \($0)" } ?? ""
            add(.lanePaused, "\(lane.rawValue) is paused by \(order.by)\(until): \(order.why)", lane, serving)
            return
        }
        let consuming = facts.present.filter { $0.report?.lane(lane)?.isConsumed == true }
        guard let depth = (try? facts.depths.get())?[lane.queue] else {
            // The broker's own word is missing; that no worker runs is said already.
            guard case .success = facts.fleet, !facts.present.isEmpty, consuming.isEmpty else { return }
            add(.laneNotConsumed, "no worker says that it consumes \(lane.rawValue)", lane)
            return
        }
        guard depth.consumers == 0 else { return }
        if consuming.isEmpty {
            add(.laneNotConsumed, "nobody consumes \(lane.rawValue): \(depth.ready) messages wait", lane)
        } else if depth.ready == 0 {
            add(
                .queueSilent,
                "the broker knows of no consumer of \(lane.queue), and workers consume it: its leader does not answer",
                lane, consuming)
        } else {
            add(.laneNotConsumed, "the broker knows of no consumer of \(lane.queue), where \(depth.ready) wait", lane)
        }
    }

    /// The order by which nobody takes jobs of a lane; those that start later count where nobody works.
    private func pause(of lane: LaneName, _ serving: [WorkerRecord]) -> WorkerOrder? {
        guard let fleet = try? facts.fleet.get() else { return nil }
        guard !serving.isEmpty else { return fleet.orders.pause(of: lane, worker: nil, at: fleet.now) }
        let orders = serving.compactMap { fleet.pause(of: lane, $0) }
        return orders.count == serving.count ? orders.last : nil
    }

    private mutating func judgeWaiting() {
        for queue in facts.queues {
            guard let oldest = queue.oldest.value, oldest > limits.oldestJob else { continue }
            let seconds = oldest.components.seconds
            let least =
                switch queue.oldest.kind {
                case .atLeast: "at least "
                case .exact, .derived, .unknown: ""
                }
            let waiting = queue.ready.value.map { ", of \($0) that wait" } ?? ""
            add(
                .jobsWait, "the oldest job in \(queue.queue) has waited for \(least)\(seconds) s\(waiting)",
                LaneName.of(queue: queue.queue))
        }
    }

    private mutating func judgeLetters() {
        guard facts.newLetters >= limits.newLetters else { return }
        let minutes = HealthLimits.window.components.seconds / 60
        add(
            .deadLettersGrow,
            "\(facts.newLetters) dead letters came within \(minutes) minutes: look by 'dead list --state waiting'")
    }

    /// Somebody's own doing; a reminder, lest it is forgotten.
    private mutating func judgeBrakes() {
        for brake in facts.brakes.inForce(at: facts.now) {
            let whom = brake.everyone ? "for everyone" : "for numbers that are not proven"
            warn(
                .brakeOn, "a brake on \(brake.stop.words) \(whom) by \(brake.by) until \(brake.until): \(brake.why)", []
            )
        }
        if facts.brakes.isDamaged {
            warn(
                .brakeOn,
                "what the store holds of brakes cannot be read: sends to numbers that are not proven are stopped; 'brakes lift all' mends it",
                [])
        }
    }

    private mutating func judgeDifferences() {
        let reports = facts.present.compactMap(\.report)
        for (what, values) in [("versions", Set(reports.map(\.version))), ("settings", Set(reports.map(\.settings)))]
        where values.count > 1 {
            warn(
                .workersDiffer, "workers of different \(what): \(values.sorted().joined(separator: ", "))",
                facts.present)
        }
    }
}
