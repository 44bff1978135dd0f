public import AMQP
public import Basics
public import Logging
public import Wire

/// Asks the workers, as a login front end does: publishes jobs, awaits their replies on a queue of its own.
///
/// One client serves any number of waiting logins on two connections. `run()` must be running meanwhile. A job whose reply
/// may have been lost, with a connection or with the queue, is published again: it is known by its message id.
public final class LoginClient: Sendable {
    /// How replies come in.
    private struct Reach: Sendable {
        var box: ReplyBox
        var isOpen = false
        /// Raised whenever it opens: what was answered before may not have come.
        var round = 0
    }

    private let publisher: Publisher
    private let reach: Watched<Reach>
    private let makeBox: @Sendable () -> ReplyBox
    /// The broker checks it, and front ends are told apart by it.
    private let user: String?
    private let endsAtRefusal: Bool
    private let endsWhenUnreachable: Bool
    private let pending = PendingReplies()
    private let clocks: Clocks
    private let logger: Logger
    private let returned = Locked(RareLines<JobKind>())

    /// - Parameters:
    ///   - broker: where the broker is, and who we are there.
    ///   - frontEnd: the front end's name, as in its reply queue `verify.reply.<front end>.<random>`; letters, digits,
    ///     `_` and `-`.
    ///   - endsAtRefusal: a broker that refuses the log-in, the virtual host or a certificate ends the wait of every job at
    ///     once. Otherwise that is waited out until the job's deadline, in case an operator mends it.
    ///   - endsWhenUnreachable: so does a broker that cannot be reached, once each of several was tried. Otherwise that is waited
    ///     out as well: brokers are started anew.
    ///   - clocks: the system's, but for tests.
    ///   - logger: told once a minute at the most that jobs come back, and of connections that are lost.
    public init(
        broker: BrokerConfiguration, frontEnd: String, endsAtRefusal: Bool = false, endsWhenUnreachable: Bool = false,
        clocks: Clocks = .system, logger: Logger
    ) {
        user = broker.urls.first?.user
        publisher = Publisher(configuration: broker, logger: logger)
        makeBox = { ReplyBox(broker, frontEnd: frontEnd, logger: logger) }
        reach = Watched(Reach(box: makeBox()))
        self.endsAtRefusal = endsAtRefusal
        self.endsWhenUnreachable = endsWhenUnreachable
        self.clocks = clocks
        self.logger = logger
    }

    /// Keeps the connections and hands out replies until the task is cancelled.
    public func run() async {
        await withTaskGroup { group in
            group.addTask { await self.publisher.run() }
            group.addTask { await self.keepBox() }
            await group.waitForAll()
        }
    }

    /// Publishes one job and awaits its reply.
    ///
    /// - Parameters:
    ///   - kind: which job it is.
    ///   - body: the job's JSON object.
    ///   - messageID: the idempotency key; the same one asks again for the same outcome.
    ///   - patience: how long the person waits; the job's deadline.
    /// - Returns: the reply's body as it came.
    /// - Throws: ``ClientError``, or `CancellationError`. The job may be carried out all the same.
    public func request(
        _ kind: JobKind, body: [UInt8], messageID: String = RandomID.uuid(), patience: Duration = .seconds(30)
    ) async throws -> [UInt8] {
        try await hear(kind, body: body, messageID: messageID, patience: patience).body
    }

    /// The same, with what its properties say.
    func hear(_ kind: JobKind, body: [UInt8], messageID: String, patience: Duration) async throws -> HeardReply {
        let job = OwnJob(kind: kind, body: body, messageID: messageID, askedAt: clocks.wall(), patience: patience)
        let wait = patience + .seconds(5)
        pending.expect(
            job.correlation, of: .init(kind: kind, messageID: messageID, until: clocks.monotonic() + wait))
        let isTaken = Locked(false)
        let asking = Task {
            do { try await ask(job, isTaken) } catch { pending.end(job.correlation, with: .failure(error)) }
        }
        let timer = Task {
            try await Task.sleep(for: wait)
            let error = ClientError(code: .timeout, message: silence(isTaken: isTaken.withLock { $0 }))
            pending.end(job.correlation, with: .failure(error))
        }
        defer {
            asking.cancel()
            timer.cancel()
        }
        return try await pending.wait(for: job.correlation)
    }

    // MARK: Asking

    /// What is known when nobody has answered.
    ///
    /// Whether a worker has seen the job is not.
    private func silence(isTaken: Bool) -> String {
        guard isTaken else { return "no reply: the broker did not take the job" + cause }
        return
            "no reply: the broker has taken the job, and no worker answered it. Is one running at this broker? One that does "
            + "not know the broker user '\(user ?? "")' (front_ends) answers nothing, and its log says so"
    }

    /// The last trouble with the broker.
    private var cause: String {
        (reach.value.box.consumer.lastError ?? publisher.status.lastError).map { ": \($0)" } ?? ""
    }

    /// Until it is cancelled.
    private func ask(_ job: OwnJob, _ isTaken: Locked<Bool>) async throws {
        while true {
            let asked = try await publish(job)
            isTaken.withLock { $0 = true }
            await reach.wait { $0.round != asked }
            try Task.checkCancellation()
        }
    }

    /// Until the broker has it.
    ///
    /// - Returns: the round in which it was asked.
    private func publish(_ job: OwnJob) async throws -> Int {
        while true {
            let reach = try await open(until: job.deadline)
            let outcome: PublishOutcome
            do throws(AMQPError) {
                outcome = try await publisher.publish(job.message(from: user, replyTo: reach.box.queue))
            } catch {
                if error.isMissingRight { throw ClientError.mayNotPublish(user: user, job.kind, error) }
                // With a reply code it was refused; otherwise the connection was lost, and perhaps the job with it.
                guard error.replyCode == nil, [.connectionLost, .notConnected].contains(error.code) else {
                    throw ClientError(code: .refused, message: "the broker refused the job: \(error)")
                }
                continue
            }
            if let error = ClientError(outcome, job.kind) {
                if error.code == .unroutable { tellReturned(job.kind) }
                throw error
            }
            return reach.round
        }
    }

