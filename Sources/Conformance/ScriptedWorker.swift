package import AMQP
import Basics
package import Logging
import Wire

/// Restarts the broker, and returns when it takes connections again.
package typealias BrokerRestart = @Sendable () async throws -> Void

/// Stands in a worker's place on a broker of its own, and answers as the cases want it.
package final class ScriptedWorker: Sendable {
    private struct State {
        var judges: [String: SignInJudge] = [:]
        /// Of cases that are over.
        var usedLogins: Set<String> = []
        var judgedQueues: Set<String> = []
        /// Why it gave up.
        var failure: String?
    }

    private let broker: BrokerConfiguration
    private let consumer: Consumer
    private let publisher: Publisher
    private let logger: Logger
    private let slack: Duration
    private let restart: BrokerRestart?
    private let state = Locked(State())

    /// - Parameters:
    ///   - slack: see ``SignInJudge``.
    ///   - restart: restarts the broker; without it no case may want that.
    package init(
        _ broker: BrokerConfiguration, slack: Duration = SignInJudge.usualSlack, restart: BrokerRestart? = nil,
        logger: Logger
    ) {
        self.broker = broker
        self.slack = slack
        self.restart = restart
        self.logger = logger
        let lanes = [LaneName.send, .check, .account].map { Lane(queue: $0.queue, prefetch: 64) }
        consumer = Consumer(configuration: broker, lanes: lanes, headers: ["deadline"], logger: logger)
        publisher = Publisher(configuration: broker, logger: logger)
    }

    /// Answers until it is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.consumer.run() }
            group.addTask { await self.publisher.run() }
            for await delivery in consumer.deliveries {
                group.addTask { await self.handle(delivery) }
            }
            group.cancelAll()
        }
    }

    /// Returns once jobs are taken.
    package func waitUntilReady() async {
        await consumer.waitUntilConsuming()
        await publisher.waitUntilUsable()
    }

    /// The same, but not for ever: after a restart.
    func waitUntilReady(atMost patience: Duration) async {
        await withTaskGroup { group in
            group.addTask { await self.waitUntilReady() }
            group.addTask { try? await Task.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Whether its connection is lost, or a lane of it.
    var isCutOff: Bool { consumer.lastError != nil }

    /// Why it cannot go on, if so.
    package var failure: String? { state.withLock { $0.failure } ?? consumer.lastError.map { "\($0)" } }

    /// From now on a case's jobs are followed.
    package func begin(_ situation: ConformanceCase) {
        state.withLock { [slack] in $0.judges[situation.user] = SignInJudge(situation, slack: slack) }
    }

    /// Ends a case, and says what was wrong.
    package func end(_ situation: ConformanceCase, isIn: Bool?) -> [ConformanceFinding] {
        state.withLock { state in
            guard var judge = state.judges.removeValue(forKey: situation.user) else { return [] }
            judge.end(isIn: isIn, at: .now())
            let others = state.judges.values.reduce(into: state.usedLogins) { $0.formUnion($1.logins) }
            state.usedLogins.formUnion(judge.logins)
            if judge.logins.count > 1 { judge.add(.sharedLogin, "one sign-in has several") }
            if !judge.logins.isDisjoint(with: others) { judge.add(.sharedLogin, "another sign-in has the same") }
            return judge.findings
        }
    }

    // MARK: Jobs

    private func handle(_ delivery: Delivery) async {
        guard case .bytes(let bytes) = delivery.body, let seen = Self.seen(delivery, bytes) else {
            return await consumer.acknowledge(delivery.tag)
        }
        guard let user = Self.user(bytes) else { return await consumer.acknowledge(delivery.tag) }
        let answer = state.withLock { $0.judges[user]?.take(seen) }
        guard let answer else { return await putAside(delivery, of: user) }
        await judgeQueue(of: user, delivery.properties.replyTo)
        if answer == .restart { return await restartBroker() }
        await consumer.acknowledge(delivery.tag)
        await carryOut(answer, delivery.properties, deadline: JobDecoder().read(seen.envelope).deadline)
    }

    /// One of a case that is over came too late; anybody else's must not be lost here.
    private func putAside(_ delivery: Delivery, of user: String) async {
        if ConformanceCase.allCases.contains(where: { $0.user == user }) {
            return await consumer.acknowledge(delivery.tag)
        }
        state.withLock { $0.failure = "a job came that is of no case: another front end speaks to this broker" }
        await consumer.stopConsuming()
        await consumer.reject(delivery.tag, requeue: true)
    }

    private static func user(_ body: [UInt8]) -> String? {
        guard case .object(let members)? = try? JSONValue(parsing: body), case .string(let user)? = members["user"]
        else {
            return nil
        }
        return user
    }

    private static func seen(_ delivery: Delivery, _ bytes: [UInt8]) -> SeenJob? {
        guard let lane = LaneName.of(queue: delivery.queue) else { return nil }
        var envelope = Envelope(
            lane: lane, exchange: delivery.exchange, routingKey: delivery.routingKey, body: .bytes(bytes),
            receivedAt: .now())
        let properties = delivery.properties
        envelope.contentType = properties.contentType
        envelope.contentEncoding = properties.contentEncoding
        envelope.messageID = properties.messageID
        envelope.correlationID = properties.correlationID
        envelope.replyTo = properties.replyTo
        envelope.type = properties.type
        envelope.timestamp = properties.timestamp
        envelope.userID = properties.userID
        let deadline = properties.headers["deadline"]
        envelope.deadline = deadline?.text
        envelope.deadlineIsMalformed = deadline != nil && deadline?.text == nil
        return SeenJob(
            envelope: envelope, deliveryMode: properties.deliveryMode, expiration: properties.expiration)
    }

    // MARK: Answers

    private func carryOut(_ answer: ConformanceAnswer, _ job: MessageProperties, deadline: Timestamp) async {
        switch answer {
        case .nothing, .restart: break
        case .replies(let bodies):
            for body in bodies { await reply(body, to: job, correlation: job.correlationID) }
        case .strangersFirst(let body):
            let approval = Array(#"{"outcome":"approved","message":"The code was right."}"#.utf8)
            await reply(approval, to: job, correlation: Array(RandomID.hex(bytes: 16).utf8))
            await reply(body, to: job, correlation: job.correlationID)
        case .tooLate(let body):
            try? await Task.sleep(for: max(.zero, deadline - .now()) + .seconds(6))
            await reply(body, to: job, correlation: job.correlationID)
        case .queueGone:
            guard let queue = job.replyTo, queue.hasPrefix(WireName.replyPrefix) else { return }
            try? await BrokerAdmin.withConnection(broker, logger: logger) { try await $0.deleteQueue(queue) }
        }
    }

    /// The job is not acknowledged, and so comes again.
    private func restartBroker() async {
        do { try await restart?() } catch {
            state.withLock { $0.failure = "the broker could not be restarted: \(error)" }
        }
    }

    /// One that finds nobody is not said again: a front end's queue may be gone.
    private func reply(_ body: [UInt8], to job: MessageProperties, correlation: [UInt8]?) async {
        guard let address = job.replyTo, !address.isEmpty else { return }
        var properties = MessageProperties()
        properties.contentType = "application/json"
        properties.correlationID = correlation ?? job.messageID.map { Array($0.utf8) }
        properties.messageID = job.messageID.map { "r:\($0)" }
        properties.type = job.type.map { $0.replacing(".v1", with: ".result.v1") }
        properties.timestamp = UInt64(clamping: Timestamp.now().wholeSeconds)
        properties.headers = FieldTable([("of_tomorrow", .string(Array("yes".utf8)))])
        await publisher.waitUntilUsable()
        let isDirect = address.hasPrefix(WireName.directReplyPrefix)
        _ = try? await publisher.publish(
            Message(exchange: "", routingKey: address, mandatory: !isDirect, properties: properties, body: body))
    }

    /// A queue that is declared as the contract has it changes nothing, and one that is there otherwise is refused.
    private func judgeQueue(of user: String, _ queue: String?) async {
        guard let queue, queue.hasPrefix(WireName.replyPrefix) else { return }
        guard state.withLock({ $0.judgedQueues.insert(queue).inserted }) else { return }
        let declaration = QueueDeclaration(
            name: queue, durable: true, exclusive: false, autoDelete: false, arguments: WireName.replyQueueArguments)
        do {
            try await BrokerAdmin.withConnection(broker, logger: logger) { try await $0.declareQueue(declaration) }
        } catch {
            state.withLock { $0.judges[user]?.add(.queueArguments, "the broker says: \(error)") }
        }
    }
}

extension WireName {
    /// The arguments of a reply queue, as the contract has them.
    static let replyQueueArguments = FieldTable([
        ("x-queue-type", .string(Array("classic".utf8))), ("x-expires", .int(600_000)),
        ("x-message-ttl", .int(300_000)), ("x-max-length", .int(10_000)),
        ("x-overflow", .string(Array("reject-publish".utf8))),
    ])
}
