package import Basics
import FoundationEssentials
package import Wire

/// Administrators' jobs of front ends that may not administer: anybody can send any number of them, and the audit trail
/// is kept for ever.
///
/// Of a front end and an hour only the first are entries of their own, the others one entry with their number.
package struct AuditRefusals: Sendable, Equatable {
    package static let mostEntries = 100
    private static let hourLength: Int64 = 3_600_000

    package var frontEnd: String
    /// Hours since 1970.
    package var hour: Int64
    package var count: Int
    /// Of the latest.
    package var kind: JobKind

    package init(frontEnd: String, hour: Int64, count: Int, kind: JobKind) {
        self.frontEnd = frontEnd
        self.hour = hour
        self.count = count
        self.kind = kind
    }

    package static func hour(of time: Timestamp) -> Int64 { time.milliseconds / hourLength }

    /// The entry for those that have none of their own, once the hour is over.
    package func summary(at now: Timestamp) -> AuditEntry? {
        let more = count - Self.mostEntries
        guard more > 0 else { return nil }
        let since = Timestamp(milliseconds: hour * Self.hourLength)
        return AuditEntry(
            at: now, administrator: "", frontEnd: frontEnd, kind: kind, messageID: nil, user: "", outcome: .notAllowed,
            reason: .notAdmin, detail: #"{"more_since":"\#(since)","refused":"\#(more)"}"#)
    }
}
