import Basics
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The pages over plain HTTP, for browsers of this machine.
struct LoginServer: Sendable {
    /// A form of ours is far shorter.
    private static let largestBody = 8192
    /// Beyond it a browser waits to be connected.
    private static let mostConnections = 64

    let site: LoginSite
    let host: String
    let port: Int
    let logger: Logger

    /// Serves until the task is cancelled.
    ///
    /// - Throws: `IOError` when nobody can listen there.
    func run(onReady: @escaping @Sendable (Int) async -> Void) async throws {
        var limits = HTTP1Channel.Configuration(idleTimeout: .seconds(60))
        limits.httpDecoder = .init(maxHeaderFieldSize: 8192, maxHeaderListSize: 16_384, maxHeaderFieldCount: 100)
        let server = try HTTPServerBuilder.http1(configuration: limits).buildServer(
            configuration: .init(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: .maximum(Self.mostConnections, logger: logger)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
            responder: { request, writer, channel in
                try await respond(to: request, writer, channel.remoteAddress?.ipAddress)
            },
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) })
        try await server.run()
    }

    @concurrent private func respond(
        to request: Request, _ writer: consuming ResponseWriter, _ address: String?
    ) async throws {
        var answer = WebAnswer(status: 413, type: "text/plain; charset=utf-8", body: "The form is too long.\n")
        if let body = try? await request.body.collect(upTo: Self.largestBody) {
            answer = await site.answer(WebRequest(request, body: String(buffer: body), address: address))
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
        self.init(
            method: request.method.rawValue, path: String((request.head.path ?? "/").prefix { $0 != "?" }),
            form: FormFields(body), cookies: Self.cookies(request.headers[.cookie]), host: request.head.authority,
            origin: header("Origin"), fetchSite: header("Sec-Fetch-Site"), languages: header("Accept-Language"),
            address: address)
    }

    static func cookies(_ header: String?) -> [String: String] {
        let pairs = (header ?? "").split(separator: ";").compactMap { part -> (String, String)? in
            let sides = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            return sides.count == 2 ? (String(sides[0]), String(sides[1])) : nil
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}
