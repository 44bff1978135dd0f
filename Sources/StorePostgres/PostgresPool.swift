import Basics
import Store
import Wire

/// A few sessions, and those who wait for one, in lines by the lane of their job: however many of one lane wait, one of another waits
/// for one of them.
final class PostgresPool: Sendable {
    private struct State {
        var all: [PostgresSession] = []
        var idle: [PostgresSession] = []
        var waiting = Turns<LaneName?, CheckedContinuation<PostgresSession?, Never>>()
        var isClosed = false
        var whenIdle: [CheckedContinuation<Void, Never>] = []
    }

    /// Few: each is a process at the server, and transactions are short.
    static let size = 8

    private let location: PostgresLocation
    private let use: PostgresLocation.Use
    private let size: Int
    private let state = Locked(State())

    init(_ location: PostgresLocation, for use: PostgresLocation.Use, size: Int = size) {
        self.location = location
        self.use = use
        self.size = size
    }

    /// Those that were needed so far.
    var all: [PostgresSession] { state.withLock { $0.all } }

    /// Runs `body` with a session that nobody else has meanwhile.
    func with<Result: Sendable>(
        lane: LaneName?, _ body: (PostgresSession) async throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
        guard let session = await take(lane) else { throw StoreError(.closed, "The store is closed.") }
        defer { give(back: session) }
        return try await body(session)
    }

    private func take(_ lane: LaneName?) async -> PostgresSession? {
        await withCheckedContinuation { continuation in
            let answer: PostgresSession?? = state.withLock { state in
                if state.isClosed { return .some(nil) }
                // The last one that was used is the warmest.
                if let session = state.idle.popLast() { return session }
                if state.all.count < size {
                    let session = PostgresSession(location, for: use)
                    state.all.append(session)
                    return session
                }
                state.waiting.append(continuation, to: lane)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    private func give(back session: PostgresSession) {
        typealias Waiting = CheckedContinuation<PostgresSession?, Never>
        let (next, idle) = state.withLock { state -> (Waiting?, [CheckedContinuation<Void, Never>]) in
            if let next = state.waiting.popFirst()?.element { return (next, []) }
            state.idle.append(session)
            guard state.idle.count == state.all.count else { return (nil, []) }
            defer { state.whenIdle = [] }
            return (nil, state.whenIdle)
        }
        next?.resume(returning: session)
        for continuation in idle { continuation.resume() }
    }

    /// Lets no more in, and waits for those who are.
    func close() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                state.isClosed = true
                let isIdle = state.waiting.isEmpty && state.idle.count == state.all.count
                if !isIdle { state.whenIdle.append(continuation) }
                return isIdle
            }
            if isIdle { continuation.resume() }
        }
        for session in all { await session.disconnect() }
    }
}
