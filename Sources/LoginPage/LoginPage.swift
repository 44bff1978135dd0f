public import Basics
public import Logging
public import VerifyClient
import Web
import Wire

/// The reference web login: what a portal's own pages may look like, for trying and showing.
///
/// Passwords, sessions and pages are this target's; what the second factor needs comes from workers by a ``LoginClient``.
public struct LoginPage: Sendable {
    private let server: WebServer

    /// - Parameters:
    ///   - host: a loopback address: it speaks plain HTTP, and is not for production.
    ///   - port: 0 takes any free one.
    ///   - client: whose `run()` is running.
    ///   - listener: likewise; `nil` where nothing is to be hidden.
    public init(
        host: String, port: Int, users: DemoUsers, client: LoginClient, listener: StatusListener?,
        clocks: Clocks = .system, logger: Logger
    ) {
        let site = LoginSite(
            ask: { try await client.ask($0, $1, $2) }, status: { listener?.status }, users: users, clocks: clocks,
            logger: logger)
        var limits = ServerLimits()
        // A page waits for a worker's reply, as long as the job's deadline leaves it.
        limits.exchange = .seconds(120)
        server = WebServer(host: host, port: port, limits: limits, logger: logger) { await site.answer($0) }
    }

    /// Serves until the task is cancelled.
    ///
    /// - Parameter onReady: called with the port once requests are taken.
    /// - Throws: ``WebServer/CannotListen``.
    public func run(onReady: @escaping @Sendable (Int) async -> Void = { _ in }) async throws {
        try await server.run(onReady: onReady)
    }
}
