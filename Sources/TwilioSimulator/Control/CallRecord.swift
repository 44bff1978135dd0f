public import Basics

/// One call to `/v2`, on the machine's boot-time clock.
public struct SimulatedCall: Sendable {
    /// When it had come in whole.
    public var began: MonotonicTime
    /// When its answer was ready; `nil` before.
    public var ended: MonotonicTime?
}

extension TwilioSimulator {
    /// More are not recorded: a load test must not fill the memory.
    private static let mostCalls = 10_000

    /// The first ten thousand calls since the start, as they came.
    public var calls: [SimulatedCall] { state.withLock { $0.calls } }

    /// Notes a call that came, under a number for its end.
    func callBegan() -> Int {
        state.withLock { state in
            if state.calls.count < Self.mostCalls { state.calls.append(SimulatedCall(began: .now())) }
            return state.calls.count - 1
        }
    }

    func callEnded(_ number: Int) {
        state.withLock { $0.calls[number].ended = .now() }
    }
}
