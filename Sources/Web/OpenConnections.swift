import Basics
import NIOCore

/// The connections of all event loops, each with a time for its exchange: from its opening, or its last answer, to the
/// end of the next answer.
///
/// A peer that sends or takes a byte now and then is no better than one that does nothing.
final class OpenConnections: Sendable {
    private struct Connection {
        var channel: any Channel
        var closing: Scheduled<Void>
    }

    private struct State {
        var table: ConnectionTable<ObjectIdentifier>
        var connections: [ObjectIdentifier: Connection] = [:]
    }

    private let state: Locked<State>
    private let exchange: TimeAmount

    init(most: Int, exchange: Duration) {
        state = Locked(State(table: ConnectionTable(most: most)))
        self.exchange = TimeAmount(exchange)
    }

    /// - Parameter isShort: see ``ConnectionTable/opened(_:isShort:)``.
    /// - Returns: False for one that is to be closed at once.
    func add(_ channel: any Channel, isShort: Bool) -> Bool {
        let id = ObjectIdentifier(channel)
        let closing = schedule(channel)
        let (isTaken, leaving) = state.withLock { state -> (Bool, Connection?) in
            switch state.table.opened(id, isShort: isShort) {
            case .refuse: return (false, nil)
            case .take:
                state.connections[id] = Connection(channel: channel, closing: closing)
                return (true, nil)
            case .takeInPlace(let other):
                state.connections[id] = Connection(channel: channel, closing: closing)
                return (true, state.connections.removeValue(forKey: other))
            }
        }
        leaving?.closing.cancel()
        leaving?.channel.close(promise: nil)
        channel.closeFuture.whenComplete { _ in
            closing.cancel()
            self.remove(id)
        }
        return isTaken
    }

    /// A whole request came in.
    func began(_ channel: any Channel) {
        state.withLock { $0.table.began(ObjectIdentifier(channel)) }
    }

    /// Its answer has left.
    func answered(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let closing = schedule(channel)
        let over = state.withLock { state -> Scheduled<Void>? in
            guard let old = state.connections[id]?.closing else { return closing }
            state.table.answered(id)
            state.connections[id]?.closing = closing
            return old
        }
        over?.cancel()
    }

    private func schedule(_ channel: any Channel) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: exchange) { channel.close(promise: nil) }
    }

    private func remove(_ id: ObjectIdentifier) {
        let connection = state.withLock { state in
            state.table.closed(id)
            return state.connections.removeValue(forKey: id)
        }
        connection?.closing.cancel()
    }
}
