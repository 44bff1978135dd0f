import AMQP
import Basics

/// Whether a worker that has not begun to consume yet should give up: when its connections were refused or lost, and
/// its time is over.
///
/// Pure: it is told how things stand.
///
/// An alarm at the broker, a lane that is missing or may not be read and a store that fails are waited out: there the
/// connections hold.
struct StartWatch: Sendable {
    /// Until when the start may take.
    let end: MonotonicTime
    private var cause: AMQPError?

    init(end: MonotonicTime) {
        self.end = end
    }

    /// Returns why to give up.
    mutating func look(_ status: WorkerStatus, at now: MonotonicTime) -> AMQPError? {
        // A connection that is refused for a limit comes and goes: at the end it may just be there.
        for broker in [status.consumer, status.publisher] where !broker.isConnected || broker.lastError?.code == .limit
        {
            guard let error = broker.lastError else { continue }
            if cause?.code != .limit || error.code == .limit { cause = error }
        }
        guard now >= end, !status.isDraining, !status.obstacles.isEmpty else { return nil }
        return cause
    }
}
