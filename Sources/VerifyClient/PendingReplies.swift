import Basics
import Wire

/// A reply as it came.
struct HeardReply: Sendable {
    var body: [UInt8]
    /// When a worker published it, by its own clock, in whole seconds; `nil` where it does not say so.
    var publishedAt: Timestamp?
}

/// Who waits for which reply, by correlation id.
///
/// Each waiter is resumed exactly once: by its reply, by its time-out, by cancellation, or by the end of the client,
/// whichever comes first.
final class PendingReplies: Sendable {
    /// The job whose reply is waited for.
    struct Expected: Sendable {
        var kind: JobKind
        var messageID: String
        /// From then on nobody waits for it, however late whoever tells so wakes up.
        var until: MonotonicTime
    }

    typealias Waiter = CheckedContinuation<HeardReply, any Error>

    private struct State {
        var waiting: [String: Waiter] = [:]
        /// Ended before they began to wait.
        var early: [String: Result<HeardReply, any Error>] = [:]
        var expected: [String: Expected] = [:]
    }

    private let state = Locked(State())

    /// Says that a reply to `id` will be waited for; one that comes before the waiting is kept.
    func expect(_ id: String, of job: Expected) {
        state.withLock { $0.expected[id] = job }
    }

    /// The job whose reply is expected under `id`; `nil` if nobody expects one.
    func job(under id: String) -> Expected? { state.withLock { $0.expected[id] } }

    /// Waits for the reply to an expected id.
    func wait(for id: String) async throws -> HeardReply {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: Waiter) in
                let early = state.withLock { state -> Result<HeardReply, any Error>? in
                    if let early = state.early.removeValue(forKey: id) { return early }
                    state.waiting[id] = waiter
                    return nil
                }
                if let early { waiter.resume(with: early) }
            }
        } onCancel: {
            end(id, with: .failure(CancellationError()))
        }
    }

    /// Ends the wait for `id` with its reply, unless that comes when nobody may wait any more: by then the person is told
    /// that there is none.
    func hear(_ id: String, _ reply: Result<HeardReply, any Error>, at now: MonotonicTime) {
        guard let until = state.withLock({ $0.expected[id]?.until }), now < until else { return }
        end(id, with: reply)
    }

    /// Ends the wait for `id`; nothing if nobody expects it (a repeated reply).
    func end(_ id: String, with result: Result<HeardReply, any Error>) {
        let waiter = state.withLock { state -> Waiter? in
            guard state.expected.removeValue(forKey: id) != nil else { return nil }
            if let waiter = state.waiting.removeValue(forKey: id) { return waiter }
            state.early[id] = result
            return nil
        }
        waiter?.resume(with: result)
    }
}
