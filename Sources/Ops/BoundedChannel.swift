import HummingbirdCore
import Logging
import NIOCore

/// HTTP/1.1 connections, as many at once as ``OpsLimits`` let, each with a time for every exchange.
struct BoundedChannel: ServerChildChannel {
    typealias Respond = @concurrent @Sendable (Request, consuming ResponseWriter) async throws -> Void

    private let http: HTTP1Channel
    private let open: OpenConnections
    private let isShort: @Sendable () -> Bool

    init(limits: OpsLimits, respond: @escaping Respond) {
        let open = OpenConnections(most: limits.mostConnections, exchange: limits.exchange)
        self.open = open
        isShort = limits.isShortOfDescriptors
        http = HTTP1Channel(
            responder: { request, writer, channel in
                // Nothing is answered before it was asked to the end; what a body says is of no interest.
                for try await _ in request.body {}
                open.began(channel)
                try await respond(request, writer)
                open.answered(channel)
            },
            configuration: HTTP1Channel.Configuration(
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
                    maxHeaderFieldCount: 100)))
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
