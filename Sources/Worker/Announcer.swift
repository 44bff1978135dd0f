import AMQP
import Basics
import Logging
import Store
import Wire

/// Tells those who only listen: outcomes on `verify.events`, the channels' status on `verify.status`.
///
/// Best effort, over a connection of its own: nothing that goes wrong here reaches replies, and no job ever waits.
final class Announcer: Sendable {
    /// Outcomes that wait to be told; more are left out.
    static let capacity = 1000
    /// Published at once without having been confirmed.
    private static let window = 16

    private struct Outcome: Sendable {
        var record: RecordedReply
        var traceparent: String?
    }

    private let publisher: Publisher
    private let board: ChannelBoard
    private let pseudonym: @Sendable (String) -> String
    private let clocks: Clocks
    private let logger: Logger
    private let outcomes: AsyncStream<Outcome>
    private let outcome: AsyncStream<Outcome>.Continuation
    private let untold = InFlight()
    private let drops = Locked(DropTally())
    /// Without the exchange, or the right to it, the broker closes the channel at each try.
    private let backoff = Locked(Backoff(first: .seconds(5), longest: .seconds(300)))

    init(
        _ publisher: Publisher, board: ChannelBoard, pseudonym: @escaping @Sendable (String) -> String, clocks: Clocks,
        logger: Logger
    ) {
        self.publisher = publisher
        self.board = board
        self.pseudonym = pseudonym
        self.clocks = clocks
        self.logger = logger
        (outcomes, outcome) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.capacity))
    }

    /// Has an outcome told soon, if there is room.
    func announce(_ record: RecordedReply, traceparent: String?) {
        untold.enter()
        guard case .enqueued = outcome.yield(Outcome(record: record, traceparent: traceparent)) else {
            untold.leave()
            return noteDrop()
        }
    }

    /// Returns when every outcome was told or left out, or when the task is cancelled.
    func waitUntilTold() async {
        await untold.wait(until: 0)
    }

    /// Keeps the connection.
    func run() async {
        await publisher.run()
    }

    /// Tells outcomes until the task is cancelled.
    func tellOutcomes() async {
        await withTaskGroup(of: Void.self) { group in
            var underWay = 0
            for await outcome in outcomes {
                if underWay == Self.window {
                    await group.next()
                    underWay -= 1
                }
                underWay += 1
                group.addTask {
                    if let message = self.message(outcome) { await self.tell(message) }
                    self.untold.leave()
                }
            }
        }
    }

    /// Tells the status on every change, and every few seconds since the exchange keeps nothing.
    /// - Parameter methodsOff: what the site's options switch off; `nil` while the store is away.
    func tellStatus(every pause: Duration, methodsOff: @escaping @Sendable () async -> Set<Wire.Method>?) async {
        await withTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    if let off = await methodsOff() { self.board.switchOff(off) }
                    self.board.poke()
                    try? await Task.sleep(for: pause)
                }
            }
            for await _ in board.changes {
                await tell(message(WireName.status, "", board.status().encoded()))
            }
            group.cancelAll()
        }
    }

    private func tell(_ message: Message) async {
        await publisher.waitUntilUsable()
        guard !Task.isCancelled else { return }
        do throws(AMQPError) {
            // Where nobody listens it is confirmed all the same.
            _ = try await publisher.publish(message)
            backoff.withLock { $0.reset() }
        } catch {
            noteDrop()
            try? await Task.sleep(for: backoff.withLock { $0.next() })
        }
    }

    private func noteDrop() {
        let now = clocks.monotonic()
        guard let count = drops.withLock({ $0.drop(at: now) }) else { return }
        logger.warning("events or status were not told", metadata: ["count": "\(count)"])
    }

    private func message(_ outcome: Outcome) -> Message? {
        let record = outcome.record
        guard let body = OutcomeEvent.body(ofReply: record.body, pseudonym: pseudonym) else { return nil }
        var message = message(
            WireName.events, OutcomeEvent.routingKey(record.kind, record.outcome), body)
        if let traceparent = outcome.traceparent {
            message.properties.headers = FieldTable([("traceparent", .string(Array(traceparent.utf8)))])
        }
        return message
    }

    private func message(_ exchange: String, _ key: String, _ body: [UInt8]) -> Message {
        var properties = MessageProperties()
        properties.contentType = "application/json"
        properties.timestamp = UInt64(clamping: clocks.wall().wholeSeconds)
        return Message(exchange: exchange, routingKey: key, mandatory: false, properties: properties, body: body)
    }
}
