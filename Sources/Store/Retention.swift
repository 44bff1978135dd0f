package import Basics

/// How long the store keeps what has ended.
///
/// Idempotency records stay for their 48 hours whatever is set here.
public struct Retention: Sendable {
    /// Dead letters, whatever became of them.
    public var deadLetters: Duration = .seconds(7 * 86_400)
    /// The history of outcomes; `nil` keeps it.
    ///
    /// Never less than idempotency records stay: an erasure goes by it.
    public var history: Duration?
    /// The audit trail; `nil` keeps it.
    public var audit: Duration?

    package init() {}

    /// The contract's life of an idempotency record (section 5.2), and a margin for clocks that differ.
    package static let records: Duration = .seconds(49 * 3600)
    /// Live codes, ties, approvals and what is counted: none is looked at a day after it ended.
    package static let transient: Duration = .seconds(86_400 + 3600)
    /// How long an approval makes a client known, and a margin.
    package static let clients: Duration = .seconds(31 * 86_400)
}

/// Who sweeps: one worker for all, so that each further one costs nothing.
///
/// Whoever swept last goes on; when it is dead or has stopped, the next one who asks does.
package struct SweepLease: Sendable, Equatable {
    /// Three times the pause between two sweeps.
    package static let length: Duration = .seconds(180)

    package var worker: Int64
    package var until: Timestamp

    package init(worker: Int64, at now: Timestamp) { (self.worker, until) = (worker, now + Self.length) }

    package init(worker: Int64, until: Timestamp) { (self.worker, self.until) = (worker, until) }

    /// Whether another one may sweep.
    ///
    /// A clock that was set back must not keep everybody away.
    package func isOver(at now: Timestamp) -> Bool { now >= until || until - now > Self.length }
}
