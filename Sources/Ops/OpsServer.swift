import Basics
import HTTPTypes
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// Serves health, readiness and metrics over plain HTTP, as long as the process works or drains.
///
/// It knows nothing of how jobs work: it is handed its pages.
public struct OpsServer: Service {
    /// Nobody can listen at the address that was given.
    public struct CannotListen: Error, Sendable, CustomStringConvertible {
        /// The address, the system's reason, and what to do.
        public var description: String
    }

    /// How far it has come.
    private enum Start: Sendable {
        case pending
        case listening(port: Int)
        case failed(CannotListen)
    }

    private let host: String
    private let port: Int
    private let endpoints: OpsEndpoints
    private let limits: OpsLimits
    private let logger: Logger
    private let start = Watched(Start.pending)

    /// - Parameters:
    ///   - port: 0 takes any free one.
    ///   - pages: what is answered.
    ///   - registry: the process' own metrics are added to it, and the requests.
    public init(host: String, port: Int, pages: [OpsPage], registry: MetricRegistry, logger: Logger) {
        self.init(host: host, port: port, pages: pages, registry: registry, limits: OpsLimits(), logger: logger)
    }

    init(
        host: String, port: Int, pages: [OpsPage], registry: MetricRegistry, limits: OpsLimits, logger: Logger
    ) {
        self.host = host
        self.port = port
        self.limits = limits
        self.logger = logger
        endpoints = OpsEndpoints(pages: pages, registry: registry, hosts: AllowedHosts(listeningAt: host))
        ProcessMetrics.register(in: registry)
    }

    /// Serves until the task is cancelled: also while the rest drains, so that everybody can see that.
    ///
    /// - Throws: ``CannotListen``.
    public func run() async throws {
        do {
            try await server().run()
        } catch let error as IOError {
            let problem = CannotListen(description: "\(host):\(port): \(String(cString: strerror(error.errnoCode)))")
            start.set(.failed(problem))
            throw problem
        } catch {
            // Such as a host name that nobody knows.
            if case .pending = start.value {
                let problem = CannotListen(description: "\(host):\(port): \(type(of: error))")
                start.set(.failed(problem))
                throw problem
            }
            throw error
        }
    }

    /// Returns the port once requests are taken.
    ///
    /// - Throws: ``CannotListen``.
    public func waitUntilListening() async throws -> Int {
        await start.wait { if case .pending = $0 { false } else { true } }
        switch start.value {
        case .listening(let port): return port
        case .failed(let problem): throw problem
        case .pending: throw CancellationError()
        }
    }

    private func server() -> any Service {
        BoundedChannel(limits: limits) { @concurrent request, writer in
            try await respond(to: request, writer)
        }.server(
            configuration: .init(address: .hostname(host, port: port)),
            onServerRunning: { [start] channel in start.set(.listening(port: channel.localAddress?.port ?? 0)) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: quiet)
    }

    /// Neither a scraper that hangs up early is news, nor that the listening ends with the worker, which the library calls
    /// an error.
    private var quiet: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .critical)
        return logger
    }

    @concurrent private func respond(to request: Request, _ writer: consuming ResponseWriter) async throws {
        let answer = await endpoints.answer(
            method: request.method.rawValue, path: request.head.path ?? "/", host: request.head.authority,
            accept: request.headers[.accept])
        var headers: HTTPFields = [.contentType: answer.contentType, .cacheControl: "no-store"]
        headers[.contentLength] = String(answer.body.utf8.count)
        let isHead = request.method == .head
        try await writer.write(
            response: HTTPResponse(status: .init(code: answer.status), headerFields: headers),
            body: isHead ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(string: answer.body)))
    }
}
