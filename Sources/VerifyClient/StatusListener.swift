public import AMQP
public import Basics
import FoundationEssentials
public import Logging
public import Wire

/// Hears how the channels are doing, on the exchange `verify.status`, for login screens that hide what does not work.
///
/// `run()` must be running. Where users have least rights, its broker user is the one called `<front end>-listen`.
public final class StatusListener: Sendable {
    /// Workers tell it every few seconds: what is older is not known to hold any more.
    public static let lifetime: Duration = .seconds(30)

    private struct Heard: Sendable {
        var status: ChannelStatus
        var at: MonotonicTime
    }

    private let broker: BrokerConfiguration
    private let queue: String
    private let clocks: Clocks
    private let logger: Logger
    private let heard = Watched<Heard?>(nil)

    /// - Parameters:
    ///   - broker: where the broker is, and who listens there.
    ///   - frontEnd: the front end's name, as in `verify.listen.<front end>.<random>`.
    ///   - clocks: the system's, but for tests.
    ///   - logger: told why nothing can be heard, once for each cause.
    public init(broker: BrokerConfiguration, frontEnd: String, clocks: Clocks = .system, logger: Logger) {
        self.broker = broker
        queue = "\(WireName.listenPrefix)\(frontEnd).\(RandomID.hex(bytes: 16))"
        self.clocks = clocks
        self.logger = logger
    }

    /// What was heard last; `nil` while nothing is known: then nothing is to be hidden.
    public var status: ChannelStatus? {
        guard let heard = heard.value, clocks.monotonic() - heard.at < Self.lifetime else { return nil }
        return heard.status
    }

    /// Returns once something was heard, or when the task is cancelled.
    public func waitUntilHeard() async { await heard.wait { $0 != nil } }

    /// Listens until the task is cancelled.
    public func run() async {
        // It ends with its consumer; a broker that lost it is told of it again when the lane opens.
        let declaration = QueueDeclaration(
            name: queue, durable: false, autoDelete: true,
            arguments: FieldTable([("x-max-length", .int(100)), ("x-expires", .int(600_000))]))
        let consumer = Consumer(
            configuration: broker, lanes: [Lane(queue: queue, prefetch: 16, declare: declaration)], logger: logger)
        await withTaskGroup { group in
            group.addTask { await consumer.run() }
            group.addTask { await self.keepBound(consumer) }
            for await delivery in consumer.deliveries {
                take(delivery)
                await consumer.acknowledge(delivery.tag)
            }
            group.cancelAll()
        }
    }

    private func take(_ delivery: Delivery) {
        guard case .bytes(let bytes) = delivery.body,
            let status = try? JSONDecoder().decode(ChannelStatus.self, from: Data(bytes))
        else { return }
        heard.set(Heard(status: status, at: clocks.monotonic()))
    }

    /// A binding goes with its queue, and that with the connection: it is made again whenever the lane was lost, and when
    /// nothing has been heard for as long as what was heard counts.
    private func keepBound(_ consumer: Consumer) async {
        var (backoff, told) = (Backoff(first: .seconds(1), longest: .seconds(30)), "")
        while !Task.isCancelled {
            await consumer.waitUntilConsuming()
            if Task.isCancelled { return }
            do {
                try await BrokerAdmin.withConnection(broker, logger: logger) {
                    try await $0.bind(Binding(exchange: WireName.status, queue: queue, routingKey: ""))
                }
                backoff.reset()
                await waitUntilLost(consumer)
            } catch {
                // Once for each cause: a broker user that may not listen is refused every time.
                if told != "\(error)" {
                    logger.warning("the channels' status cannot be heard", metadata: ["error": "\(error)"])
                }
                told = "\(error)"
                try? await Task.sleep(for: backoff.next())
            }
        }
    }

    private func waitUntilLost(_ consumer: Consumer) async {
        repeat {
            await withTaskGroup { group in
                group.addTask { await consumer.waitForStatus { !$0.isConsuming } }
                group.addTask { try? await Task.sleep(for: Self.lifetime) }
                await group.next()
                group.cancelAll()
            }
        } while !Task.isCancelled && consumer.isConsuming && status != nil
    }
}
