import Basics

/// Counts events, one series per combination of labels; goes up only, from the start of the process.
///
/// What is counted must be a closed list by its nature: after `mostSeries` of them, everything new counts as `other`,
/// so that no peer can make the process grow.
public final class Counter: Metric {
    let family: MetricFamily
    private let series: Locked<SeriesTable<Double>>

    /// Told to nobody before it is a registry's.
    ///
    /// - Parameters:
    ///   - name: ends with `_total`.
    ///   - help: what it counts, in a sentence.
    ///   - labels: the labels' names, four at the most.
    ///   - known: values of the labels, in their order, that stand at 0 from the start; one without labels does anyhow.
    ///   - mostSeries: everything new beyond counts as `other`; 400 beside those that are known by default.
    public init(
        _ name: String, _ help: String, labels: [String] = [], known: [[String]] = [], mostSeries: Int = 400
    ) {
        family = MetricFamily(name: name, help: help, kind: .counter, labels: labels)
        series = Locked(SeriesTable(labels: family.labels.count, most: mostSeries, known: known, initial: 0))
    }

    /// - Parameters:
    ///   - amount: what is not above zero counts as nothing.
    ///   - first: the labels' values in the order of the family's label names.
    public func add(
        _ amount: Double = 1, _ first: String = "", _ second: String = "", _ third: String = "", _ fourth: String = ""
    ) {
        guard amount > 0 else { return }
        series.withLock { $0.update(LabelValues(first, second, third, fourth), initial: 0) { $0 += amount } }
    }

    var reading: MetricReading {
        let all = series.withLock { $0.sorted }
        return MetricReading(family: family, content: .samples(all.map { MetricSample($0.value, $0.labels) }))
    }
}

/// The values of a family's labels, of which it has four at the most.
///
/// No list: one would be made for each event.
struct LabelValues: Sendable, Hashable {
    private var first, second, third, fourth: String

    init(_ first: String, _ second: String, _ third: String, _ fourth: String) {
        (self.first, self.second, self.third, self.fourth) = (first, second, third, fourth)
    }

    /// From a list, of which those beyond four are left out.
    init(_ list: [String]) {
        func value(_ index: Int) -> String { index < list.count ? list[index] : "" }
        self.init(value(0), value(1), value(2), value(3))
    }

    /// The same of all labels.
    init(all value: String) { self.init(value, value, value, value) }

    /// As many as the family has labels: those that are missing are blank, and those too many are left out.
    func first(_ count: Int) -> LabelValues {
        LabelValues(count > 0 ? first : "", count > 1 ? second : "", count > 2 ? third : "", count > 3 ? fourth : "")
    }

    func list(_ count: Int) -> [String] { Array([first, second, third, fourth].prefix(count)) }
}

/// Series by their labels, a bounded number of them.
struct SeriesTable<Value: Sendable> {
    private let labels: Int
    private let most: Int
    private var series: [LabelValues: Value] = [:]

    /// - Parameter known: series that are there from the start, beside `most` others.
    init(labels: Int, most: Int, known: [[String]], initial: Value) {
        precondition(labels <= 4, "a family has four labels at the most")
        self.labels = labels
        for values in labels == 0 ? [[]] : known { series[LabelValues(values).first(labels)] = initial }
        self.most = most + (labels == 0 ? 0 : series.count)
    }

    var sorted: [(labels: [String], value: Value)] {
        series.map { (labels: $0.key.list(labels), value: $0.value) }
            .sorted { $0.labels.lexicographicallyPrecedes($1.labels) }
    }

    /// Values that are missing count as blank, and those too many are left out: a mistake here must not stop a job.
    mutating func update(_ given: LabelValues, initial: @autoclosure () -> Value, _ change: (inout Value) -> Void) {
        var key = given.first(labels)
        if series[key] == nil, series.count >= most { key = LabelValues(all: "other").first(labels) }
        change(&series[key, default: initial()])
    }
}
