import AMQP
import Basics
import Logging
import Wire

/// Publishes jobs and hears their replies, as a front end does it, and keeps all that came.
final class ScriptedFrontEnd: Sendable {
    /// The broker user, which is the front end's name.
    let name: String
    let queue: String
    let broker: BrokerConfiguration
    let logger: Logger

    private let publisher: Publisher
    private let consumer: Consumer
    private let heard = Watched<[SeenReply]>([])
    /// What replies may come under.
    private let expected = Locked<Set<[UInt8]>>([])

    init(_ broker: BrokerConfiguration, logger: Logger) {
        name = broker.urls.first?.user ?? ""
        queue = Self.replyQueue(of: name)
        self.broker = broker
        self.logger = logger
        publisher = Publisher(configuration: broker, logger: logger)
        let lane = Lane(queue: queue, prefetch: 256, declare: Self.declaration(of: queue))
        consumer = Consumer(
            configuration: broker, lanes: [lane], headers: ["traceparent"], maximumBodySize: 4 << 20, logger: logger)
    }

    static func replyQueue(of name: String) -> String { "\(WireName.replyPrefix)\(name).\(RandomID.hex(bytes: 16))" }

    static func declaration(of queue: String) -> QueueDeclaration {
        QueueDeclaration(
            name: queue, durable: true, exclusive: false, autoDelete: false, arguments: WireName.replyQueueArguments)
    }

    /// Until it is cancelled.
    func run() async {
        await withTaskGroup { group in
            group.addTask { await self.publisher.run() }
            group.addTask { await self.consumer.run() }
            for await delivery in consumer.deliveries {
                keep(delivery)
                await consumer.acknowledge(delivery.tag)
            }
            group.cancelAll()
        }
    }

    private func keep(_ delivery: Delivery) {
        let bytes: [UInt8] =
            switch delivery.body {
            case .bytes(let bytes): bytes
            case .tooLarge: []
            }
        heard.update { replies in
            replies.append(SeenReply(properties: delivery.properties, body: bytes, number: replies.count))
        }
    }

    /// Returns once jobs can be published and their replies heard; throws what the broker says against it.
    func waitUntilReady(atMost patience: Duration) async throws {
        await within(patience) {
            await self.consumer.waitUntilConsuming()
            await self.publisher.waitUntilUsable()
        }
        guard consumer.isConsuming, publisher.isUsable else {
            let cause = consumer.lastError ?? publisher.status.lastError
            throw ConformanceFailure(
                description: "there is no reply queue at the broker\(cause.map { ": \($0)" } ?? "")")
        }
    }

    // MARK: Jobs

    /// Publishes a job.
    ///
    /// - Throws: ``ConformanceFailure`` where no lane takes it, `AMQPError`.
    func publish(_ job: AskedJob) async throws {
        if let id = job.answeredUnder { expected.withLock { _ = $0.insert(id) } }
        await publisher.waitUntilUsable()
        switch try await publisher.publish(job.message) {
        case .confirmed: return
        case .returned:
            throw ConformanceFailure(
                description: "no queue takes '\(job.routingKey)': run 'verify-courier topology apply' first")
        case .refused: throw ConformanceFailure(description: "the broker refused '\(job.routingKey)': a full lane?")
        }
    }

    /// The first reply to a job, or `nil` when none comes in time.
    func reply(to job: AskedJob, atMost patience: Duration) async -> SeenReply? {
        let expected = expected.withLock { $0 }
        await within(patience) { await self.heard.wait { Self.reply(to: job, in: $0, expected) != nil } }
        return Self.reply(to: job, in: heard.value, expected)
    }

    /// How many came under the id that this job's replies come under.
    func countOfReplies(to job: AskedJob) -> Int {
        heard.value.count { $0.properties.correlationID == job.answeredUnder }
    }

    /// By the correlation id; one that names the job but comes under an id that no job has is its reply, too.
    private static func reply(
        to job: AskedJob, in replies: [SeenReply], _ expected: Set<[UInt8]>
    ) -> SeenReply? {
        if let own = replies.first(where: { $0.properties.correlationID == job.answeredUnder }) { return own }
        guard let id = job.properties.messageID else { return nil }
        return replies.last { reply in
            reply.properties.messageID == "r:\(id)" && !(reply.properties.correlationID.map(expected.contains) ?? false)
        }
    }

    private func within(_ patience: Duration, _ wait: @escaping @Sendable () async -> Void) async {
        await withTaskGroup { group in
            group.addTask { await wait() }
            group.addTask { try? await Task.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
    }

    // MARK: The broker

    /// - Throws: ``CaseSkipped`` where this broker user may not.
    func asAdministrator<Value: Sendable>(
        _ what: String, _ body: (AdminConnection) async throws -> Value
    ) async throws -> Value {
        do {
            return try await BrokerAdmin.withConnection(broker, logger: logger, body: body)
        } catch let error as AMQPError where error.isMissingRight {
            throw CaseSkipped(why: "the broker user '\(name)' may not \(what)")
        }
    }
}

/// A case cannot be tried here.
struct CaseSkipped: Error {
    let why: String
}

/// A case has come to an end that was not wanted; its findings are noted.
struct CaseOver: Error {}
