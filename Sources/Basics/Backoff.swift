/// Waits that grow: full jitter over an exponentially rising ceiling.
///
/// Full jitter (any wait from zero to the ceiling) spreads many clients best after a common failure.
public struct Backoff: Sendable {
    /// The first ceiling.
    public var first: Duration
    /// The ceiling that is never passed.
    public var longest: Duration
    private var failures = 0

    /// From the first pause, doubling up to the longest.
    public init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
    }

    /// The wait after one more failure.
    public mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let ceiling = min(longest, first * (1 << min(failures, 20)))
        failures += 1
        return .milliseconds(Int64.random(in: 0...max(0, ceiling.milliseconds), using: &generator))
    }

    /// The wait after one more failure, from the system's random numbers.
    public mutating func next() -> Duration {
        var generator = SystemRandomNumberGenerator()
        return next(using: &generator)
    }

    /// Starts over, after a success.
    public mutating func reset() {
        failures = 0
    }
}
