public import Basics

/// Which number is meant: a series, a span of it, and labels.
package struct RollupKey: Sendable, Hashable, Comparable {
    package var series: RollupSeries
    /// The beginning of the span.
    package var start: Timestamp
    /// The values of the series' labels, in their order, apart by a tab.
    package var labels: String

    package init(series: RollupSeries, start: Timestamp, labels: String) {
        self.series = series
        self.start = start
        self.labels = labels
    }

    /// The row of this moment.
    ///
    /// - Parameter labels: in the series' order; `nil` for what there is none of.
    package init(_ series: RollupSeries, at time: Timestamp, _ labels: String?...) {
        self.init(series: series, start: series.start(of: time), labels: Self.pack(labels))
    }

    private static func pack(_ values: [String?]) -> String {
        var text = ""
        text.reserveCapacity(96)
        for (index, value) in values.enumerated() {
            if index > 0 { text.append("\t") }
            guard let value else { continue }
            // Names of front ends are others' words.
            text += value.utf8.contains(where: { $0 < 0x20 }) ? value.filter { $0 >= " " } : value
        }
        return text
    }

    /// In one order for all writers, so that no two wait for each other.
    package static func < (left: RollupKey, right: RollupKey) -> Bool {
        if left.series != right.series { return left.series.rawValue < right.series.rawValue }
        return left.start == right.start ? left.labels < right.labels : left.start < right.start
    }
}

/// Numbers to be added: those of the same row as one.
package struct RollupIncrements: Sendable {
    package private(set) var counts: [RollupKey: Int] = [:]

    package init() {}

    /// In the order in which they are written.
    package var sorted: [(key: RollupKey, count: Int)] {
        counts.map { (key: $0.key, count: $0.value) }.sorted { $0.key < $1.key }
    }

    package mutating func add(_ keys: [RollupKey]) {
        for key in keys { counts[key, default: 0] += 1 }
    }
}

/// One number, as it is read.
public struct RollupRow: Sendable, Equatable {
    /// What is counted.
    public var series: RollupSeries
    /// The beginning of its span.
    public var start: Timestamp
    /// How many.
    public var count: Int
    private var values: [String]

    package init(_ key: RollupKey, count: Int) {
        series = key.series
        start = key.start
        self.count = count
        values = key.labels.fields(separatedBy: UInt8(ascii: "\t"), keepsEmpty: true)
    }

    /// The value of a label; empty where there was none, or the series has no such label.
    public subscript(label: RollupSeries.Label) -> String {
        guard let index = series.labels.firstIndex(of: label), index < values.count else { return "" }
        return values[index]
    }
}

/// Which numbers are wanted.
public struct RollupQuery: Sendable {
    /// Of these series.
    public var series: [RollupSeries]
    /// Only spans that begin then or later.
    public var since: Timestamp
    /// Only spans that begin before.
    public var until: Timestamp

    /// Beyond so many rows the range is too long for one answer.
    public static let mostRows = 50_000

    package init(_ series: [RollupSeries], since: Timestamp, until: Timestamp) {
        self.series = series
        self.since = since
        self.until = until
    }

    /// Whether a number is among those that are wanted: it is of the whole span that it begins.
    package func asks(for key: RollupKey) -> Bool {
        series.contains(key.series) && key.start >= key.series.start(of: since) && key.start < until
    }
}

/// Numbers, and how far they reach.
public struct RollupPage: Sendable {
    /// The newest first.
    public var rows: [RollupRow]
    /// The span with which this page had to end, since there are more; `nil` when these are all.
    public var endsAt: Timestamp?
    /// Since when anything is counted at all; `nil` where the store does not say.
    public var countedSince: Timestamp?

    package init(rows: [RollupRow], endsAt: Timestamp?, countedSince: Timestamp?) {
        self.rows = rows
        self.endsAt = endsAt
        self.countedSince = countedSince
    }
}
