import Glibc

/// A moment on the machine's boot-time clock, in nanoseconds (`CLOCK_BOOTTIME`).
///
/// It never jumps, counts while the machine sleeps, and means the same in every process of one machine until the next
/// boot: leases of processes that share a SQLite file are written in it.
public struct MonotonicTime: Sendable, Hashable, Comparable {
    /// Since the machine was started, counting while it sleeps.
    public var nanoseconds: Int64

    /// From nanoseconds since the machine was started.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// What the clock shows.
    public static func now() -> MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// Whether it is earlier.
    public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Later by a duration.
    public static func + (left: MonotonicTime, right: Duration) -> MonotonicTime {
        let (seconds, attoseconds) = right.components
        return MonotonicTime(nanoseconds: left.nanoseconds + seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    /// How much later it is; negative where it is earlier.
    public static func - (left: MonotonicTime, right: MonotonicTime) -> Duration {
        .nanoseconds(left.nanoseconds - right.nanoseconds)
    }
}

/// Both clocks, read together; a parameter wherever time decides something, so that tests own it.
public struct Clocks: Sendable {
    /// The time of day.
    public var wall: @Sendable () -> Timestamp
    /// The time that is never set.
    public var monotonic: @Sendable () -> MonotonicTime

    /// From two clocks: a test hands in its own.
    public init(
        wall: @escaping @Sendable () -> Timestamp, monotonic: @escaping @Sendable () -> MonotonicTime
    ) {
        self.wall = wall
        self.monotonic = monotonic
    }

    /// The system's clocks.
    public static let system = Clocks(wall: Timestamp.now, monotonic: MonotonicTime.now)
}
