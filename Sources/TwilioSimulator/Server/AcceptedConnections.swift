import Basics
import HummingbirdCore
import Logging
import NIOCore

/// Holds every connection from its acceptance until somebody serves it.
///
/// A server that is cancelled drops those that its accept loop has not taken yet, and swift-nio traps when a connection
/// goes that was never served (https://github.com/apple/swift-nio/issues/2637). Here they are closed instead.
final class AcceptedConnections: Sendable {
    private struct State {
        var waiting: [ObjectIdentifier: HTTP1Channel.Value] = [:]
        var isOver = false
    }

    private let state = Locked(State())

    func accepted(_ connection: HTTP1Channel.Value) {
        let isOver = state.withLock { state in
            if !state.isOver { state.waiting[ObjectIdentifier(connection.channel)] = connection }
            return state.isOver
        }
        if isOver { Task { await Self.close(connection) } }
    }

    func taken(_ connection: HTTP1Channel.Value) {
        state.withLock { _ = $0.waiting.removeValue(forKey: ObjectIdentifier(connection.channel)) }
    }

    /// Nobody takes any more: closes those that wait, and whatever is still accepted.
    func end() async {
        let left = state.withLock { state in
            state.isOver = true
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for connection in left { await Self.close(connection) }
    }

    /// Fails only for one that is closed already.
    private static func close(_ connection: HTTP1Channel.Value) async {
        try? await connection.executeThenClose { _, _ in }
    }
}

/// HTTP/1.1 whose connections are in ``AcceptedConnections`` until they are served.
struct HeldHTTP1Channel: ServerChildChannel {
    let http: HTTP1Channel
    let accepted: AcceptedConnections

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        http.setup(channel: channel, logger: logger).map { connection in
            accepted.accepted(connection)
            return connection
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        accepted.taken(value)
        await http.handle(value: value, logger: logger)
    }
}
