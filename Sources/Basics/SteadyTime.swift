/// The time of day to go by while the system's clock cannot be trusted: it does not follow a jump before the clock has
/// stood by it for a minute.
///
/// Pure; ``Clocks/steady(_:onEvent:)`` puts it to use.
///
/// A clock that is an hour ahead for some seconds (a virtual machine that was moved, a time server gone mad, a hand that
/// slipped) would otherwise make every waiting job late, end codes that are on their way, and forget authenticator codes
/// that were used.
public struct SteadyTime: Sendable {
    /// What happened to the system's clock; the duration is how far it is ahead, negative if it is behind.
    public enum Event: Sendable, Hashable {
        /// It jumped, and is not followed.
        case jumped(Duration)
        /// It came back by itself.
        case returned
        /// It has stood by its jump, and is followed from now on.
        case followed(Duration)
    }

    /// A lesser step is followed at once; a thousandth of the time since the last look comes on top, for clocks that are
    /// slewed, or run badly.
    public static let tolerance: Duration = .seconds(2)
    /// How long the system's clock must stand by a jump.
    public static let patience: Duration = .seconds(60)

    private var trusted: Timestamp
    private var lookedAt: MonotonicTime
    private var doubt: (ahead: Duration, since: MonotonicTime)?

    /// Begins with a reading of both clocks at once.
    public init(wall: Timestamp, monotonic: MonotonicTime) {
        trusted = wall
        lookedAt = monotonic
    }

    /// The time to go by, given what the system's two clocks say.
    public mutating func read(wall: Timestamp, monotonic: MonotonicTime) -> (time: Timestamp, event: Event?) {
        let passed = max(.zero, monotonic - lookedAt)
        let expected = trusted + passed
        let ahead = wall - expected
        // The clock is read a dozen times a job, and a Duration is slow to divide.
        if Self.isWithin(ahead, Self.tolerance) || Self.isWithin(ahead, Self.tolerance + passed / 1000) {
            let event: Event? = doubt == nil ? nil : .returned
            follow(wall, monotonic)
            return (wall, event)
        }
        guard let doubt, Self.isWithin(ahead - doubt.ahead, Self.tolerance) else {
            let event: Event? = doubt == nil ? .jumped(ahead) : nil
            doubt = (ahead, monotonic)
            return (expected, event)
        }
        guard monotonic - doubt.since >= Self.patience else { return (expected, nil) }
        follow(wall, monotonic)
        return (wall, .followed(ahead))
    }

    private mutating func follow(_ wall: Timestamp, _ monotonic: MonotonicTime) {
        trusted = wall
        lookedAt = monotonic
        doubt = nil
    }

    private static func isWithin(_ difference: Duration, _ tolerance: Duration) -> Bool {
        difference <= tolerance && difference >= .zero - tolerance
    }
}

extension Clocks {
    /// The same, with a time of day that does not follow a jump at once (``SteadyTime``).
    ///
    /// - Parameter onEvent: told of a jump and of its end, once each, by whoever happened to look at the clock.
    public static func steady(
        _ clocks: Clocks = .system, onEvent: @escaping @Sendable (SteadyTime.Event) -> Void
    ) -> Clocks {
        let steady = Locked(SteadyTime(wall: clocks.wall(), monotonic: clocks.monotonic()))
        return Clocks(
            wall: {
                let (time, event) = steady.withLock { $0.read(wall: clocks.wall(), monotonic: clocks.monotonic()) }
                if let event { onEvent(event) }
                return time
            }, monotonic: clocks.monotonic)
    }
}
