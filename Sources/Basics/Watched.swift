/// A value that is changed from any thread, and that tasks wait for to be as they want it.
public final class Watched<Value: Sendable>: Sendable {
    private struct Waiter {
        let fits: @Sendable (Value) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var value: Value
        var waiting: [UInt64: Waiter] = [:]
        var next: UInt64 = 0
    }

    private let state: Locked<State>

    /// Begins with a value, which counts as no change.
    public init(_ value: Value) {
        state = Locked(State(value: value))
    }

    /// What it is now.
    public var value: Value { state.withLock { $0.value } }

    /// Sets it, and wakes those who wait for another.
    public func set(_ value: Value) {
        update { $0 = value }
    }

    /// Changes the value in one step.
    ///
    /// Whoever waits for what it is now goes on.
    ///
    /// - Parameter change: called with a lock held.
    public func update(_ change: (inout Value) -> Void) {
        let fitting = state.withLock { state in
            change(&state.value)
            return Self.takeFitting(&state)
        }
        for continuation in fitting { continuation.resume() }
    }

    private static func takeFitting(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        // Several of these change with every job, and mostly nobody waits.
        guard !state.waiting.isEmpty else { return [] }
        var fitting: [CheckedContinuation<Void, Never>] = []
        for (id, waiter) in state.waiting where waiter.fits(state.value) {
            fitting.append(waiter.continuation)
            state.waiting[id] = nil
        }
        return fitting
    }

    /// Returns when the value is such that `fits`, or when the task is cancelled.
    ///
    /// A value that is such for a moment only may be gone again by then.
    ///
    /// - Parameter fits: a pure function; called with a lock held.
    public func wait(until fits: @escaping @Sendable (Value) -> Bool) async {
        // Mostly it is so already, and nobody needs to be told.
        let id: UInt64? = state.withLock { state in
            guard !fits(state.value) else { return nil }
            state.next += 1
            return state.next
        }
        guard let id else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if fits(state.value) { return true }
                    state.waiting[id] = Waiter(fits: fits, continuation: continuation)
                    return false
                }
                if isOver { return continuation.resume() }
                // Cancelled before it began to wait.
                if Task.isCancelled { end(id) }
            }
        } onCancel: {
            end(id)
        }
    }

    private func end(_ id: UInt64) {
        let waiter = state.withLock { $0.waiting.removeValue(forKey: id) }
        waiter?.continuation.resume()
    }
}
