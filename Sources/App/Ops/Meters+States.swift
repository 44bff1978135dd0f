import AMQP
import Basics
import Ops
import Pipeline
import Store
import Wire
import Worker

/// What is looked up when somebody scrapes.
extension Meters {
    private static var prefix: String { "verify_courier_" }

    /// How the worker and its connections stand.
    func watch(_ worker: WorkerService) {
        let gauge = {
            (name: String, help: String, labels: [String], read: @escaping @Sendable (WorkerStatus) -> [MetricSample])
            in
            registry.gauge(Self.prefix + name, help, labels: labels) { read(worker.status) }
        }
        gauge("worker_ready", "1 while broker and store can be used and what is not paused is consumed.", []) {
            [MetricSample($0.obstacles.isEmpty ? 1 : 0)]
        }
        gauge("worker_draining", "1 while it finishes what it has in hand before it ends.", []) {
            [MetricSample($0.isDraining ? 1 : 0)]
        }
        gauge("worker_paused", "1 while an operator has paused the lane.", ["lane"]) { status in
            LaneName.allCases.map { lane in
                let isPaused = status.consumer.lanes.contains { $0.queue == lane.queue && $0.isPaused }
                return MetricSample(isPaused ? 1 : 0, [lane.rawValue])
            }
        }
        gauge("messages_in_flight", "Messages delivered and not settled yet.", ["lane"]) {
            Self.byLane($0) { $0.inHand }
        }
        gauge("lane_slots", "Jobs that a lane works on at once.", ["lane"]) { Self.byLane($0) { $0.slots } }
        gauge("lane_slots_held", "Jobs that have a slot now.", ["lane"]) { Self.byLane($0) { $0.held } }
        gauge("amqp_prefetch", "Prefetch in force.", ["lane"]) { Self.byLane($0) { $0.prefetch } }
        gauge("amqp_connected", "1 while the connection is open.", ["connection"]) {
            Self.byConnection($0) { $0.isConnected }
        }
        gauge("amqp_blocked", "1 while the broker blocks the connection by an alarm.", ["connection"]) {
            Self.byConnection($0) { $0.blockage != nil }
        }
        gauge("queue_consumed", "1 while this worker consumes the queue.", ["queue"]) {
            $0.consumer.lanes.map { MetricSample($0.isConsuming ? 1 : 0, [$0.queue]) }
        }
        watchConnections(of: worker)
    }

    /// What the connections to the broker have been through.
    private func watchConnections(of worker: WorkerService) {
        let tallies = {
            @Sendable () -> [(name: String, tally: BrokerTally)] in
            let tallies = worker.tallies
            return [("consumer", tallies.consumer), ("publisher", tallies.publisher)]
        }
        registry.counter(
            Self.prefix + "amqp_reconnects_total", "Connections that took the place of one that was lost.",
            labels: ["connection", "reason"]
        ) {
            tallies().flatMap { name, tally in
                BrokerTally.Loss.allCases.map {
                    MetricSample(Double(tally.reconnects[$0] ?? 0), [name, $0.rawValue])
                }
            }
        }
        registry.counter(
            Self.prefix + "amqp_channel_closes_total", "Channels that the broker closed, by AMQP's reply code.",
            labels: ["code"]
        ) {
            let closes = tallies().map(\.tally.channelCloses)
            return (BrokerTally.replyCodes + [0]).map { code in
                let count = closes.reduce(0) { $0 + ($1[code] ?? 0) }
                return MetricSample(Double(count), [code == 0 ? KnownLabels.other : String(code)])
            }
        }
        registry.gauge(Self.prefix + "amqp_unconfirmed", "Replies that were published and not confirmed yet.") {
            [MetricSample(Double(worker.tallies.publisher.unconfirmed))]
        }
        registry.gauge(
            Self.prefix + "tls_certificate_expiry_timestamp_seconds",
            "When the certificate expires that a peer showed last, as Unix time.", labels: ["peer"]
        ) {
            // The one that ends first, where a broker's nodes have different ones.
            let ends = tallies().compactMap(\.tally.certificateExpiry?.milliseconds)
            return ends.min().map { [MetricSample(Double($0) / 1000, ["broker"])] } ?? []
        }
    }

    /// How full the budget of calls to Twilio is.
    func watch(_ pipeline: Pipeline, limits: CallLimits) {
        let gauge = { (name: String, help: String, read: @escaping @Sendable () -> Int) in
            registry.gauge(Self.prefix + name, help) { [MetricSample(Double(read()))] }
        }
        gauge("twilio_in_flight", "Calls of this worker under way.") { pipeline.calls.running }
        gauge("twilio_calls_waiting", "Calls of this worker that wait for room.") { pipeline.calls.waiting }
        gauge("twilio_calls_granted", "Calls at once that this worker may make by its lease.") { pipeline.calls.places }
        registry.gauge(
            Self.prefix + "twilio_calls_limit", "Calls at once over all workers of the store; none without a limit."
        ) { limits.atOnce > 0 ? [MetricSample(Double(limits.atOnce))] : [] }
        registry.gauge(
            Self.prefix + "twilio_circuit_state", "1 for the state that the circuit of a call is in, 0 for the others.",
            labels: ["call", "state"]
        ) {
            pipeline.circuitStates.flatMap { call, standing in
                CircuitStanding.allCases.map { MetricSample($0 == standing ? 1 : 0, [call, $0.rawValue]) }
            }
        }
    }

