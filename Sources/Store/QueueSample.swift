public import Basics
import Wire

/// How one queue stood at one moment, by the broker's and the workers' words.
public struct QueueSample: Sendable, Codable, Equatable {
    /// The queue's name.
    public var queue: String
    /// Messages that waited; `nil` where its leader did not answer.
    public var ready: Int?
    /// Those who consumed it; `nil` likewise.
    public var consumers: Int?
    /// Messages that living workers had in hand.
    public var inHand: Int
    /// Messages that workers had settled for good, since the store was made.
    public var settled: Int

    package init(queue: String, ready: Int?, consumers: Int?, inHand: Int, settled: Int) {
        self.queue = queue
        self.ready = ready
        self.consumers = consumers
        self.inHand = inHand
        self.settled = settled
    }

    /// Messages that were taken from it for good, or are in somebody's hand: what went back counts as not taken.
    var taken: Int { settled + inHand }
}

/// All queues at one moment.
public struct QueueSnapshot: Sendable, Equatable {
    /// When it was.
    public var at: Timestamp
    /// The queues, in the contract's order.
    public var queues: [QueueSample]

    package init(at: Timestamp, queues: [QueueSample]) {
        self.at = at
        self.queues = queues
    }
}

/// What the broker told of a queue.
public struct QueueReading: Sendable, Equatable {
    /// The queue's name.
    public var queue: String
    /// Messages that wait.
    public var ready: Int
    /// Those who consume it.
    public var consumers: Int

    package init(queue: String, ready: Int, consumers: Int) {
        self.queue = queue
        self.ready = ready
        self.consumers = consumers
    }
}

extension QueueSnapshot {
    /// Puts together what broker and workers say.
    ///
    /// - Parameter ended: what workers that have ended had settled, by lane.
    package init(at: Timestamp, _ readings: [QueueReading], _ workers: [WorkerRecord], ended: [String: Int]) {
        self.at = at
        queues = readings.map { reading in
            let lane = LaneName.of(queue: reading.queue)
            var sample = QueueSample(
                queue: reading.queue, ready: reading.ready, consumers: reading.consumers, inHand: 0,
                settled: lane.flatMap { ended[$0.rawValue] } ?? 0)
            var isConsumed = false
            for worker in workers {
                guard let state = lane.flatMap({ worker.report?.lane($0) }) else { continue }
                // What one that is dead had settled is among that of the ended once that is written down.
                if worker.isAlive || worker.isUncounted { sample.settled += state.settled }
                // Its hand went back to the queue.
                guard worker.isAlive else { continue }
                sample.inHand += state.inHand
                if worker.isPresent, state.isConsumed { isConsumed = true }
            }
            // A quorum queue whose leader does not answer is told of as 0 and 0.
            if reading.ready == 0, reading.consumers == 0, isConsumed { (sample.ready, sample.consumers) = (nil, nil) }
            return sample
        }
    }
}

/// How long snapshots of queues are kept, and how close together: the older, the wider apart.
package enum QueueHistory {
    /// How often one is taken, at most.
    package static let interval = WorkerRecord.interval
    /// Without one for so long, another worker takes over; and a number that is older is not of now.
    package static let patience: Duration = .seconds(10)

    /// Of which kind of distance a snapshot is.
    package enum Grain: Int, CaseIterable, Sendable {
        /// Each.
        case fine = 0
        /// One of ten seconds.
        case middle = 1
        /// One of a minute.
        case coarse = 2

        /// How far apart these are.
        package var distance: Duration {
            switch self {
            case .fine: interval
            case .middle: .seconds(10)
            case .coarse: .seconds(60)
            }
        }

        /// How long these are kept.
        package var kept: Duration {
            switch self {
            case .fine: .seconds(150)
            case .middle: .seconds(20 * 60)
            case .coarse: .seconds(26 * 3600)
            }
        }
    }

    /// The grain of a snapshot that is taken now.
    ///
    /// - Parameters:
    ///   - middle: when the latest was taken that is at least of the middle grain.
    ///   - coarse: when the latest coarse one was taken.
    package static func grain(at now: Timestamp, middle: Timestamp?, coarse: Timestamp?) -> Grain {
        func isDue(_ last: Timestamp?, _ grain: Grain) -> Bool {
            // A clock that was set back must not keep them away for long.
            last.map { now < $0 || now - $0 >= grain.distance } ?? true
        }
        if isDue(coarse, .coarse) { return .coarse }
        return isDue(middle, .middle) ? .middle : .fine
    }

    /// How far apart snapshots of an age are at most, where somebody watched all the time.
    static func distance(atAge age: Duration) -> Duration {
        (Grain.allCases.first { age < $0.kept } ?? .coarse).distance
    }
}
