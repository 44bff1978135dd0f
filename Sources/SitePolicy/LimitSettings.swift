public import Basics

/// Our own limits (contract, section 6, `limits.*`); Twilio's hold besides.
public struct LimitSettings: Sendable, Equatable {
    /// `false` switches all of ours off, for a load test.
    public var enabled = true
    /// Seconds between sends to a person, growing with each send since the last approval; the last one repeats.
    public var cooldownSeconds = [30, 40, 60, 90, 120]
    /// Sends of one code; Twilio's own number.
    public var sendsPerCode = 5
    /// Checks of one code; Twilio's own number.
    public var checksPerCode = 5

    public init() {}

    /// What Twilio allows anyway, and no setting of ours extends.
    private static let providersNumber = 5

    /// Sends of one code that a person has: ours or Twilio's, whichever is less.
    public var sendsOffered: Int { Self.offered(sendsPerCode, enabled) }
    /// Checks of one code, likewise.
    public var checksOffered: Int { Self.offered(checksPerCode, enabled) }

    private static func offered(_ own: Int, _ enabled: Bool) -> Int {
        enabled && own > 0 ? min(own, providersNumber) : providersNumber
    }

    /// When the next send is allowed after `streak` sends without an approval, the last of them at `last`.
    public func nextSend(streak: Int, last: Timestamp) -> Timestamp {
        guard enabled, streak > 0, let longest = cooldownSeconds.last else { return last }
        let seconds = streak <= cooldownSeconds.count ? cooldownSeconds[streak - 1] : longest
        return last + .seconds(seconds)
    }
}
