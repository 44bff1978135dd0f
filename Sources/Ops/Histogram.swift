import Basics

/// How long things took, in seconds, as counts of what took at most so long.
public final class Histogram: Metric {
    let family: MetricFamily
    private let bounds: [Double]
    private let isBounded: Bool
    private let series: Locked<SeriesTable<HistogramValue>>

    /// Told to nobody before it is a registry's.
    ///
    /// - Parameters:
    ///   - name: ends with `_seconds`.
    ///   - help: what takes that long, in a sentence.
    ///   - labels: the labels' names, four at the most.
    ///   - buckets: their bounds in seconds, ascending; ``Buckets`` has some.
    ///   - known: values of the labels, in their order, that are there from the start; one without labels is anyhow.
    ///   - isBounded: an observation beyond the last bucket adds no more than that bucket's bound to the sum: for what
    ///     others claim, who could spoil every average with one message.
    ///   - mostSeries: everything new beyond counts as `other`; 200 beside those that are known by default.
    public init(
        _ name: String, _ help: String, labels: [String] = [], buckets: [Double], known: [[String]] = [],
        isBounded: Bool = false, mostSeries: Int = 200
    ) {
        family = MetricFamily(name: name, help: help, kind: .histogram, labels: labels)
        bounds = buckets
        self.isBounded = isBounded
        series = Locked(
            SeriesTable(
                labels: family.labels.count, most: mostSeries, known: known, initial: HistogramValue(bounds: buckets)))
    }

    /// - Parameters:
    ///   - duration: below zero, as when a clock was set back, counts as zero.
    ///   - first: the labels' values in the order of the family's label names.
    public func observe(
        _ duration: Duration, _ first: String = "", _ second: String = "", _ third: String = "", _ fourth: String = ""
    ) {
        let seconds = max(0, duration / .seconds(1))
        series.withLock {
            $0.update(LabelValues(first, second, third, fourth), initial: HistogramValue(bounds: bounds)) {
                $0.add(seconds, asAtMost: isBounded ? bounds.last : nil)
            }
        }
    }

    var reading: MetricReading { MetricReading(family: family, content: .histograms(series.withLock { $0.sorted })) }
}

/// Ready-made bounds of buckets, in seconds.
public enum Buckets {
    /// What happens inside this machine.
    public static let local = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    /// A job from delivery to settlement.
    public static let jobs = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
    /// A call to Twilio.
    public static let calls = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30]
    /// What waits for a person.
    public static let people = [5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600] as [Double]
    /// A wait in a queue.
    public static let waits = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]
}

struct HistogramValue: Sendable, Equatable {
    let bounds: [Double]
    /// One per bound, and one for what is above all of them; not cumulative.
    private var counts: [Int]
    private(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    /// - Parameter limit: what a value beyond it adds to the sum; it is counted where it belongs all the same.
    mutating func add(_ value: Double, asAtMost limit: Double? = nil) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += limit.map { min($0, value) } ?? value
    }

    var count: Int { counts.reduce(0, +) }

    /// How many were at most so long, by bound; the last one is all of them.
    var cumulative: [(bound: Double, count: Int)] {
        var total = 0
        return zip(bounds + [.infinity], counts).map { bound, count in
            total += count
            return (bound, total)
        }
    }
}
