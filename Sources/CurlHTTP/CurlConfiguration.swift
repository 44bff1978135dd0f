/// Settings of a ``CurlClient``.
public struct CurlConfiguration: Sendable {
    /// For resolving, connecting and the TLS handshake together.
    ///
    /// Default 3 s; an earlier end of a request's own time limit comes first.
    public var connectTimeout: Duration = .seconds(3)
    /// A longer body ends the call as `tooLarge`.
    ///
    /// Default 256 KiB.
    public var maxResponseBytes: Int = 256 * 1024
    /// Further calls wait for a free connection, within their connect time-out.
    ///
    /// Default 256, 1 or more.
    public var maxConnectionsPerHost: Int = 256
    /// A connection unused for longer is not used again: the fewer stale ones, the fewer calls of unknown fate.
    ///
    /// Whole seconds, default 30.
    public var longestIdle: Duration = .seconds(30)
    /// A call that timed out ends its connection, if it took so long at least and nothing came by the connection
    /// meanwhile: over HTTP/2, all later calls would wait in vain with it.
    ///
    /// Default 5 s.
    public var longestSilence: Duration = .seconds(5)
    /// An HTTP proxy, `http://HOST:PORT`, through which TLS goes end to end (CONNECT).
    ///
    /// `nil` means none, whatever the environment says. Plain HTTP, to loopback, never goes through it.
    public var proxy: String?
    /// How requests name their program.
    public var userAgent: String
    /// Certificates to trust, in PEM; `nil` means the system's.
    public var caFile: String?
    /// Whether `http:` goes to loopback hosts only.
    ///
    /// Default `true`: credentials never leave the machine in the clear.
    public var allowsPlainHTTPOnLoopbackOnly: Bool = true

    /// With all else at its default.
    public init(userAgent: String) {
        self.userAgent = userAgent
    }
}
