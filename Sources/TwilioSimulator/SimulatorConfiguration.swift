public import Basics

/// What the simulator pretends to be, and how it behaves where Twilio's own behaviour is configurable or unknown.
public struct SimulatorConfiguration: Sendable {
    /// The address to listen on. Loopback by default: the simulator shows codes to whoever asks.
    public var host = "127.0.0.1"
    /// The TCP port; 0 takes any free one, which `run` then reports.
    public var port = 8089
    /// The account, `AC` and 32 hexadecimal digits. User name of the Basic authentication.
    public var accountSID = "AC00000000000000000000000000000001"
    /// Password of the Basic authentication, for the account as well as for any API key (`SK` and 32 digits).
    public var authToken = Redacted("secret")
    /// The one service that exists from the start, `VA` and 32 hexadecimal digits.
    public var serviceSID = "VA00000000000000000000000000000001"
    /// Length of the codes of the preset service, 4 to 10 digits. Twilio's default is 6.
    public var codeLength = 6
    /// How long a verification lives from its creation; resends do not lengthen it. Twilio's default is 10 minutes.
    public var codeLifetime: Duration = .seconds(600)
    /// How long after the event a send or a conversion appears in `/v2/Attempts`. Twilio states no figure.
    public var attemptVisibilityDelay: Duration = .zero
    /// Waited before every answer of the API.
    public var latency: Duration = .zero
    /// Whether a number may start again at once after five wrong checks. Twilio's documents say no, a live test
    /// reported by others says yes; `false` is the stricter choice.
    public var restartAfterMaxChecks = false

    public init() {}
}
