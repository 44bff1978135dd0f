import Basics
import HTTPTypes
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Answers browsers, scrapers and orchestrators over plain HTTP/1.1, with an end to what strangers can take.
///
/// It knows nothing of pages: it is handed a function from requests to answers.
package struct WebServer: Sendable {
    /// Nobody can listen at the address that was given.
    package struct CannotListen: Error, Sendable, CustomStringConvertible {
        /// The address, and the system's reason.
        package var description: String
    }

    private let host: String
    private let port: Int
    private let limits: ServerLimits
    private let logger: Logger
    private let answer: @Sendable (WebRequest) async -> WebAnswer

    /// - Parameters:
    ///   - port: 0 takes any free one.
    ///   - answer: called for every whole request, many at once.
    package init(
        host: String, port: Int, limits: ServerLimits = ServerLimits(), logger: Logger,
        answer: @escaping @Sendable (WebRequest) async -> WebAnswer
    ) {
        self.host = host
        self.port = port
        self.limits = limits
        self.logger = logger
        self.answer = answer
    }

    /// Serves until the task is cancelled.
    ///
    /// - Parameter onReady: called with the port once requests are taken.
    /// - Throws: ``CannotListen``.
    package func run(onReady: @escaping @Sendable (Int) async -> Void) async throws {
        let isListening = Locked(false)
        let server = BoundedChannel(limits: limits) { @concurrent request, body, address, writer in
            try await respond(to: request, body, address, writer)
        }.server(
            configuration: .init(address: .hostname(host, port: port)),
            onServerRunning: { channel in
                isListening.withLock { $0 = true }
                await onReady(channel.localAddress?.port ?? 0)
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: quiet)
        do {
            try await server.run()
        } catch let error as IOError {
            throw CannotListen(description: "\(host):\(port): \(String(cString: strerror(error.errnoCode)))")
        } catch  where !isListening.withLock({ $0 }) && !(error is CancellationError) {
            // Such as a host name that nobody knows.
            throw CannotListen(description: "\(host):\(port): \(type(of: error))")
        }
    }

    /// Neither a client that hangs up early is news, nor that the listening ends with the process, which the library calls
    /// an error.
    private var quiet: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .critical)
        return logger
    }

    @concurrent private func respond(
        to request: Request, _ body: ByteBuffer?, _ address: String?, _ writer: consuming ResponseWriter
    ) async throws {
        var answer = WebAnswer.text("That is too long.\n", status: 413)
        if let body {
            answer = await self.answer(WebRequest(request, body: String(buffer: body), address: address))
        }
        var headers: HTTPFields = [.contentType: answer.type, .contentLength: String(answer.body.utf8.count)]
        for (name, value) in WebAnswer.protection {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        if let location = answer.location { headers[.location] = location }
        if let cookie = answer.cookie { headers[.setCookie] = cookie }
        let isHead = request.method == .head
        try await writer.write(
            response: HTTPResponse(status: .init(code: answer.status), headerFields: headers),
            body: isHead ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(string: answer.body)))
    }
}

extension WebRequest {
    init(_ request: Request, body: String, address: String?) {
        func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { request.headers[$0] } }
        let parts = (request.head.path ?? "/").split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            method: request.method.rawValue, path: String(parts.first ?? "/"),
            query: FormFields(parts.count > 1 ? String(parts[1]) : ""), form: FormFields(body),
            cookies: Self.cookies(request.headers[.cookie]), host: request.head.authority, origin: header("Origin"),
            fetchSite: header("Sec-Fetch-Site"), accept: request.headers[.accept],
            languages: header("Accept-Language"), address: address)
    }

    static func cookies(_ header: String?) -> [String: String] {
        let pairs = (header ?? "").split(separator: ";").compactMap { part -> (String, String)? in
            let sides = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            return sides.count == 2 ? (String(sides[0]), String(sides[1])) : nil
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}
