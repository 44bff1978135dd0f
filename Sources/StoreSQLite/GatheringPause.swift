import Basics

/// How long the writer waits for more operations before it begins a batch.
///
/// A commit costs the same whether one operation shares it or ten, so while many come it is worth waiting for the next
/// few, as PostgreSQL's `commit_delay` does. While few come nobody waits.
struct GatheringPause {
    /// Short beside a commit under such load, and long enough for four operations at ``busy`` a millisecond.
    static let length: Duration = .microseconds(2500)
    /// Operations a millisecond from which on it is worth it.
    static let busy: Int64 = 2
    /// Over so long, or longer, they are counted.
    private static let window: Duration = .milliseconds(20)

    private var arrived: Int64 = 0
    private var since: MonotonicTime
    private var isBusy = false

    init(at now: MonotonicTime) {
        since = now
    }

    /// An operation has come.
    mutating func count() {
        arrived += 1
    }

    /// The pause before a batch that could begin now; zero for none.
    mutating func next(at now: MonotonicTime) -> Duration {
        let passed = now - since
        if passed >= Self.window {
            isBusy = arrived >= Self.busy * passed.milliseconds
            (arrived, since) = (0, now)
        }
        return isBusy ? Self.length : .zero
    }
}
