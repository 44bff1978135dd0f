import Basics

/// Counts events, one series per combination of labels; goes up only, from the start of the process.
///
/// What is counted must be a closed list by its nature: after `mostSeries` of them, everything new counts as `other`,
/// so that no peer can make the process grow.
public final class Counter: Sendable {
    let family: MetricFamily
    private let series: Locked<SeriesTable<Double>>

    init(_ family: MetricFamily, mostSeries: Int) {
        self.family = family
        series = Locked(SeriesTable(labels: family.labels.count, most: mostSeries))
    }

    /// - Parameter labels: values in the order of the family's label names.
    public func add(_ amount: Double = 1, _ labels: String...) {
        guard amount > 0 else { return }
        series.withLock { $0.update(labels, initial: 0) { $0 += amount } }
    }

    var reading: MetricReading {
        let all = series.withLock { $0.sorted }
        return MetricReading(family: family, content: .samples(all.map { MetricSample($0.value, $0.labels) }))
    }
}

/// Series by their labels, a bounded number of them.
struct SeriesTable<Value: Sendable> {
    private let labels: Int
    private let most: Int
    private var series: [[String]: Value] = [:]

    init(labels: Int, most: Int) {
        self.labels = labels
        self.most = most
    }

    var sorted: [(labels: [String], value: Value)] {
        series.map { (labels: $0.key, value: $0.value) }.sorted { $0.labels.lexicographicallyPrecedes($1.labels) }
    }

    /// Values that are missing count as blank, and those too many are left out: a mistake here must not stop a job.
    mutating func update(_ given: [String], initial: @autoclosure () -> Value, _ change: (inout Value) -> Void) {
        var key = given
        if key.count != labels { key = (0..<labels).map { $0 < given.count ? given[$0] : "" } }
        if series[key] == nil, series.count >= most { key = Array(repeating: "other", count: labels) }
        change(&series[key, default: initial()])
    }
}
