public import Basics

/// Numbers that belong together: of the same labels, and of the same span where spans are told apart.
public struct RollupGroup: Sendable {
    /// The beginning of the span; `nil` where all are one.
    public var start: Timestamp?
    /// The values of the labels that it goes by, in their order.
    public var values: [String]
    /// What it is made of.
    public var rows: [RollupRow]

    /// How many there are in all.
    public var count: Int { rows.reduce(0) { $0 + $1.count } }

    /// Puts numbers together.
    ///
    /// - Parameters:
    ///   - labels: what tells the groups apart.
    ///   - span: how long each group's time is; `nil` for one that is all of it. Rows of longer spans stay whole.
    /// - Returns: the oldest span first; within one, the largest group first.
    public static func of(
        _ rows: [RollupRow], by labels: [RollupSeries.Label], span: Duration? = nil
    ) -> [RollupGroup] {
        struct Key: Hashable {
            var start: Timestamp?
            var values: [String]
        }
        let groups = Dictionary(grouping: rows) { row in
            Key(
                start: span.map { span in
                    let length = max(1, span.milliseconds)
                    return Timestamp(milliseconds: row.start.milliseconds / length * length)
                }, values: labels.map { row[$0] })
        }
        let unsorted = groups.map { RollupGroup(start: $0.start, values: $0.values, rows: $1) }
        return unsorted.map { (group: $0, count: $0.count) }.sorted { left, right in
            if left.group.start != right.group.start {
                return (left.group.start?.milliseconds ?? 0) < (right.group.start?.milliseconds ?? 0)
            }
            if left.count != right.count { return left.count > right.count }
            return left.group.values.lexicographicallyPrecedes(right.group.values)
        }.map { $0.group }
    }
}

/// How many stand in each bucket of a time that was measured.
public struct TimeBuckets: Sendable, Equatable {
    /// The upper bounds of all buckets but the last, in milliseconds.
    public var bounds: [Int]
    /// How many are in each.
    public var counts: [Int]

    /// Of the rows that have a bucket.
    public init(_ rows: [RollupRow], of series: RollupSeries) {
        bounds = series.bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
        for row in rows {
            guard let index = Int(row[.bucket]), counts.indices.contains(index) else { continue }
            counts[index] += row.count
        }
    }

    /// The bucket that a share of all lies in, as its upper bound.
    public enum Bound: Sendable, Equatable {
        /// Fewer milliseconds than this.
        case below(Int)
        /// So many milliseconds or more.
        case atLeast(Int)
    }

    /// Where a share of all, counted from the quickest, ends; `nil` where nothing was measured.
    ///
    /// - Parameter share: 0.5 for the median.
    public func bound(of share: Double) -> Bound? {
        let all = counts.reduce(0, +)
        guard all > 0, let last = bounds.last else { return nil }
        let wanted = max(1, (Double(all) * share).rounded(.up))
        var seen = 0
        for (count, bound) in zip(counts, bounds) {
            seen += count
            if Double(seen) >= wanted { return .below(bound) }
        }
        return .atLeast(last)
    }
}

/// What became of codes that were first sent in the same time.
///
/// A code that nobody enters stays among those that were sent, so the share that was entered falls when codes go to people who never
/// asked for them.
public struct ConversionFigures: Sendable, Equatable {
    /// Codes: each once, however often it went out.
    public private(set) var codes = 0
    /// Sends of the same code after the first.
    public private(set) var resends = 0
    /// Codes of which at least one entry was compared.
    public private(set) var entered = 0
    /// Wrong entries.
    public private(set) var wrong = 0
    /// Codes that all wrong entries were used up of.
    public private(set) var usedUp = 0
    /// Codes that were entered rightly.
    public private(set) var approved = 0
    /// Codes whose login was given up.
    public private(set) var canceled = 0
    /// From the first send to the right entry.
    public let times: TimeBuckets

    /// From rows of ``RollupSeries/codesByHour`` and ``RollupSeries/codesByDay``.
    public init(_ rows: [RollupRow]) {
        times = TimeBuckets(rows, of: .codesByHour)
        for row in rows {
            switch CodeEvent(rawValue: row[.event]) {
            case .sent?: codes += row.count
            case .resent?: resends += row.count
            case .entered?: entered += row.count
            case .denied?: wrong += row.count
            case .usedUp?: usedUp += row.count
            case .approved?: approved += row.count
            case .canceled?: canceled += row.count
            case nil: break
            }
        }
    }

    /// Codes of which nothing has come: neither approved nor given up nor used up.
    ///
    /// Young ones may still be entered.
    public var unused: Int { max(0, codes - approved - canceled - usedUp) }

    /// Which part of the codes was entered rightly, 0 to 1; `nil` without any code.
    public var approvedShare: Double? { codes > 0 ? Double(approved) / Double(codes) : nil }
    /// Which part of the codes was entered at all, 0 to 1; `nil` without any code.
    public var enteredShare: Double? { codes > 0 ? Double(entered) / Double(codes) : nil }
}

/// How requests to Twilio went.
public struct CallFigures: Sendable, Equatable {
    /// How many were made for jobs.
    public private(set) var count = 0
    /// Those that did what they should.
    public private(set) var succeeded = 0
    /// From the request to the end of its answer.
    public let times: TimeBuckets

    /// From rows of ``RollupSeries/callsByMinute`` and ``RollupSeries/callsByHour``.
    public init(_ rows: [RollupRow]) {
        times = TimeBuckets(rows, of: .callsByMinute)
        for row in rows {
            count += row.count
            if row[.result] == ProviderCall.success { succeeded += row.count }
        }
    }
}
