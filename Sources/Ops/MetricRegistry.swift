import Basics

/// All metrics of the process.
///
/// Made once, at the start; what is handed out is written to from anywhere.
///
/// A family declares its labels here, and what it holds is bounded. Names and help are this program's own words; label
/// values must be of closed lists and never tell of a person.
public final class MetricRegistry: Sendable {
    private typealias Collector = @Sendable () async -> MetricReading?

    private let collectors = Locked<[Collector]>([])

    /// With no families.
    public init() {}

    /// - Parameters:
    ///   - name: ends with `_total`.
    ///   - mostSeries: everything new beyond counts as `other`.
    public func counter(
        _ name: String, _ help: String, labels: [String] = [], mostSeries: Int = 400
    ) -> Counter {
        let counter = Counter(
            MetricFamily(name: name, help: help, kind: .counter, labels: labels), mostSeries: mostSeries)
        add { counter.reading }
        return counter
    }

    /// - Parameters:
    ///   - name: ends with `_seconds`.
    ///   - isBounded: an observation beyond the last bucket adds no more than that bucket's bound to the sum: for what
    ///     others claim, who could spoil every average with one message.
    public func histogram(
        _ name: String, _ help: String, labels: [String] = [], buckets: [Double], isBounded: Bool = false,
        mostSeries: Int = 200
    ) -> Histogram {
        let family = MetricFamily(name: name, help: help, kind: .histogram, labels: labels)
        let histogram = Histogram(family, bounds: buckets, isBounded: isBounded, mostSeries: mostSeries)
        add { histogram.reading }
        return histogram
    }

    /// A value that is looked up at each scrape.
    /// - Parameter read: `nil` when it cannot be told now: then the metric is left out.
    public func gauge(
        _ name: String, _ help: String, labels: [String] = [],
        read: @escaping @Sendable () async -> [MetricSample]?
    ) {
        collect(MetricFamily(name: name, help: help, kind: .gauge, labels: labels), read)
    }

    /// The same for a number that only goes up and is counted elsewhere.
    public func counter(
        _ name: String, _ help: String, labels: [String] = [],
        read: @escaping @Sendable () async -> [MetricSample]?
    ) {
        collect(MetricFamily(name: name, help: help, kind: .counter, labels: labels), read)
    }

    /// What never changes: labels of the value 1.
    /// - Parameter name: ends with `_info`.
    public func info(_ name: String, _ help: String, _ values: KeyValuePairs<String, String>) {
        let sample = MetricSample(1, values.map(\.value))
        collect(MetricFamily(name: name, help: help, kind: .info, labels: values.map(\.key))) { [sample] }
    }

    /// Everything as text, in the order in which it was declared.
    public func exposition(_ format: ExpositionFormat) async -> String {
        var text = ""
        for collector in collectors.withLock({ $0 }) {
            if let reading = await collector() { format.append(reading, to: &text) }
        }
        return text + format.end
    }

    private func collect(_ family: MetricFamily, _ read: @escaping @Sendable () async -> [MetricSample]?) {
        add { await read().map { MetricReading(family: family, content: .samples($0)) } }
    }

    private func add(_ collector: @escaping Collector) {
        collectors.withLock { $0.append(collector) }
    }
}
