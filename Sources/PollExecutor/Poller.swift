public import Basics

/// How a ``PollExecutor``'s thread waits when it has nothing to do.
public protocol Poller: AnyObject, Sendable {
    /// Blocks the executor's thread until something happens, ``wake()`` is called or `deadline` passes.
    ///
    /// May return early and for no reason. A wake-up that came since the last wait must make it return at once.
    /// No limit when `deadline` is nil.
    func wait(until deadline: MonotonicTime?)

    /// Ends the present wait or, when there is none, the next one. Any thread may call it.
    func wake()
}
