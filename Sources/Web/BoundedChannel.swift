import HummingbirdCore
import Logging
import NIOCore

/// HTTP/1.1 connections, as many at once as ``ServerLimits`` let, each with a time for every exchange.
struct BoundedChannel: ServerChildChannel {
    /// A whole request with its body, which is `nil` when it was too long, the peer's address, and where the answer goes.
    typealias Respond =
        @concurrent @Sendable (Request, ByteBuffer?, String?, consuming ResponseWriter) async throws -> Void

    private let http: HTTP1Channel
    private let open: OpenConnections
    private let isShort: @Sendable () -> Bool

    init(limits: ServerLimits, respond: @escaping Respond) {
        let open = OpenConnections(most: limits.mostConnections, exchange: limits.exchange)
        self.open = open
        isShort = limits.isShortOfDescriptors
        http = HTTP1Channel(
            responder: { request, writer, channel in
                // Nothing is answered before it was asked to the end.
                let body = try await Self.body(of: request, upTo: limits.bodyBytes)
                open.began(channel)
                try await respond(request, body, channel.remoteAddress?.ipAddress, writer)
                open.answered(channel)
            },
            configuration: HTTP1Channel.Configuration(
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
                    maxHeaderFieldCount: 100)))
    }

    /// Read to its end in any case, so that a refusal is read as well; the exchange's time bounds it.
    private static func body(of request: Request, upTo most: Int) async throws -> ByteBuffer? {
        var body: ByteBuffer? = ByteBuffer()
        for try await part in request.body {
            guard let length = body?.readableBytes else { continue }
            if length + part.readableBytes > most { body = nil } else { body?.writeImmutableBuffer(part) }
        }
        return body
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        let isTaken = open.add(channel, isShort: isShort())
        return http.setup(channel: channel, logger: logger).map { value in
            // Set up all the same: a failure here would end the listening.
            if !isTaken { channel.close(promise: nil) }
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await http.handle(value: value, logger: logger)
    }
}
