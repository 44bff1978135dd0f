public import AMQP
public import Basics
public import Logging
public import Wire

/// Asks the workers, as a login front end does: publishes jobs, awaits their replies on a queue of its own.
///
/// One client serves any number of waiting logins on two connections. `run()` must be running meanwhile.
public final class LoginClient: Sendable {
    private let publisher: Publisher
    private let consumer: Consumer
    private let replyQueue: String
    /// The broker checks it, and front ends are told apart by it.
    private let user: String?
    private let pending = PendingReplies()
    private let clocks: Clocks

    /// - Parameters:
    ///   - frontEnd: the front end's name, as in its reply queue `verify.reply.<front end>.<random>`; letters, digits,
    ///     `_` and `-`.
    public init(broker: BrokerConfiguration, frontEnd: String, clocks: Clocks = .system, logger: Logger) {
        let queue = "\(WireName.replyPrefix)\(frontEnd).\(RandomID.hex(bytes: 16))"
        replyQueue = queue
        user = broker.urls.first?.user
        publisher = Publisher(configuration: broker, logger: logger)
        let declaration = QueueDeclaration(
            name: queue, durable: true, exclusive: false, autoDelete: false,
            arguments: FieldTable([
                ("x-queue-type", .string(Array("classic".utf8))), ("x-expires", .int(600_000)),
                ("x-message-ttl", .int(300_000)), ("x-max-length", .int(10_000)),
                ("x-overflow", .string(Array("reject-publish".utf8))),
            ]))
        consumer = Consumer(
            configuration: broker, lanes: [Lane(queue: queue, prefetch: 256, declare: declaration)], logger: logger)
        self.clocks = clocks
    }

    /// Keeps the connections and hands out replies until the task is cancelled.
    public func run() async {
        await withTaskGroup { group in
            group.addTask { await self.publisher.run() }
            group.addTask { await self.consumer.run() }
            group.addTask { await self.receive() }
            await group.waitForAll()
        }
    }

    /// Publishes one job and awaits its reply.
    ///
    /// - Parameters:
    ///   - body: the job's JSON object.
    ///   - messageID: the idempotency key; the same one asks again for the same outcome.
    ///   - patience: how long the person waits; the job's deadline.
    /// - Returns: the reply's body as it came.
    /// - Throws: ``ClientError``, or `CancellationError`. The job may be carried out all the same.
    public func request(
        _ kind: JobKind, body: [UInt8], messageID: String = RandomID.uuid(), patience: Duration = .seconds(30)
    ) async throws -> [UInt8] {
        let correlation = RandomID.hex(bytes: 16)
        try await becomeUsable(within: patience)
        let message = message(kind, body, messageID, correlation, patience)
        pending.expect(correlation)
        let timer = Task {
            try await Task.sleep(for: patience + .seconds(5))
            pending.end(
                correlation, with: .failure(ClientError(code: .timeout, message: "no reply: is a worker running?")))
        }
        defer { timer.cancel() }
        do {
            try await publish(message, kind)
        } catch {
            pending.end(correlation, with: .failure(error))
        }
        return try await pending.wait(for: correlation)
    }

    private func becomeUsable(within patience: Duration) async throws {
        let isUsable = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await self.consumer.waitUntilConsuming()
                await self.publisher.waitUntilUsable()
                return !Task.isCancelled
            }
            group.addTask {
                try? await Task.sleep(for: patience)
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
        guard isUsable else {
            let cause = consumer.lastError.map { ": \($0)" } ?? ""
            throw ClientError(code: .unreachable, message: "the broker cannot be reached\(cause)")
        }
    }

    private func publish(_ message: Message, _ kind: JobKind) async throws {
        switch try await publisher.publish(message) {
        case .confirmed: break
        case .returned:
            throw ClientError(
                code: .unroutable,
                message: "no queue takes '\(kind.rawValue)': run 'verify-courier topology apply' first")
        case .refused:
            throw ClientError(code: .refused, message: "the broker refused the job: its lane is full")
        }
    }

    private func message(
        _ kind: JobKind, _ body: [UInt8], _ messageID: String, _ correlation: String, _ patience: Duration
    ) -> Message {
        let now = clocks.wall()
        var properties = MessageProperties()
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.messageID = messageID
        properties.correlationID = Array(correlation.utf8)
        properties.replyTo = replyQueue
        properties.userID = user
        properties.type = "verify.\(kind.rawValue).v1"
        properties.timestamp = UInt64(clamping: now.wholeSeconds)
        properties.headers = FieldTable([("deadline", .string(Array((now + patience).description.utf8)))])
        return Message(
            exchange: WireName.jobs, routingKey: kind.rawValue, mandatory: true, properties: properties, body: body)
    }

    private func receive() async {
        for await delivery in consumer.deliveries {
            if let id = delivery.properties.correlationID, case .bytes(let body) = delivery.body {
                pending.end(String(decoding: id, as: UTF8.self), with: .success(body))
            }
            await consumer.acknowledge(delivery.tag)
        }
    }
}
