public import Basics

/// What is counted, by what, and how long: one series of roll-ups each.
///
/// A row is a series, the beginning of a span of time, labels from closed lists, and a number: nothing of a person's. The numbers
/// are written in the transaction of what they count, so they are what a query over the records would find.
public enum RollupSeries: Int, Sendable, CaseIterable {
    /// Recorded outcomes, by the minute in which they were.
    case trafficByMinute = 1
    case trafficByHour = 2
    case trafficByDay = 3
    /// What became of codes, by the hour in which each was first sent.
    case codesByHour = 4
    case codesByDay = 5
    /// Requests to Twilio that were made for jobs, by the minute in which each began.
    case callsByMinute = 6
    case callsByHour = 7

    /// What each label tells.
    public enum Label: String, Sendable, CaseIterable {
        case frontEnd = "front_end"
        case application
        case job
        case channel
        case country
        case outcome
        case reason
        case purpose
        /// ``CodeEvent``.
        case event
        case operation
        case result
        /// Twilio's error code.
        case code
        /// How long it took, as the index of one of the series' ``RollupSeries/bounds``.
        case bucket
    }

    private struct Row {
        var span: Duration
        /// `nil` is for ever.
        var kept: Duration?
        /// Where its numbers go then; `nil` when they are dropped.
        var coarser: RollupSeries?
        var labels: [Label]
        /// The upper bounds of all buckets but the last, in milliseconds.
        var bounds: [Int] = []
    }

    private static let minute: Duration = .seconds(60)
    private static let hour: Duration = .seconds(3600)
    private static let day: Duration = .seconds(86_400)
    /// For "this time yesterday".
    private static let aDayBack: Duration = .seconds(26 * 3600)

    private var row: Row {
        switch self {
        case .trafficByMinute:
            Row(
                span: Self.minute, kept: Self.aDayBack, labels: Self.conclusionLabels, bounds: Self.conclusionBounds)
        case .trafficByHour:
            Row(span: Self.hour, kept: Self.day * 8, coarser: .trafficByDay, labels: Self.trafficLabels)
        case .trafficByDay: Row(span: Self.day, labels: Self.trafficLabels)
        case .codesByHour:
            Row(
                span: Self.hour, kept: Self.day * 8, coarser: .codesByDay, labels: Self.codeLabels,
                bounds: Self.entryBounds)
        case .codesByDay: Row(span: Self.day, labels: Self.codeLabels, bounds: Self.entryBounds)
        case .callsByMinute:
            Row(
                span: Self.minute, kept: Self.aDayBack, coarser: .callsByHour, labels: Self.callLabels,
                bounds: Self.callBounds)
        case .callsByHour:
            Row(span: Self.hour, kept: Self.day * 40, labels: Self.callLabels, bounds: Self.callBounds)
        }
    }

    // Made once: these are looked at for every outcome.
    private static let conclusionLabels: [Label] = [.job, .outcome, .bucket]
    private static let conclusionBounds = [100, 300, 1000, 3000, 10_000, 30_000, 60_000]
    private static let trafficLabels: [Label] = [
        .frontEnd, .application, .job, .channel, .country, .outcome, .reason,
    ]
    private static let codeLabels: [Label] = [.purpose, .application, .channel, .country, .event, .bucket]
    private static let callLabels: [Label] = [.operation, .result, .code, .bucket]
    private static let entryBounds = [15_000, 30_000, 60_000, 120_000, 300_000]
    private static let callBounds = [50, 100, 200, 400, 800, 2000, 5000]

    /// How long one row's time is.
    public var span: Duration { row.span }
    /// How long rows are kept; `nil` is for ever.
    public var kept: Duration? { row.kept }
    /// The series that old rows are added to; `nil` when they are dropped.
    public var coarser: RollupSeries? { row.coarser }
    /// The labels of a row, in their order.
    public var labels: [Label] { row.labels }
    /// The upper bounds of all buckets but the last, in milliseconds; empty where nothing is measured.
    public var bounds: [Int] { row.bounds }

    /// When the row of this moment begins.
    public func start(of time: Timestamp) -> Timestamp {
        let span = span.milliseconds
        let rest = time.milliseconds % span
        return Timestamp(milliseconds: time.milliseconds - (rest < 0 ? rest + span : rest))
    }

    /// The bucket of a time that something took.
    package func bucket(of time: Duration) -> Int {
        let (milliseconds, bounds) = (time.milliseconds, self.bounds)
        return bounds.firstIndex { milliseconds < $0 } ?? bounds.count
    }
}
