public import Basics

/// How one queue stood within an hour, from what was seen of it once a minute.
public struct QueueHour: Sendable, Equatable {
    /// The beginning of the hour.
    public var start: Timestamp
    /// The queue's name.
    public var queue: String
    /// How often it was seen.
    public var samples: Int
    /// The fewest and the most messages that waited, and how many at last; `nil` where its leader never answered.
    public var ready: Spread?
    /// The fewest consumers; `nil` likewise.
    public var fewestConsumers: Int?
    /// The most messages that workers had in hand.
    public var mostInHand: Int
    /// Messages that workers settled within what was seen of the hour.
    public var settled: Int

    /// The range of a number, and where it stood at last.
    public struct Spread: Sendable, Equatable {
        /// The smallest.
        public var least: Int
        /// The largest.
        public var most: Int
        /// The latest.
        public var last: Int

        package init(least: Int, most: Int, last: Int) {
            self.least = least
            self.most = most
            self.last = last
        }
    }

    package init(
        start: Timestamp, queue: String, samples: Int, ready: Spread?, fewestConsumers: Int?, mostInHand: Int,
        settled: Int
    ) {
        self.start = start
        self.queue = queue
        self.samples = samples
        self.ready = ready
        self.fewestConsumers = fewestConsumers
        self.mostInHand = mostInHand
        self.settled = settled
    }

    /// How long these are kept.
    package static let kept: Duration = .seconds(40 * 86_400)
    private static let span: Duration = .seconds(3600)

    /// The hour that a moment is in.
    package static func start(of time: Timestamp) -> Timestamp {
        Timestamp(milliseconds: time.milliseconds / span.milliseconds * span.milliseconds)
    }
}

/// Dead letters that are alike: why, which job, of whom.
public struct LetterGroup: Sendable, Equatable {
    /// Whether they wait, are on their way again, or are done with.
    public var state: String
    /// Why they were put aside.
    public var reason: String
    /// The front end that published them; empty where the broker told none.
    public var frontEnd: String
    /// The routing key that they came with.
    public var key: String
    /// How many there are.
    public var count: Int
    /// When the first and the last of them were put aside.
    public var first: Timestamp
    /// See ``first``.
    public var last: Timestamp

    package init(
        state: String, reason: String, frontEnd: String, key: String, count: Int, first: Timestamp, last: Timestamp
    ) {
        self.state = state
        self.reason = reason
        self.frontEnd = frontEnd
        self.key = key
        self.count = count
        self.first = first
        self.last = last
    }
}
