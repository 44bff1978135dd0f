import Basics
public import Logging

/// An HTTP client on libcurl's multi interface: one thread, connections kept alive, hundreds of calls at once.
///
/// It never repeats a request, follows no redirect, uses no proxy but a configured one, and always verifies certificates. Its thread and
/// connections are its own, so make one, not one per call.
public final class CurlClient: Sendable {
    private let multi: Multi
    private let configuration: CurlConfiguration
    private let origins = AllowedOrigins()

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - configuration: Limits and trust.
    ///   - logger: Told at `debug` what failed, never with a URL, credential or body.
    public init(configuration: CurlConfiguration, logger: Logger) {
        self.configuration = configuration
        multi = Multi(configuration: configuration, logger: logger)
        multi.start()
    }

    /// Performs one request, once.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - gate: Asked once, on the client's thread, when the connection stands and the request is about to be
    ///     written; `false` keeps it back. It must not block.
    /// - Returns: Any complete answer, whatever its status.
    /// - Throws: ``CurlError``. When the awaiting task is cancelled: `cancelled`, `maybeSent` if the gate had already
    ///   let the request pass.
    public func perform(
        _ request: HTTPRequest, gate: @escaping @Sendable () -> Bool
    ) async throws(CurlError) -> HTTPResponse {
        guard RequestCheck.isWritable(request, configuration),
            let origin = origins.allowed(of: request.url, configuration)
        else { throw .unusable }
        let multi = multi
        let ticket = multi.ticket()
        // Empty means none, whatever the environment says: credentials go where the configuration says only, and in the
        // clear to no proxy.
        let proxy = origin.isSecure ? configuration.proxy ?? "" : ""
        let result = await withTaskCancellationHandler {
            await multi.run(request, proxy: proxy, ticket: ticket, gate: gate)
        } onCancel: {
            // Reaches the actor after `run` has either registered the transfer or seen the cancellation itself.
            Task { await multi.cancel(ticket) }
        }
        return try result.get()
    }
}
