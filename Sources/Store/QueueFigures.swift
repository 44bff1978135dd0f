public import Basics
import Wire

/// How far a number can be trusted.
public enum FigureKind: String, Sendable, CaseIterable {
    /// Counted.
    case exact
    /// Concluded from what is counted, and right within some seconds.
    case derived
    /// It may be more: the watching began later than what is measured, or a worker gave something back.
    case atLeast = "at_least"
    /// Not known.
    case unknown
}

/// A number with how far it can be trusted.
public struct Figure<Value: Sendable & Equatable>: Sendable, Equatable {
    /// The number; `nil` where there is none.
    public var value: Value?
    /// How far it can be trusted.
    public var kind: FigureKind
    /// Why there is none.
    public var why: String?

    package init(value: Value?, kind: FigureKind, why: String? = nil) {
        self.value = value
        self.kind = kind
        self.why = why
    }

    static func exact(_ value: Value) -> Figure { Figure(value: value, kind: .exact) }
    static func derived(_ value: Value) -> Figure { Figure(value: value, kind: .derived) }
    static func atLeast(_ value: Value) -> Figure { Figure(value: value, kind: .atLeast) }
    static func unknown(_ why: String) -> Figure { Figure(value: nil, kind: .unknown, why: why) }
}

/// What can be told of one queue, with how far each number can be trusted.
///
/// Pure: it is told what was seen. Without any timestamp of a message: a queue is first in, first out, so that what is at its
/// head now was there at an earlier moment exactly if fewer were taken since then than had been ready at that moment.
public struct QueueFigures: Sendable, Equatable {
    /// The queue's name.
    public var queue: String
    /// How old all of it is.
    public var age: Duration
    /// Messages that wait.
    public var ready: Figure<Int>
    /// Those who consume it, strangers too.
    public var consumers: Figure<Int>
    /// Messages that workers have in hand.
    public var inHand: Figure<Int>
    /// Messages a minute that came in, over the latest minute.
    public var cameIn: Figure<Double>
    /// Messages a minute that were done, over the latest minute.
    public var done: Figure<Double>
    /// Until none waits, at these rates; no value where it never will be.
    public var untilEmpty: Figure<Duration>
    /// How long the oldest has waited; zero where none waits.
    public var oldest: Figure<Duration>
    /// How many have waited for longer than ``longWait``.
    public var waitedLong: Figure<Int>

    /// Too long for somebody at a login.
    public static let longWait: Duration = .seconds(30)
    /// What rates are taken over.
    static let window: Duration = .seconds(60)

    /// Concludes all of it.
    ///
    /// - Parameters:
    ///   - snapshots: in the order in which they were taken; where their times go back, the clock was set, and what was before
    ///     says nothing.
    ///   - now: when it is asked.
    /// - Returns: `nil` where the queue was never seen.
    public init?(of queue: String, _ snapshots: [QueueSnapshot], at now: Timestamp) {
        let course = Course(queue, snapshots)
        guard let last = course.points.last else { return nil }
        self.queue = queue
        age = max(.zero, now - last.at)
        let silent = "the queue's leader does not answer"
        ready = last.sample.ready.map { .exact($0) } ?? .unknown(silent)
        consumers = last.sample.consumers.map { .exact($0) } ?? .unknown(silent)
        // Of what the broker gave up no worker tells what it has in hand.
        let isLane = LaneName.of(queue: queue) != nil
        inHand = isLane ? .derived(last.sample.inHand) : .unknown("not told of this queue")
        guard isLane else {
            let why = "not told of this queue"
            (cameIn, done, untilEmpty) = (.unknown(why), .unknown(why), .unknown(why))
            (oldest, waitedLong) = (.unknown(why), .unknown(why))
            if last.sample.ready == 0 { (oldest, waitedLong) = (.exact(.zero), .exact(0)) }
            return
        }
        (cameIn, done) = course.rates
        untilEmpty = Self.untilEmpty(ready, cameIn, done)
        oldest = course.oldest
        waitedLong = course.waitedLong
    }

    private static func untilEmpty(
        _ ready: Figure<Int>, _ cameIn: Figure<Double>, _ done: Figure<Double>
    ) -> Figure<Duration> {
        guard let ready = ready.value else { return .unknown(ready.why ?? "") }
        if ready == 0 { return .exact(.zero) }
        guard let cameIn = cameIn.value, let done = done.value else { return .unknown(done.why ?? "") }
        guard done > cameIn else { return Figure(value: nil, kind: .derived, why: "never, at this rate") }
        return .derived(.seconds(Double(ready) / (done - cameIn) * 60))
    }
}

/// One queue's snapshots, as far back as the clock went on.
private struct Course {
    struct Point {
        var at: Timestamp
        var sample: QueueSample
    }

    let points: [Point]

