public import Basics
import Glibc
import HummingbirdCore
public import Logging
import NIOCore
public import VerifyClient
import Wire

/// The reference web login: what a portal's own pages may look like, for trying and showing.
///
/// Passwords, sessions and pages are this target's; what the second factor needs comes from workers by a ``LoginClient``.
public struct LoginPage: Sendable {
    /// Nobody can listen at the address that was given.
    public struct CannotListen: Error, Sendable, CustomStringConvertible {
        /// The address, and the system's reason.
        public var description: String
    }

    private let server: LoginServer

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
        server = LoginServer(site: site, host: host, port: port, logger: logger)
    }

    /// Serves until the task is cancelled.
    ///
    /// - Parameter onReady: called with the port once requests are taken.
    /// - Throws: ``CannotListen``.
    public func run(onReady: @escaping @Sendable (Int) async -> Void = { _ in }) async throws {
        do {
            try await server.run(onReady: onReady)
        } catch let error as IOError {
            throw CannotListen(
                description: "\(server.host):\(server.port): \(String(cString: strerror(error.errnoCode)))")
        }
    }
}
