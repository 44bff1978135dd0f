public import Basics

/// How many calls to Twilio the workers of one store make together; 0 is no limit.
///
/// All workers must be told the same.
public struct CallLimits: Sendable, Equatable {
    /// In no window of one second do more calls start (`twilio.calls_per_second`).
    public var perSecond: Int
    /// At no time are more under way (`twilio.calls_at_once`).
    public var atOnce: Int

    package init(perSecond: Int = 0, atOnce: Int = 0) {
        self.perSecond = perSecond
        self.atOnce = atOnce
    }

    /// Whether there is no limit at all, so that nothing need be leased.
    public var isNone: Bool { perSecond == 0 && atOnce == 0 }
}

/// What a worker says of its calls when it asks for room; nothing running and nothing waiting gives all room back.
public struct CallDemand: Sendable, Equatable {
    /// Calls that hold a place.
    public var running = 0
    /// How many may come to hold one before the answer is there: by its latest grant the worker goes on meanwhile.
    public var reach = 0
    /// Of the running ones, those whose request has not left yet.
    public var starting = 0
    /// Starts that were granted and may still be used before the answer is there.
    public var spare = 0
    /// Requests that left since they were last told of.
    public var departed = 0
    /// Calls that wait for room.
    public var waiting = 0

    package init() {}

    var isNone: Bool { running == 0 && waiting == 0 }
}

/// What a worker may do until a time on the machine's boot-time clock.
///
/// A request may leave before `until` only, looked at when it is about to: on that the books of the others rest.
public struct CallGrant: Sendable, Equatable {
    /// A call may start while fewer run; running ones are never taken back, so it can be below their number.
    public var places: Int
    /// How many may start beside those that were starting when the worker asked.
    public var starts: Int
    /// When the grant is over.
    public var until: MonotonicTime
    /// Whether the worker's grant before this one was still in force.
    ///
    /// If not, what was starting under it may not leave any more: its room may have been given away.
    public var isUnbroken: Bool

    package init(places: Int, starts: Int, until: MonotonicTime, isUnbroken: Bool) {
        self.places = places
        self.starts = starts
        self.until = until
        self.isUnbroken = isUnbroken
    }
}

/// Lengths of the leases on room for calls.
public enum CallLease {
    /// A worker with calls asks once in a block.
    public static let block: Duration = .milliseconds(100)
    /// How long a grant lasts: two askings in a row may come late.
    public static let length: Duration = .milliseconds(300)
    /// How long after its departure a call can be under way: its own limit, and a second for a stalled machine.
    static let longestCall: Duration = Lease.neededForCall + .seconds(1)
    /// How long a start counts: the second of the limit, and a tenth, since not all requests travel equally fast.
    static let window: Duration = .milliseconds(1100)
}

/// Where the room for calls is shared out.
public protocol CallStore: Sendable {
    /// Says what the acting worker's calls need and gets what it may do: never more over all workers than the limits.
    ///
    /// One transaction, asked at most once in a block by each worker. Throws ``StoreError``: then there is no new room.
    func leaseCalls(_ demand: CallDemand, limits: CallLimits) async throws(StoreError) -> CallGrant
}
