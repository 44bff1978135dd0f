public import Basics
public import Pipeline
public import Wire

/// What is known of the channels, kept by every call to Twilio and read for `verify.status`.
public final class ChannelBoard: CallObserver {
    private let health: Locked<ChannelHealth>
    private let clocks: Clocks
    private let change: AsyncStream<Void>.Continuation
    /// One element, however often it changed since the last look.
    let changes: AsyncStream<Void>

    /// With every channel fine until its calls show otherwise.
    public init(clocks: Clocks = .system) {
        self.clocks = clocks
        health = Locked(ChannelHealth(at: clocks.wall()))
        (changes, change) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes a call into account.
    public func observed(_ call: ObservedCall) {
        let (now, wall) = (clocks.monotonic(), clocks.wall())
        if health.withLock({ $0.observe(call, at: now, wall: wall) }) { change.yield() }
    }

    /// Notes until when a channel's calls are cut off; `nil`: they go on.
    public func isCut(_ channel: Wire.Method, until: MonotonicTime?) {
        let (now, wall) = (clocks.monotonic(), clocks.wall())
        if health.withLock({ $0.cut(channel, until: until, at: now, wall: wall) }) { change.yield() }
    }

    /// Says nothing of a channel: the call before was observed.
    public func repeats(_ call: RepeatedCall) {}

    /// Says nothing of a channel: its calls were observed.
    public func concluded(_ job: ConcludedJob) {}

    func switchOff(_ methods: Set<Wire.Method>) {
        health.withLock { $0.switchOff(methods) }
    }

    /// Lets time pass, and says how things are.
    func status() -> ChannelStatus {
        let (now, wall) = (clocks.monotonic(), clocks.wall())
        return health.withLock { health in
            _ = health.look(at: now, wall: wall)
            return health.status(at: wall)
        }
    }

    /// Asks for the status to be told now.
    func poke() {
        change.yield()
    }
}
