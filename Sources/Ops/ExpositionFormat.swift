/// The two text forms that Prometheus reads.
///
/// Sources: prometheus.io/docs/instrumenting/exposition_formats and the OpenMetrics 1.0 specification.
public enum ExpositionFormat: Sendable {
    case text
    case openMetrics

    /// - Parameter accept: the request's header; OpenMetrics only for whoever asks for it.
    public init(accept: String?) {
        self = accept?.contains("application/openmetrics-text") == true ? .openMetrics : .text
    }

    /// As the header field says it.
    public var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    var end: String { self == .openMetrics ? "# EOF\n" : "" }

    func append(_ reading: MetricReading, to text: inout String) {
        appendHead(of: reading.family, to: &text)
        switch reading.content {
        case .samples(let samples):
            for sample in samples {
                append(reading.family.name, reading.family.labels, sample.labels, Self.number(sample.value), to: &text)
            }
        case .histograms(let series):
            for (labels, value) in series { append(value, labels, of: reading.family, to: &text) }
        }
    }

    private func appendHead(of family: MetricFamily, to text: inout String) {
        let isOpen = self == .openMetrics
        let name = isOpen ? family.baseName : family.name
        let kind = !isOpen && family.kind == .info ? MetricFamily.Kind.gauge : family.kind
        text += "# HELP \(name) \(Self.escape(family.help, quotes: isOpen))\n# TYPE \(name) \(kind.rawValue)\n"
        if isOpen, let unit = family.unit { text += "# UNIT \(name) \(unit)\n" }
    }

    private func append(_ value: HistogramValue, _ labels: [String], of family: MetricFamily, to text: inout String) {
        for (bound, count) in value.cumulative {
            append(
                family.name + "_bucket", family.labels + ["le"], labels + [Self.number(bound)], String(count), to: &text
            )
        }
        append(family.name + "_sum", family.labels, labels, Self.number(value.sum), to: &text)
        append(family.name + "_count", family.labels, labels, String(value.count), to: &text)
    }

    private func append(
        _ name: String, _ labels: [String], _ values: [String], _ number: String, to text: inout String
    ) {
        text += name
        if !labels.isEmpty {
            text += "{"
            text += zip(labels, values).map { "\($0)=\"\(Self.escape($1, quotes: true))\"" }.joined(separator: ",")
            text += "}"
        }
        text += " \(number)\n"
    }

    /// Both formats take the same spelling, and OpenMetrics wants bounds of buckets as floating point.
    private static func number(_ value: Double) -> String {
        switch value {
        case .infinity: "+Inf"
        case -.infinity: "-Inf"
        default: value.isNaN ? "NaN" : "\(value)"
        }
    }

    private static func escape(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
