import Basics
import TestKit
import Testing
import Wire

@testable import Store

/// What is told of a queue, against a simulated one of which everything is known.
@Suite("Contract 8: queues without the management plug-in") struct QueueFiguresTests {
    private static let start = Timestamp(seconds: 1_800_000_000)
    private static let name = LaneName.send.queue

    private func figures(_ points: [(second: Int, ready: Int?, inHand: Int, settled: Int)], at second: Int? = nil)
        -> QueueFigures?
    {
        let snapshots = points.map { point in
            QueueSnapshot(
                at: Self.start + .seconds(point.second),
                queues: [
                    QueueSample(
                        queue: Self.name, ready: point.ready, consumers: point.ready.map { _ in 1 },
                        inHand: point.inHand, settled: point.settled)
                ])
        }
        return QueueFigures(of: Self.name, snapshots, at: Self.start + .seconds(second ?? points.last?.second ?? 0))
    }

    @Test(
        "8 queues: the age of the oldest, never too high, one sample too low at most; those that wait long, exactly",
        arguments: 0..<60)
    func simulated(seed: Int) throws {
        var queue = SimulatedQueue(seed: UInt64(seed), givesBack: false)
        for _ in 0..<Int.random(in: 5...120, using: &queue.generator) {
            queue.step()
            let figures = try #require(QueueFigures(of: Self.name, queue.snapshots, at: queue.now))
            #expect(figures.ready == .init(value: queue.waiting.count, kind: .exact))
            let truth = queue.oldest
            let told = try #require(figures.oldest.value)
            #expect(told <= truth)
            switch figures.oldest.kind {
            case .exact: #expect(truth == .zero)
            case .derived: #expect(truth - told <= .seconds(2))
            // The watching began with messages that had waited already.
            case .atLeast: #expect(queue.now - told == queue.snapshots[0].at)
            case .unknown: Issue.record("a queue that is watched has an oldest message")
            }
            if let long = figures.waitedLong.value {
                #expect(long == queue.waiting.count { queue.now - $0 >= .seconds(30) })
            } else {
                #expect(queue.now - queue.snapshots[0].at < .seconds(30))
            }
        }
    }

