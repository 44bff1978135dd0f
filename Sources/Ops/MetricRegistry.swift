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

    /// Adds every counter and histogram that is a property of the value, in the order of their declarations.
    public func add(propertiesOf declarations: Any) {
        for property in Mirror(reflecting: declarations).children {
            if let metric = property.value as? any Metric { add(metric) }
        }
    }

    @discardableResult func add<Declared: Metric>(_ metric: Declared) -> Declared {
        append { metric.reading }
        return metric
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
        append { await read().map { MetricReading(family: family, content: .samples($0)) } }
    }

    private func append(_ collector: @escaping Collector) {
        collectors.withLock { $0.append(collector) }
    }
}
