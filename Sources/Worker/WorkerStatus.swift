public import AMQP
public import Store
public import Wire

/// How full a lane is in this worker.
public struct LaneLoad: Sendable, Equatable {
    /// Jobs at once.
    public var slots: Int
    /// Jobs that have a slot.
    public var held: Int
    /// Deliveries that are not settled yet; those without a slot wait.
    public var inHand: Int
    /// Messages that the broker hands out at once, at most.
    public var prefetch: Int
}

/// How a worker stands: plain values for whoever judges it.
public struct WorkerStatus: Sendable {
    /// The connection that jobs come by.
    public var consumer: BrokerStatus
    /// The connection that replies go by.
    public var publisher: BrokerStatus
    /// How full each lane is.
    public var lanes: [LaneName: LaneLoad]
    /// Messages in hand, of all queues.
    public var inFlight: Int
    /// It takes no more jobs and ends what it has in hand.
    public var isDraining: Bool
    /// Why no jobs are taken; `nil` while they are.
    public var storeTrouble: StoreTrouble?
    /// Every lane was consumed once.
    public var hasBegun = false
    /// What was taken from each queue.
    public var counts: [QueueCount] = []

    /// The broker has refused a connection or a channel for a limit of its own, or there is none at all.
    var isShortOfConnections: Bool {
        [consumer, publisher].contains { !$0.isConnected || $0.lastError?.code == .limit }
    }

    /// Whether it takes nothing on purpose: what it began could not be recorded, or not be answered.
    var isPaused: Bool { storeTrouble != nil || publisher.mayNotPublish || publisher.blockage != nil }

    /// Why it does not consume what it should, in words, for the log; empty while it does.
    public var obstacles: [String] { obstacles { "\($0)" } }

    /// The same for whoever may ask: no names of hosts, users or virtual hosts.
    public var obstaclesInOutline: [String] { obstacles(\.outline) }

    private func obstacles(_ words: (AMQPError) -> String) -> [String] {
        func why(_ error: AMQPError?) -> String { error.map { ": \(words($0))" } ?? "" }
        if isDraining { return ["draining: what is in hand is finished, nothing more is taken"] }
        var found: [String] = []
        if let storeTrouble { found.append("the store cannot be used: \(storeTrouble)") }
        if publisher.mayNotPublish {
            found.append("replies are refused" + why(publisher.lastError))
        } else if !publisher.isUsable {
            found.append(Self.obstacle(of: publisher, "replies", why))
        }
        if !consumer.isConnected || consumer.blockage != nil {
            found.append(Self.obstacle(of: consumer, "jobs", why))
        } else if !isPaused {
            // Otherwise they are not consumed on purpose.
            for lane in consumer.lanes where !lane.isConsuming && !lane.isPaused {
                found.append("\(lane.queue) is not consumed" + why(lane.lastError))
            }
        }
        return found
    }

    /// Lanes that it takes nothing from by an operator's wish, in words without names of hosts or users.
    ///
    /// None of them is an obstacle: it does as it is told, and nothing that restarts or replaces it could change that.
    public var pauses: [String] {
        consumer.lanes.filter(\.isPaused).map { "\($0.queue) is paused by an operator" }
    }

    /// How it stands, in one word.
    package var state: WorkerState {
        if isDraining { return .draining }
        if !hasBegun { return .starting }
        if !obstacles.isEmpty { return .notReady }
        return consumer.lanes.contains(where: \.isPaused) ? .paused : .ready
    }

    /// How it stands in each lane, as others are told.
    package var reports: [WorkerReport.Lane] {
        LaneName.allCases.compactMap { lane in
            guard let load = lanes[lane] else { return nil }
            let status = consumer.lanes.first { $0.queue == lane.queue }
            let count = counts.first { $0.queue == lane.queue }
            return WorkerReport.Lane(
                lane: lane, slots: load.slots, held: load.held, inHand: count?.inHand ?? 0, prefetch: load.prefetch,
                isConsumed: status?.isConsuming ?? false, isPaused: status?.isPaused ?? false,
                settled: count?.settled ?? 0)
        }
    }

    private static func obstacle(
        of status: BrokerStatus, _ use: String, _ why: (AMQPError?) -> String
    ) -> String {
        if let blockage = status.blockage {
            return "the broker blocks the connection for \(use): \(blockage.reason)"
        }
        guard status.isConnected else { return "no connection to the broker for \(use)" + why(status.lastError) }
        return "no channel for \(use)" + why(status.lastError)
    }
}