    @Test("8 queues: a backlog of 5,000: its oldest within 4 s, rates within a tenth, time until empty within a fifth")
    func backlog() throws {
        var points: [(second: Int, ready: Int?, inHand: Int, settled: Int)] = []
        // A hundred come each second for 50 s; from the fifth second on forty are done.
        func came(_ second: Int) -> Int { min(5000, 100 * max(0, second)) }
        func done(_ second: Int) -> Int { min(came(second), 40 * max(0, second - 5)) }
        for second in stride(from: 0, through: 130, by: 2) {
            let inHand = min(128, came(second) - done(second))
            let ready = came(second) - done(second) - inHand
            points.append((second, ready, inHand, done(second)))
            guard second >= 60 else { continue }
            let figures = try #require(self.figures(points))
            #expect(figures.ready.value == ready)
            // Whoever is next was the so-and-so-many-th to come.
            let truth = Double(second) - Double(done(second) + inHand) / 100
            let told = try #require(figures.oldest.value) / .seconds(1)
            if ready > 0 { #expect(abs(truth - told) <= 4, "\(second) s: \(told) instead of \(truth)") }
            // A tenth of the hundred and of the forty a second.
            let cameIn = Double(came(second) - came(second - 60))
            #expect(abs(try #require(figures.cameIn.value) - cameIn) <= 600, "\(second) s")
            let doneNow = Double(done(second) - done(second - 60))
            #expect(abs(try #require(figures.done.value) - doneNow) <= 240, "\(second) s")
            // Once a minute has gone by in which none came.
            guard second >= 112, ready > 0 else { continue }
            let left = Double(ready) / 40
            let empty = try #require(figures.untilEmpty.value) / .seconds(1)
            #expect(abs(empty - left) <= left / 5 + 1, "\(second) s: \(empty) instead of \(left)")
        }
    }

    @Test("8 queues: with workers that die and give back what they had, it is still never too high", arguments: 0..<60)
    func givingBack(seed: Int) throws {
        var queue = SimulatedQueue(seed: UInt64(seed), givesBack: true)
        for _ in 0..<100 {
            queue.step()
            let figures = try #require(QueueFigures(of: Self.name, queue.snapshots, at: queue.now))
            #expect(try #require(figures.oldest.value) <= queue.oldest)
        }
    }

    @Test("8 queues: rates are what came and what was done, whoever dies meanwhile", arguments: 0..<30)
    func rates(seed: Int) throws {
        var queue = SimulatedQueue(seed: UInt64(seed), givesBack: true)
        for _ in 0..<90 {
            queue.step()
            let figures = try #require(QueueFigures(of: Self.name, queue.snapshots, at: queue.now))
            guard queue.snapshots.count > 31 else { continue }
            let minute = queue.counts.suffix(30)
            let base = queue.now - queue.snapshots[queue.snapshots.count - 30].at
            guard base == .seconds(58) else { continue }
            #expect(
                abs((figures.cameIn.value ?? -1) - Double(minute.dropFirst().map(\.came).reduce(0, +)) * 60 / 58) < 0.01
            )
            #expect(
                abs((figures.done.value ?? -1) - Double(minute.dropFirst().map(\.done).reduce(0, +)) * 60 / 58) < 0.01)
        }
    }

    @Test("8 queues: time until empty by these rates; never, where more comes than is done; nothing before a minute")
    func untilEmpty() throws {
        let emptying = try #require(figures((0...30).map { ($0 * 2, 600 - $0 * 10, 5, $0 * 20) }))
        // 600 a minute are done, 300 come: 300 wait.
        #expect(abs((emptying.cameIn.value ?? 0) - 300) < 0.01 && abs((emptying.done.value ?? 0) - 600) < 0.01)
        let left = try #require(emptying.untilEmpty.value) / .seconds(1)
        #expect(emptying.untilEmpty.kind == .derived && abs(left - 60) < 0.01)
        let growing = try #require(figures((0...30).map { ($0 * 2, 100 + $0 * 10, 5, $0 * 20) }))
        #expect(growing.untilEmpty.value == nil && growing.untilEmpty.why == "never, at this rate")
        let early = try #require(figures((0...20).map { ($0 * 2, 100, 5, $0 * 20) }))
        #expect(early.untilEmpty.kind == .unknown && early.cameIn.why == "watched for less than a minute")
        #expect(try #require(figures([(0, 0, 0, 0)])).untilEmpty == .init(value: .zero, kind: .exact))
    }

    @Test("8 queues: while nobody consumes, the age goes on from where it was, through a time without any watcher")
    func standstill() throws {
        var points: [(Int, Int?, Int, Int)] = (0...5).map { ($0 * 2, 0, 0, 40) }
        points += [(12, 3, 0, 40), (14, 5, 0, 40)]
        #expect(try #require(figures(points)).oldest == .init(value: .seconds(2), kind: .derived))
        // All workers were gone for ten minutes; then somebody looked.
        points.append((614, 9, 0, 40))
        #expect(try #require(figures(points)).oldest == .init(value: .seconds(602), kind: .derived))
        // Where the queue was empty when the watching ended, only its end is known.
        let blind: [(Int, Int?, Int, Int)] = [(0, 0, 0, 40), (600, 9, 0, 40)]
        #expect(try #require(figures(blind)).oldest == .init(value: .zero, kind: .atLeast))
    }

    @Test("8 queues: a leader that does not answer makes numbers unknown, and a gap no newer message older")
    func silentLeader() throws {
        let silent = try #require(figures([(0, 3, 0, 0), (2, nil, 0, 0)]))
        #expect(silent.ready.kind == .unknown && silent.oldest.kind == .unknown && silent.consumers.value == nil)
        let back = try #require(figures([(0, 0, 0, 0), (2, 3, 0, 0), (4, nil, 0, 0), (6, 3, 0, 0)]))
        #expect(back.oldest == .init(value: .seconds(4), kind: .derived))
    }

    @Test("8 queues: a clock that was set back begins the watching anew")
    func clock() throws {
        let set = try #require(figures([(100, 5, 0, 0), (102, 5, 0, 0), (50, 5, 0, 0), (52, 5, 0, 0)]))
        #expect(set.oldest == .init(value: .seconds(2), kind: .atLeast))
    }

    @Test("8 queues: numbers carry their age; of what the broker gave up only depth and consumers are told")
    func others() throws {
        #expect(try #require(figures([(0, 1, 0, 0)], at: 7)).age == .seconds(7))
        let dead = QueueSnapshot(
            at: Self.start, queues: [QueueSample(queue: "verify.dead", ready: 4, consumers: 1, inHand: 0, settled: 0)])
        let told = try #require(QueueFigures(of: "verify.dead", [dead], at: Self.start))
        #expect(told.ready.value == 4 && told.inHand.kind == .unknown && told.oldest.kind == .unknown)
        #expect(QueueFigures(of: Self.name, [dead], at: Self.start) == nil)
    }

    @Test("8 queues: in hand and settled are those of the living; what a dead one had in hand went back")
    func snapshots() {
        func worker(_ id: Int64, alive: Bool, uncounted: Bool = false) -> WorkerRecord {
            var report = WorkerReport(host: "h", pid: 1, version: "1", listen: nil, settings: "s")
            report.state = .ready
            report.lanes = [
                WorkerReport.Lane(
                    lane: .send, slots: 1, held: 0, inHand: 3, prefetch: 2, isConsumed: true, isPaused: false,
                    settled: 10)
            ]
            var record = WorkerRecord(id: id, startedAt: Self.start, isAlive: alive)
            (record.report, record.age, record.isUncounted) = (report, .zero, uncounted)
            return record
        }
        func sample(_ workers: [WorkerRecord], ready: Int = 5, consumers: Int = 1) -> QueueSample {
            QueueSnapshot(
                at: Self.start, [QueueReading(queue: Self.name, ready: ready, consumers: consumers)], workers,
                ended: ["send": 100]
            ).queues[0]
        }
        let all = [worker(1, alive: true), worker(2, alive: false, uncounted: true), worker(3, alive: false)]
        #expect(sample(all) == QueueSample(queue: Self.name, ready: 5, consumers: 1, inHand: 3, settled: 120))
        // Nothing and nobody, while a worker consumes it: the leader does not answer.
        #expect(sample(all, ready: 0, consumers: 0).ready == nil)
        #expect(sample([worker(3, alive: false)], ready: 0, consumers: 0).ready == 0)
    }
}

