import Basics
package import Logging
public import ServiceLifecycle
import Web

/// Serves health, readiness and metrics over plain HTTP, as long as the process works or drains.
///
/// It knows nothing of how jobs work: it is handed its pages.
public struct OpsServer: Service {
    /// How far it has come.
    private enum Start: Sendable {
        case pending
        case listening(port: Int)
        case failed(WebServer.CannotListen)
    }

    private let server: WebServer
    private let start = Watched(Start.pending)

    /// - Parameters:
    ///   - port: 0 takes any free one.
    ///   - pages: what is answered.
    ///   - registry: the process' own metrics are added to it, and the requests.
    package init(host: String, port: Int, pages: [OpsPage], registry: MetricRegistry, logger: Logger) {
        self.init(host: host, port: port, pages: pages, registry: registry, limits: ServerLimits(), logger: logger)
    }

    init(
        host: String, port: Int, pages: [OpsPage], registry: MetricRegistry, limits: ServerLimits, logger: Logger
    ) {
        let endpoints = OpsEndpoints(pages: pages, registry: registry, hosts: AllowedHosts(listeningAt: host))
        server = WebServer(host: host, port: port, limits: limits, logger: logger) { await endpoints.answer($0) }
        ProcessMetrics.register(in: registry)
    }

    /// Serves until the task is cancelled: also while the rest drains, so that everybody can see that.
    ///
    /// - Throws: `CannotListen`, with the address and the reason.
    public func run() async throws {
        do {
            try await server.run { [start] port in start.set(.listening(port: port)) }
        } catch let problem as WebServer.CannotListen {
            start.set(.failed(problem))
            throw problem
        }
    }

    /// Returns the port once requests are taken.
    ///
    /// - Throws: `CannotListen`, with the address and the reason.
    public func waitUntilListening() async throws -> Int {
        await start.wait { if case .pending = $0 { false } else { true } }
        switch start.value {
        case .listening(let port): return port
        case .failed(let problem): throw problem
        case .pending: throw CancellationError()
        }
    }
}