    /// What was read again of the configuration since the start: the files with Twilio's credentials.
    func watch(_ credentials: TwilioCredentials) {
        registry.gauge(
            Self.prefix + "config_last_reload_successful",
            "1 if the credentials for Twilio could be used when their files changed last."
        ) {
            // Looks at the files, where no call has lately.
            _ = credentials.account()
            return [MetricSample(credentials.lastReload.isGood ? 1 : 0)]
        }
        registry.gauge(
            Self.prefix + "config_last_reload_success_timestamp_seconds",
            "When the credentials for Twilio were read last that are in use, as Unix time."
        ) { [MetricSample(Double(credentials.lastReload.succeededAt.milliseconds) / 1000)] }
    }

    /// What tells workers apart that should be alike.
    func watch(_ identity: WorkerReport) {
        registry.info(
            "verify_courier_worker_settings_info",
            "The same for workers of the same settings, secrets and ops.listen apart.", ["settings": identity.settings])
    }

    /// What the store and its disk tell.
    ///
    /// Every worker of one store tells the same: take the maximum, never the sum.
    func watch(_ store: any WorkingStore) {
        registry.gauge(Self.prefix + "store_size_bytes", "Size of the store's files.", labels: ["file"]) {
            store.files.map { MetricSample(Double($0.bytes), [$0.name]) }
        }
        registry.gauge(Self.prefix + "store_free_bytes", "Free space where the store is.") {
            store.freeBytes.map { [MetricSample(Double($0))] }
        }
        registry.gauge(Self.prefix + "store_usable", "1 while the store can be used.") {
            [MetricSample(store.watch.trouble == nil ? 1 : 0)]
        }
        registry.gauge(
            Self.prefix + "store_last_backup_timestamp_seconds", "When the last good backup ended, as Unix time."
        ) {
            (try? await store.lastBackup()).flatMap(\.self).map { [MetricSample(Double($0.milliseconds) / 1000)] }
        }
        registry.gauge(
            Self.prefix + "dead_letter_messages", "Dead letters that wait for an operator.", labels: ["reason"]
        ) {
            guard let waiting = try? await store.waitingLetters() else { return nil }
            let none = KnownLabels.deadLetterReasons.filter { reason in !waiting.contains { $0.reason == reason } }
            return waiting.map { MetricSample(Double($0.count), [$0.reason]) } + none.map { MetricSample(0, [$0]) }
        }
        registry.gauge(
            Self.prefix + "dead_letter_oldest_timestamp_seconds", "When the oldest of them died, as Unix time.",
            labels: ["reason"]
        ) {
            try? await store.waitingLetters().map { MetricSample(Double($0.oldest.milliseconds) / 1000, [$0.reason]) }
        }
    }

    /// What operators have stopped, as every job reads it.
    ///
    /// Every worker of one store tells the same: take the maximum, never the sum.
    func watchBrakes(of store: any WorkingStore, _ clocks: Clocks) {
        registry.gauge(
            Self.prefix + "brakes", "Brakes on sends that are in force, by what they stop and for whom.",
            labels: ["stop", "whom"]
        ) {
            guard let brakes = try? await store.brakes() else { return nil }
            return Self.samples(of: brakes, at: clocks.wall())
        }
    }

    /// One of each kind for each side, 0 where there is none.
    ///
    /// What cannot be read counts as what it does: it stops all sends to numbers that are not proven.
    static func samples(of brakes: Brakes, at now: Timestamp) -> [MetricSample] {
        let inForce = brakes.inForce(at: now)
        return Brake.Stop.Kind.allCases.flatMap { kind in
            [false, true].map { everyone in
                let count = inForce.count { $0.stop.kind == kind && $0.everyone == everyone }
                let unreadable = brakes.isDamaged && kind == .sends && !everyone ? 1 : 0
                return MetricSample(Double(count + unreadable), [kind.rawValue, everyone ? "everyone" : "unproven"])
            }
        }
    }

    /// How full the queues are, as one worker asks for all.
    ///
    /// Every worker of one store tells the same: take the maximum, never the sum. Told by nobody while nobody knows.
    func watchQueues(of store: any WorkingStore, _ clocks: Clocks) {
        let gauge = {
            (name: String, help: String, labels: [String], read: @escaping @Sendable (QueueFigures) -> [MetricSample])
            in
            registry.gauge(Self.prefix + name, help, labels: labels) {
                let now = clocks.wall()
                let figures = try? await QueueFigures.all(nil, at: now) { limit throws(StoreError) in
                    try await store.snapshots(limit: limit)
                }
                return figures?.filter { $0.age <= QueueHistory.patience }.flatMap(read) ?? []
            }
        }
        gauge(
            "queue_messages", "Messages in a queue: ready, as the broker counts, or in a worker's hand.",
            ["queue", "state"]
        ) {
            queue in
            [("ready", queue.ready.value), ("unacked", queue.inHand.value)].compactMap { state, value in
                value.map { MetricSample(Double($0), [queue.queue, state]) }
            }
        }
        gauge("queue_consumers", "Consumers of a queue, as the broker counts.", ["queue"]) { queue in
            queue.consumers.value.map { [MetricSample(Double($0), [queue.queue])] } ?? []
        }
        gauge("queue_oldest_seconds", "How long the oldest message that waits has waited, at least.", ["queue"]) {
            queue in
            queue.oldest.value.map { [MetricSample($0 / .seconds(1), [queue.queue])] } ?? []
        }
    }

    private static func byLane(_ status: WorkerStatus, _ value: (LaneLoad) -> Int) -> [MetricSample] {
        status.lanes.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            MetricSample(Double(value($0.value)), [$0.key.rawValue])
        }
    }

    private static func byConnection(_ status: WorkerStatus, _ value: (BrokerStatus) -> Bool) -> [MetricSample] {
        [("consumer", status.consumer), ("publisher", status.publisher)].map { name, status in
            MetricSample(value(status) ? 1 : 0, [name])
        }
    }
}
