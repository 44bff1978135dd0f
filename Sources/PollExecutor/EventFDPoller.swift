public import Basics
import CLinux
import Glibc

/// Waits in `poll(2)` for at most one watched descriptor and for wake-ups, which come through an eventfd.
public final class EventFDPoller: Poller {
    /// The kernel refused an eventfd, as it does when the process is out of descriptors.
    public struct CreationError: Error, CustomStringConvertible {
        /// The system's error number.
        public let errorNumber: Int32
        /// The system's error number, for a log.
        public var description: String { "eventfd: error \(errorNumber)" }
    }

    private struct Watched {
        var descriptor: Int32
        var events: Int16
    }

    private let wakeUp: Int32
    private let watched = Locked<Watched?>(nil)

    /// - Throws: ``CreationError``.
    public init() throws {
        wakeUp = clinux_eventfd()
        guard wakeUp >= 0 else { throw CreationError(errorNumber: errno) }
    }

    deinit {
        close(wakeUp)
    }

    /// Lets waits also end when `fd` is ready; replaces what was watched before.
    ///
    /// The caller keeps `fd` open until ``unwatch()``. A wait that has begun is not changed.
    /// `events` are those of `poll(2)`: `POLLIN` and the like.
    public func watch(_ fd: Int32, events: Int16) {
        watched.withLock { $0 = Watched(descriptor: fd, events: events) }
    }

    /// Watches nothing but wake-ups.
    public func unwatch() {
        watched.withLock { $0 = nil }
    }

    /// Sleeps until ``wake()`` or the deadline; `nil` is no deadline.
    public func wait(until deadline: MonotonicTime?) {
        let also = watched.withLock { $0 }
        var entries = [
            pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0),
            pollfd(fd: also?.descriptor ?? -1, events: also?.events ?? 0, revents: 0),
        ]
        poll(&entries, nfds_t(entries.count), Self.timeout(until: deadline, now: .now()))
        guard entries[0].revents != 0 else { return }
        var count: UInt64 = 0
        _ = read(wakeUp, &count, MemoryLayout<UInt64>.size)
    }

    /// Ends a wait, or the next one at once; from any thread.
    public func wake() {
        var one: UInt64 = 1
        // The one possible failure is a full counter, and then the wait ends anyway.
        _ = write(wakeUp, &one, MemoryLayout<UInt64>.size)
    }

    /// Milliseconds for `poll`, rounded up so that a wait never ends just before its deadline.
    static func timeout(until deadline: MonotonicTime?, now: MonotonicTime) -> Int32 {
        guard let deadline else { return -1 }
        guard deadline > now else { return 0 }
        let (left, overflow) = deadline.nanoseconds.subtractingReportingOverflow(now.nanoseconds)
        if overflow { return .max }
        return Int32(clamping: left / 1_000_000 + (left % 1_000_000 == 0 ? 0 : 1))
    }
}