    /// Once a minute for each kind of job: a portal's log says it, whatever the portal makes of the error.
    private func tellReturned(_ kind: JobKind) {
        guard let line = returned.withLock({ $0.note(kind, at: clocks.monotonic()) }) else { return }
        logger.warning(
            "the broker returns jobs: no queue takes them",
            metadata: [
                "job": .string(kind.rawValue), "front_end": .string(user ?? ""),
                "count": .stringConvertible(line.count), "advice": "run 'verify-courier topology apply'",
            ])
    }

    private func open(until deadline: Timestamp) async throws -> Reach {
        let open = await withTaskGroup(of: Reach?.self) { group in
            group.addTask { await self.open() }
            group.addTask { [clocks] in
                try? await Task.sleep(for: deadline - clocks.wall())
                return nil
            }
            if endsWhenUnreachable {
                group.addTask { [publisher] in
                    await publisher.waitUntilUnreachable()
                    return nil
                }
            }
            if endsAtRefusal {
                group.addTask { [publisher] in
                    await publisher.waitForStatus { $0.refusal != nil }
                    return nil
                }
                group.addTask { [reach] in
                    await reach.value.box.consumer.waitForStatus { Self.missingRight($0) != nil }
                    return nil
                }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        try Task.checkCancellation()
        guard let open else {
            if endsAtRefusal, let refusal = publisher.status.refusal {
                throw ClientError(code: .refused, message: "\(refusal)")
            }
            let box = reach.value.box
            if let error = Self.missingRight(box.consumer.status) {
                throw ClientError.mayNotReply(user: user, queue: box.queue, error)
            }
            throw ClientError(code: .unreachable, message: "the broker cannot be reached\(cause)")
        }
        return open
    }

    /// Why the reply queue is not consumed, if that is for want of a right.
    private static func missingRight(_ status: BrokerStatus) -> AMQPError? {
        status.lanes.lazy.compactMap(\.lastError).first(where: \.isMissingRight)
    }

    /// `nil` when the task is cancelled.
    private func open() async -> Reach? {
        while !Task.isCancelled {
            await reach.wait { $0.isOpen }
            await publisher.waitUntilUsable()
            let reach = reach.value
            if reach.isOpen, !Task.isCancelled { return reach }
        }
        return nil
    }

    // MARK: Hearing

    /// Has a box, and another one when that is gone.
    private func keepBox() async {
        var timeout = Self.shortestSilence
        while !Task.isCancelled {
            let (box, round) = (reach.value.box, reach.value.round)
            await withTaskGroup { group in
                group.addTask { await box.consumer.run() }
                group.addTask { await self.receive(from: box) }
                group.addTask { await self.watch(box) }
                await box.waitUntilLost(timeout: timeout)
                group.cancelAll()
            }
            guard !Task.isCancelled else { return }
            // A broker that is slow with every queue is left more and more time.
            timeout = reach.value.round == round ? min(timeout * 2, Self.longestSilence) : Self.shortestSilence
            reach.update { $0.box = makeBox() }
        }
    }

    /// How long a broker may say nothing of a reply queue before another one is tried.
    private static let shortestSilence = Duration.seconds(5)
    private static let longestSilence = Duration.seconds(60)

    private func watch(_ box: ReplyBox) async {
        while !Task.isCancelled {
            await box.consumer.waitUntilConsuming()
            reach.update { reach in
                reach.isOpen = box.consumer.isConsuming
                if reach.isOpen { reach.round += 1 }
            }
            await box.consumer.waitForStatus { !$0.isConsuming }
            reach.update { $0.isOpen = false }
        }
    }

    private func receive(from box: ReplyBox) async {
        for await delivery in box.consumer.deliveries {
            take(delivery)
            await box.consumer.acknowledge(delivery.tag)
        }
    }

    /// A reply counts under its job's correlation id, and only if it names no other job: that id may be in a log.
    private func take(_ delivery: Delivery) {
        guard let id = delivery.properties.correlationID.map({ String(decoding: $0, as: UTF8.self) }),
            let job = pending.job(under: id)
        else { return }
        let reply = Self.reply(delivery)
        // The reply to 'outcome' is another job's.
        if job.kind != .outcome, case .success(let heard) = reply, let named = Self.job(namedBy: heard.body),
            named != job.messageID
        {
            return logger.warning(
                "a reply that names another job is passed over", metadata: ["job": "\(job.messageID)"])
        }
        pending.hear(id, reply, at: clocks.monotonic())
    }

    /// `nil` where it names none, or is no JSON: that is told to whoever waits.
    private static func job(namedBy body: [UInt8]) -> String? {
        guard case .object(let members)? = try? JSONValue(parsing: body), case .string(let job)? = members["job"]
        else { return nil }
        return job
    }

    private static func reply(_ delivery: Delivery) -> Result<HeardReply, any Error> {
        switch delivery.body {
        case .bytes(let bytes):
            let published = delivery.properties.timestamp.map { Timestamp(seconds: Int64(clamping: $0)) }
            return .success(HeardReply(body: bytes, publishedAt: published))
        case .tooLarge(let size):
            return .failure(
                ClientError(
                    code: .tooLarge,
                    message:
                        "the job was answered, but the reply is too large to be read: \(size) bytes, more than the "
                        + "\(ReplyBox.mostBytes) that are taken"))
        }
    }
}