/// A queue of which everything is known, looked at every two seconds.
private struct SimulatedQueue {
    var generator: Seeded
    private(set) var now = Timestamp(seconds: 1_800_000_000)
    /// When each came, the next one to be taken first.
    private(set) var waiting: [Timestamp] = []
    private(set) var snapshots: [QueueSnapshot] = []
    private(set) var counts: [(came: Int, done: Int)] = []
    /// What each worker has in hand.
    private var hands: [[Timestamp]] = [[], [], []]
    private var settled = 0
    private let givesBack: Bool
    /// Arrivals and takings are bursts and standstills.
    private var (arrivals, takings) = (3, 3)

    init(seed: UInt64, givesBack: Bool) {
        generator = Seeded(seed)
        self.givesBack = givesBack
    }

    var oldest: Duration { waiting.min().map { now - $0 } ?? .zero }

    /// Two seconds in steps of a fifth, then a look.
    mutating func step() {
        if Int.random(in: 0..<6, using: &generator) == 0 {
            arrivals = [0, 1, 5, 20].randomElement(using: &generator) ?? 0
        }
        if Int.random(in: 0..<6, using: &generator) == 0 {
            takings = [0, 0, 3, 25].randomElement(using: &generator) ?? 0
        }
        var count = (came: 0, done: 0)
        for _ in 0..<10 {
            now = now + .milliseconds(200)
            let came = arrivals > 0 ? Int.random(in: 0...arrivals, using: &generator) : 0
            waiting += Array(repeating: now, count: came)
            count.came += came
            count.done += work()
        }
        counts.append(count)
        snapshots.append(
            QueueSnapshot(
                at: now,
                queues: [
                    QueueSample(
                        queue: LaneName.send.queue, ready: waiting.count, consumers: 3,
                        inHand: hands.map(\.count).reduce(0, +), settled: settled)
                ]))
    }

    private mutating func work() -> Int {
        var done = 0
        for worker in hands.indices {
            let takes = takings > 0 ? min(waiting.count, Int.random(in: 0...takings, using: &generator)) : 0
            hands[worker] += waiting.prefix(takes)
            waiting.removeFirst(takes)
            let settles = Int.random(in: 0...hands[worker].count, using: &generator)
            // In whatever order they end.
            hands[worker].shuffle(using: &generator)
            hands[worker].removeLast(settles)
            done += settles
            guard givesBack, Int.random(in: 0..<40, using: &generator) == 0 else { continue }
            // The broker puts them where they were: in front.
            waiting = (hands[worker] + waiting).sorted()
            hands[worker] = []
        }
        settled += done
        return done
    }
}
