public import Wire

/// Our own limits (contract, section 6, `limits.*`); Twilio's hold besides.
///
/// 0 switches one off.
public struct LimitSettings: Sendable, Equatable {
    /// `false` switches all of ours off, for a load test.
    public var enabled = true
    /// Seconds between sends to a person or number, growing with each send since the last approval; the last repeats.
    public var cooldownSeconds = [30, 40, 60, 90, 120]
    /// Sends of one code; Twilio's own number.
    public var sendsPerCode = 5
    /// Sends within an hour to a registered number, for its owner.
    public var sendsPerNumberHour = 10
    /// Sends within an hour of one person.
    public var sendsPerUserHour = 10
    /// Sends within an hour from one address or device, as the front end tells it.
    public var sendsPerClientHour = 20
    /// Sends to numbers that their receiver has not proven to own.
    public var unprovenSendsPerNumberDay = 5
    /// The same within an hour, to the numbers of one country.
    public var unprovenSendsPerCountryHour = 200
    /// The same within an hour, of the whole site.
    public var unprovenSendsPerSiteHour = 1000
    /// Secrets of authenticators handed out.
    ///
    /// Each makes a factor at Twilio.
    public var enrolmentsPerUserHour = 5
    /// The same, from one address or device.
    public var enrolmentsPerClientHour = 20
    /// Checks of one code; Twilio's own number.
    public var checksPerCode = 5
    /// Wrong codes within an hour of one person from one address or device.
    public var wrongCodesPerUserClientHour = 10
    /// Wrong codes within an hour of one person, from anywhere.
    public var wrongCodesPerUserHour = 20
    /// Where codes may go by each channel: ISO 3166-1 alpha-2.
    ///
    /// One that is taken out may go everywhere.
    public var countries = Dictionary(
        uniqueKeysWithValues: Channel.allCases.map { ($0, Set(["US", "CA"])) })

    package init() {}

    /// What Twilio allows anyway, and no setting of ours extends.
    public static let providersNumber = 5
    /// The tries that a client keeps which was approved lately, when strangers have used up the person's.
    public static let triesOfKnownClient = 5
    /// How long an approval makes a client known.
    public static let clientMemory: Duration = .seconds(30 * 86_400)
    /// The pause after a send of which it could not be found out whether it went out.
    public static let pauseAfterUncertain: Duration = .seconds(5)
    /// How long to wait when there was no room for a call.
    public static let pauseWhenCrowded: Duration = .seconds(5)

    /// Sends of one code that a person has: ours or Twilio's, whichever is less.
    public var sendsOffered: Int { Self.offered(sendsPerCode, enabled) }
    /// Checks of one code, likewise.
    public var checksOffered: Int { Self.offered(checksPerCode, enabled) }

    private static func offered(_ own: Int, _ enabled: Bool) -> Int {
        enabled && own > 0 ? min(own, providersNumber) : providersNumber
    }

    /// The pause after the send that makes `streak` of them since the last approval.
    public func pause(streak: Int) -> Duration {
        guard enabled, streak > 0, let longest = cooldownSeconds.last else { return .zero }
        return .seconds(streak <= cooldownSeconds.count ? cooldownSeconds[streak - 1] : longest)
    }

    /// Whether codes may be sent to a region; numbers of no region count as foreign.
    public func allows(_ channel: Channel, to region: String?) -> Bool {
        guard enabled, let countries = countries[channel] else { return true }
        return region.map { countries.contains($0) } ?? false
    }
}
