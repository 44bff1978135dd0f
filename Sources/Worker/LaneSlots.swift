import Basics
import Pipeline

/// The places of one lane: so many jobs of it are worked on at once. First come, first served.
///
/// Not cancellable on purpose: whoever waits was delivered a message and must settle it.
final class LaneSlots: Slot {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
        var head = 0
    }

    private let state: Locked<State>

    init(count: Int) {
        state = Locked(State(free: count))
    }

    func acquire() async {
        await withCheckedContinuation { continuation in
            let hasPlace = state.withLock { state in
                guard state.free == 0 else {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if hasPlace { continuation.resume() }
        }
    }

    func release() async {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.head < state.waiting.count else {
                state.free += 1
                return nil
            }
            let next = state.waiting[state.head]
            state.head += 1
            // The served part is dropped in one go once it is the larger half.
            if state.head * 2 > state.waiting.count {
                state.waiting.removeFirst(state.head)
                state.head = 0
            }
            return next
        }
        next?.resume()
    }
}
