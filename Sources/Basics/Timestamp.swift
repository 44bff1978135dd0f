public import FoundationEssentials
import Glibc

/// A moment on the wall clock, in whole milliseconds since 1970 (UTC).
///
/// For what people and other machines see. Lengths of time inside a process go by ``MonotonicTime``.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Since 1970, without leap seconds; before that negative.
    public var milliseconds: Int64

    /// From milliseconds since 1970.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// From seconds since 1970.
    public init(seconds: Int64) {
        let (product, isBeyond) = seconds.multipliedReportingOverflow(by: 1000)
        milliseconds = isBeyond ? (seconds < 0 ? .min : .max) : product
    }

    /// From Foundation's date, to the millisecond.
    public init(_ date: Date) {
        milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded())
    }

    /// Now, by the system's clock.
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Seconds since 1970, rounded down.
    public var wholeSeconds: Int64 {
        milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0)
    }

    /// The same moment with its milliseconds dropped.
    public var roundedDown: Timestamp { Timestamp(seconds: wholeSeconds) }

    /// Whether it is earlier.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    /// Later by a duration, to the millisecond.
    public static func + (left: Timestamp, right: Duration) -> Timestamp {
        Timestamp(milliseconds: clamped(left.milliseconds.addingReportingOverflow(right.milliseconds), left))
    }

    /// Earlier by a duration, to the millisecond.
    public static func - (left: Timestamp, right: Duration) -> Timestamp {
        Timestamp(milliseconds: clamped(left.milliseconds.subtractingReportingOverflow(right.milliseconds), left))
    }

    /// How much later it is; negative where it is earlier.
    public static func - (left: Timestamp, right: Timestamp) -> Duration {
        .milliseconds(clamped(left.milliseconds.subtractingReportingOverflow(right.milliseconds), left))
    }

    /// Times come from others, who may write any number: one that is beyond all time ends at its end, and ends nothing
    /// else.
    ///
    /// An overflow always goes the way of the sign on the left.
    private static func clamped(_ result: (partialValue: Int64, overflow: Bool), _ left: Timestamp) -> Int64 {
        guard result.overflow else { return result.partialValue }
        return left.milliseconds < 0 ? .min : .max
    }
}

extension Timestamp: Codable {
    /// As whole milliseconds.
    public init(from decoder: any Decoder) throws {
        self.init(milliseconds: try decoder.singleValueContainer().decode(Int64.self))
    }

    /// As RFC 3339 text.
    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(milliseconds)
    }
}

extension Timestamp: CustomStringConvertible {
    private static let withMilliseconds = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    private static let withoutMilliseconds = Date.ISO8601FormatStyle()

    /// RFC 3339 in UTC with milliseconds: `2026-01-31T12:00:00.000Z`.
    public var description: String { date.formatted(Self.withMilliseconds) }

    /// Half a millisecond on top: the style cuts off what a Double could not hold exactly.
    private var date: Date { Date(timeIntervalSince1970: (Double(milliseconds) + 0.5) / 1000) }

    /// Reads RFC 3339 (section 5.6) with or without fractions and with any offset.
    ///
    /// `nil` when it is not that, or outside the years 1970 to 9999.
    public init?(rfc3339 text: String) {
        guard text.utf8.count <= 40, let style = Self.style(for: text) else { return nil }
        guard let date = try? Date(text.uppercased(), strategy: style) else { return nil }
        guard (0..<253_402_300_800).contains(date.timeIntervalSince1970) else { return nil }
        self.init(date)
    }

    /// Foundation reads a fraction only when told to, and takes forms that RFC 3339 does not know; so the shape is
    /// looked at first.
    private static func style(for text: String) -> Date.ISO8601FormatStyle? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] | 0x20 == 0x74, bytes[13] == 0x3A,
            bytes[16] == 0x3A
        else { return nil }
        let zone = bytes.last.map { $0 | 0x20 } == 0x7A ? 1 : 6
        let seconds = bytes.dropFirst(19).dropLast(zone)
        if zone == 6, bytes.count < 25 || bytes[bytes.count - 3] != 0x3A { return nil }
        guard isPossible(bytes) else { return nil }
        guard let dot = seconds.first else { return withoutMilliseconds }
        let fraction = seconds.dropFirst()
        guard dot == 0x2E, !fraction.isEmpty, fraction.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return withMilliseconds
    }
}

extension Timestamp {
    /// Foundation reads the 30th of February as the 2nd of March; nobody means that.
    private static func isPossible(_ bytes: [UInt8]) -> Bool {
        func number(_ range: Range<Int>) -> Int? { Int(String(decoding: bytes[range], as: UTF8.self)) }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), hour < 24, minute < 60, second <= 60
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[month - 1]).contains(day)
    }
}

extension Duration {
    /// Whole milliseconds, rounded towards zero.
    public var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
