import Basics
import DequeModule
import Store

/// Replies that were confirmed, noted together: nobody waits for that, and losing a note costs a second reply.
final class ConfirmedReplies: Sendable {
    /// Beyond so many, while the store cannot be written, the oldest are dropped.
    static let most = 4096
    /// So long they wait for each other.
    static let pause: Duration = .milliseconds(200)

    /// That a job's reply was confirmed, and when by this host's clock: what came to be of it later than that counts more.
    struct Note: Sendable {
        var key: JobKey
        var at: MonotonicTime
    }

    private struct State {
        var notes: Deque<Note> = []
        var isTimed = false
    }

    private let state = Locked(State())
    private let write: @Sendable ([Note]) async -> Bool

    /// - Parameter write: whether they are on disk.
    init(_ write: @escaping @Sendable ([Note]) async -> Bool) { self.write = write }

    func leave(_ note: Note) {
        let isFirst = state.withLock { state in
            Self.add([note], to: &state)
            defer { state.isTimed = true }
            return !state.isTimed
        }
        guard isFirst else { return }
        Task {
            try? await Task.sleep(for: Self.pause)
            await flush()
        }
    }

    /// Writes what there is.
    func flush() async {
        let notes = state.withLock { state in
            state.isTimed = false
            defer { state.notes = [] }
            return Array(state.notes)
        }
        guard !notes.isEmpty, await !write(notes) else { return }
        // Those go with the next.
        state.withLock { Self.add(notes, to: &$0) }
    }

    private static func add(_ notes: [Note], to state: inout State) {
        state.notes.append(contentsOf: notes)
        state.notes.removeFirst(max(0, state.notes.count - most))
    }
}
