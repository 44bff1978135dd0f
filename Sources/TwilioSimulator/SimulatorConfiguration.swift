public import Basics

/// What the simulator pretends to be, and how it behaves where Twilio's own behaviour is configurable or unknown.
public struct SimulatorConfiguration: Sendable {
    /// The address to listen on.
    ///
    /// Loopback by default: the simulator shows codes to whoever asks.
    public var host = "127.0.0.1"
    /// The TCP port; 0 takes any free one, which `run` then reports.
    public var port = 8089
    /// The account, `AC` and 32 hexadecimal digits.
    ///
    /// User name of the Basic authentication.
    public var accountSID = "AC00000000000000000000000000000001"
    /// Password of the Basic authentication, for the account as well as for any API key (`SK` and 32 digits).
    public var authToken = Redacted("secret")
    /// The one service that exists from the start, `VA` and 32 hexadecimal digits.
    public var serviceSID = "VA00000000000000000000000000000001"
    /// Length of the codes of the preset service, 4 to 10 digits.
    ///
    /// Twilio's default is 6.
    public var codeLength = 6
    /// How long a verification lives from its creation; resends do not lengthen it.
    ///
    /// Twilio's default is 10 minutes.
    public var codeLifetime: Duration = .seconds(600)
    /// How long after the event a send or a conversion appears in `/v2/Attempts`.
    ///
    /// Twilio states no figure.
    public var attemptVisibilityDelay: Duration = .zero
    /// Waited before every answer of the API.
    public var latency: Duration = .zero
    /// Whether a number may start again at once after five wrong checks.
    ///
    /// Twilio's documents say no, a live test reported by others says yes; `false` is the stricter choice.
    public var restartAfterMaxChecks = false
    /// How long a factor can be verified after its creation.
    ///
    /// Twilio says 1 to 24 hours; after 24 it is gone.
    public var unverifiedFactorLifetime: Duration = .seconds(3600)
    /// Entities that can be made within a minute, the implicit ones included; more are refused with 60328.
    ///
    /// `nil` for no limit: Twilio states no figure.
    public var entitiesPerMinute: Int?
    /// Whether an authenticator's code counts once.
    ///
    /// No source says that Twilio sees to it, so by default it does not.
    public var refusesReplay = false
    /// Whether an authenticator's wrong code is an error (60311, 60324), as before October 2021.
    public var refusesWrongCodes = false

    /// One account with one service, whose names and token a test may show.
    public init() {}
}
