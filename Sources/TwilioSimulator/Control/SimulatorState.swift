import Basics

/// Everything that changes while the simulator runs: Twilio's state, faults, the clock's offset, counters.
struct SimulatorState: Sendable {
    /// A page shows so many factors, the newest.
    static let mostFactorsShown = 100

    var twilio: SimulatedTwilio
    /// The app on the page.
    var app = AuthenticatorApp()
    var faults = FaultPlan()
    /// Added to the wall clock.
    var clockOffset = Duration.zero
    var requests: [SimulatorOperation: Int] = [:]
    var calls: [SimulatedCall] = []

    /// Forgets everything but the configuration; the clock's offset stays, for time must not run backwards.
    mutating func reset(now: Timestamp) {
        twilio = SimulatedTwilio(configuration: twilio.configuration, sources: twilio.sources, now: now)
        app = AuthenticatorApp()
        faults.clear()
        requests = [:]
    }
}
