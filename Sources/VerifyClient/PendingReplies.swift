import Basics

/// Who waits for which reply, by correlation id.
///
/// Each waiter is resumed exactly once: by its reply, by its time-out, by cancellation, or by the end of the client,
/// whichever comes first.
final class PendingReplies: Sendable {
    typealias Waiter = CheckedContinuation<[UInt8], any Error>

    private struct State {
        var waiting: [String: Waiter] = [:]
        /// Ended before they began to wait.
        var early: [String: Result<[UInt8], any Error>] = [:]
        var expected: Set<String> = []
    }

    private let state = Locked(State())

    /// Says that a reply to `id` will be waited for; one that comes before the waiting is kept.
    func expect(_ id: String) {
        state.withLock { _ = $0.expected.insert(id) }
    }

    /// Waits for the reply to an expected id.
    func wait(for id: String) async throws -> [UInt8] {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: Waiter) in
                let early = state.withLock { state -> Result<[UInt8], any Error>? in
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

    /// Ends the wait for `id`; nothing if nobody expects it (a repeated reply).
    func end(_ id: String, with result: Result<[UInt8], any Error>) {
        let waiter = state.withLock { state -> Waiter? in
            guard state.expected.remove(id) != nil else { return nil }
            if let waiter = state.waiting.removeValue(forKey: id) { return waiter }
            state.early[id] = result
            return nil
        }
        waiter?.resume(with: result)
    }
}
