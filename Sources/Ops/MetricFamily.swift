/// One metric's name and what it means; all its series share them.
struct MetricFamily: Sendable {
    enum Kind: String, Sendable {
        case counter, gauge, histogram, info
    }

    /// As it is scraped: counters end with `_total`, infos with `_info`.
    var name: String
    var help: String
    var kind: Kind
    /// Label names in the order in which values are given.
    var labels: [String] = []

    /// What OpenMetrics calls the metric: without the suffix that its samples have.
    var baseName: String {
        switch kind {
        case .counter where name.hasSuffix("_total"): String(name.dropLast(6))
        case .info where name.hasSuffix("_info"): String(name.dropLast(5))
        default: name
        }
    }

    /// The base unit that the name ends with.
    var unit: String? { ["seconds", "bytes"].first { baseName.hasSuffix("_\($0)") } }
}

/// A metric that is written to wherever it is handed, and read at each scrape.
protocol Metric: Sendable {
    var reading: MetricReading { get }
}

/// One series at one moment.
public struct MetricSample: Sendable, Equatable {
    /// In the order of the family's label names.
    public var labels: [String]
    /// The value, in the family's unit.
    public var value: Double

    /// A value, with those of the family's labels in their order.
    public init(_ value: Double, _ labels: [String] = []) {
        self.value = value
        self.labels = labels
    }
}

/// What a family has to tell at one moment.
struct MetricReading: Sendable {
    enum Content: Sendable {
        case samples([MetricSample])
        case histograms([(labels: [String], value: HistogramValue)])
    }

    var family: MetricFamily
    var content: Content
}