    init(_ queue: String, _ snapshots: [QueueSnapshot]) {
        var points: [Point] = []
        for snapshot in snapshots {
            guard let sample = snapshot.queues.first(where: { $0.queue == queue }) else { continue }
            if let last = points.last, snapshot.at <= last.at { points = [] }
            points.append(Point(at: snapshot.at, sample: sample))
        }
        self.points = points
    }

    /// The latest point that is so long before the last one, with its index.
    private func point(before age: Duration) -> Int? {
        guard let last = points.last else { return nil }
        return points.lastIndex { last.at - $0.at >= age }
    }

    var rates: (cameIn: Figure<Double>, done: Figure<Double>) {
        // Points are two seconds apart: the one before the minute may be a little nearer or farther.
        guard let last = points.last, let index = point(before: QueueFigures.window - QueueHistory.interval),
            last.at - points[index].at <= QueueFigures.window + QueueHistory.patience
        else { return (.unknown("watched for less than a minute"), .unknown("watched for less than a minute")) }
        let first = points[index]
        let minutes = (last.at - first.at) / .seconds(60)
        let done = max(0, last.sample.settled - first.sample.settled)
        guard let now = last.sample.ready, let before = first.sample.ready else {
            return (.unknown("the queue's leader does not answer"), .derived(Double(done) / minutes))
        }
        // What a dead worker had in hand is ready again: it neither came in nor was it done.
        let cameIn = max(0, now + last.sample.inHand - before - first.sample.inHand + done)
        return (.derived(Double(cameIn) / minutes), .derived(Double(done) / minutes))
    }

    var oldest: Figure<Duration> {
        guard let last = points.last else { return .unknown("not watched") }
        guard let ready = last.sample.ready else { return .unknown("the queue's leader does not answer") }
        if ready == 0 { return .exact(.zero) }
        var reached = points.count - 1
        var gaveBack = false
        for index in points.indices.reversed().dropFirst() {
            let point = points[index]
            // One at which nothing was told neither shows the message there nor away.
            guard let wasReady = point.sample.ready else { continue }
            guard last.sample.taken - point.sample.taken < wasReady else {
                return figure(last, reached, beyond: index, gaveBack)
            }
            if points[index + 1].sample.taken < point.sample.taken { gaveBack = true }
            reached = index
        }
        return .atLeast(last.at - points[reached].at)
    }

    /// - Parameter beyond: the first point, going back, at which the message was not there.
    private func figure(_ last: Point, _ reached: Int, beyond: Int, _ gaveBack: Bool) -> Figure<Duration> {
        let age = last.at - points[reached].at
        let gap = points[reached].at - points[beyond].at
        let isWatched = gap <= QueueHistory.distance(atAge: last.at - points[beyond].at) + QueueHistory.patience
        return gaveBack || !isWatched ? .atLeast(age) : .derived(age)
    }

    var waitedLong: Figure<Int> {
        guard let last = points.last else { return .unknown("not watched") }
        guard let ready = last.sample.ready else { return .unknown("the queue's leader does not answer") }
        if ready == 0 { return .exact(0) }
        guard let index = point(before: QueueFigures.longWait) else {
            return .unknown("watched for less than \(QueueFigures.longWait.components.seconds) s")
        }
        guard let wasReady = points[index].sample.ready else { return .unknown("the queue's leader did not answer") }
        return .derived(min(ready, max(0, wasReady - (last.sample.taken - points[index].sample.taken))))
    }
}

extension QueueFigures {
    /// What is told of every queue that was seen lately.
    ///
    /// - Parameters:
    ///   - latest: what was just seen, and is in no store yet.
    ///   - read: so many of the latest snapshots; more are asked for only where a message has waited for longer.
    package static func all(
        _ latest: QueueSnapshot?, at now: Timestamp, read: (_ limit: Int) async throws(StoreError) -> [QueueSnapshot]
    ) async throws(StoreError) -> [QueueFigures] {
        let few = 100
        var snapshots = try await read(few)
        var figures = all(snapshots, latest, at: now)
        if snapshots.count == few, figures.contains(where: { $0.oldest.kind == .atLeast }) {
            snapshots = try await read(.max)
            figures = all(snapshots, latest, at: now)
        }
        return figures
    }

    private static func all(
        _ snapshots: [QueueSnapshot], _ latest: QueueSnapshot?, at now: Timestamp
    ) -> [QueueFigures] {
        var snapshots = snapshots
        if let latest {
            if let last = snapshots.last, last.at >= latest.at { snapshots.removeLast() }
            snapshots.append(latest)
        }
        let names = snapshots.last?.queues.map(\.queue) ?? []
        return names.compactMap { QueueFigures(of: $0, snapshots, at: now) }.sorted { $0.queue < $1.queue }
    }
}
