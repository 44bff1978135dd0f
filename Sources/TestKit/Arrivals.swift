import Basics

/// Things that come in from elsewhere, kept; tests wait for the one they mean.
public final class Arrivals<Element: Sendable>: Sendable {
    public struct Missing: Error, CustomStringConvertible {
        public let description = "it did not come"
    }

    private struct Waiter {
        var wants: @Sendable (Element) -> Bool
        var continuation: CheckedContinuation<Element?, Never>
    }

    private struct State {
        var all: [Element] = []
        var waiting: [Int: Waiter] = [:]
        var next = 0
    }

    private let state = Locked(State())

    public init() {}

    public var all: [Element] { state.withLock { $0.all } }

    public func add(_ element: Element) {
        let meant = state.withLock { state -> [Waiter] in
            state.all.append(element)
            let meant = state.waiting.filter { $0.value.wants(element) }
            for id in meant.keys { state.waiting[id] = nil }
            return Array(meant.values)
        }
        for waiter in meant { waiter.continuation.resume(returning: element) }
    }

    /// The first that is wanted, of those that came and those to come.
    public func first(
        within patience: Duration = .seconds(40), where wants: @escaping @Sendable (Element) -> Bool
    ) async throws -> Element {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        let timer = Task {
            try await Task.sleep(for: patience)
            state.withLock { $0.waiting.removeValue(forKey: id) }?.continuation.resume(returning: nil)
        }
        defer { timer.cancel() }
        let element = await withCheckedContinuation { continuation in
            let known = state.withLock { state -> Element? in
                if let known = state.all.first(where: wants) { return known }
                state.waiting[id] = Waiter(wants: wants, continuation: continuation)
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
        guard let element else { throw Missing() }
        return element
    }
}
