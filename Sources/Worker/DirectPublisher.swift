import AMQP

/// The connection for direct reply-to, opened when the first reply of that kind is due.
final class DirectPublisher: Sendable {
    private let publisher: Publisher
    private let needed: AsyncStream<Void>
    private let need: AsyncStream<Void>.Continuation

    init(_ publisher: Publisher) {
        self.publisher = publisher
        (needed, need) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The publisher, which is or becomes usable.
    func started() -> Publisher {
        need.yield()
        return publisher
    }

    /// Keeps the connection, once it is needed, until the task is cancelled.
    func run() async {
        for await _ in needed { return await publisher.run() }
    }
}
