public import Basics

/// What the simulated account looks like.
public struct SimulatorConfiguration: Sendable {
    public var host = "127.0.0.1"
    /// 0 takes any free port.
    public var port = 8089
    public var accountSID = "AC00000000000000000000000000000001"
    public var serviceSID = "VA00000000000000000000000000000001"
    public var authToken = Redacted("secret")
    /// Digits of a code.
    public var codeLength = 6
    /// Life of a code; Twilio's default is 10 minutes.
    public var codeLifetime: Duration = .seconds(600)

    public init() {}
}
