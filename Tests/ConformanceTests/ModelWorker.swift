import AMQP
import Basics
import Conformance
import Logging
import Wire

/// A mistake that workers make, and the rules that find it.
enum WorkerMistake: CaseIterable, Sendable {
    case losesDenials, answersTwice, ownCorrelation, ignoresRefusedReplies, refusesUnknownFields, sendsLate
    case remembersNothing, callsWrongCodesAnOutage, callsOutagesAWrongCode, forgetsRetryAt, noContentType, noUser
    case answersAnyAddress, takesAnyLogin, takesUsedCodes, showsNumbers, takesTextForJSON, forgetsWhomNobodyAnswers
    case oneAfterAnother, takesTheNewBody, tellsAnybody, dropsTrace, writesSecretsToDisk

    /// The case that shows it, and the first rule there.
    var shown: (by: WorkerCase, rule: WorkerRule) {
        switch self {
        case .losesDenials: (.wrongCode, .noReply)
        case .answersTwice: (.nothingPending, .answeredTwice)
        case .ownCorrelation: (.echoes, .correlation)
        case .ignoresRefusedReplies: (.replyQueueFull, .lostReply)
        case .refusesUnknownFields: (.unknownFields, .refusedUnknown)
        case .sendsLate: (.late, .sentLate)
        case .remembersNothing: (.repeated, .sentTwice)
        case .callsWrongCodesAnOutage: (.wrongCode, .wrongCode)
        case .callsOutagesAWrongCode: (.outageOfCheck, .outage)
        case .forgetsRetryAt: (.triesUsedUp, .missingField)
        case .noContentType, .noUser: (.nothingPending, .property)
        case .answersAnyAddress: (.foreignAddress, .answeredElsewhere)
        case .takesAnyLogin: (.othersCode, .letIn)
        case .takesUsedCodes: (.usedCode, .letIn)
        case .showsNumbers: (.signUp, .secret)
        case .takesTextForJSON: (.malformed, .tookMalformed)
        case .forgetsWhomNobodyAnswers: (.nobodyToAnswer, .noRecord)
        case .oneAfterAnother: (.slowSend, .heldUp)
        case .takesTheNewBody: (.reusedID, .letIn)
        case .tellsAnybody: (.recorded, .othersRecord)
        case .dropsTrace: (.echoes, .trace)
        case .writesSecretsToDisk: (.authenticator, .secret)
        }
    }
}

/// A worker in little, without a store: what the contract asks of one that never crashes, and one mistake.
final class ModelWorker: Sendable {
    private struct Record {
        var key: String
        var body: [UInt8]
        var user: String
        var reply: [UInt8]?
    }

    let twilio: ToyTwilio
    let mistake: WorkerMistake?
    let people = Locked(ModelPeople())
    private let consumer: Consumer
    private let publisher: Publisher
    private let records = Watched<[String: Record]>([:])

    init(_ broker: BrokerConfiguration, _ twilio: ToyTwilio, _ mistake: WorkerMistake?, logger: Logger) {
        (self.twilio, self.mistake) = (twilio, mistake)
        let lanes = [LaneName.send, .check, .account].map { Lane(queue: $0.queue, prefetch: 64) }
        consumer = Consumer(
            configuration: broker, lanes: lanes, headers: ["deadline", "traceparent"], logger: logger)
        publisher = Publisher(configuration: broker, logger: logger)
    }

    /// Until it is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.consumer.run() }
            group.addTask { await self.publisher.run() }
            for await delivery in consumer.deliveries {
                guard mistake != .oneAfterAnother else {
                    await handle(delivery)
                    continue
                }
                group.addTask { await self.handle(delivery) }
            }
            group.cancelAll()
        }
    }

    // MARK: A job's way

    private func handle(_ delivery: Delivery) async {
        if let body = await reply(to: delivery) { await publish(body, for: delivery.properties, delivery.routingKey) }
        await consumer.acknowledge(delivery.tag)
    }

    /// `nil` where there is none to give.
    private func reply(to delivery: Delivery) async -> [UInt8]? {
        guard case .bytes(let bytes) = delivery.body, let lane = LaneName.of(queue: delivery.queue) else { return nil }
        let envelope = Self.envelope(delivery, bytes, lane)
        let address = ReplyAddress(envelope.replyTo, prefixes: [WireName.replyPrefix])
        if address == .refused, mistake != .answersAnyAddress { return nil }
        let read = JobDecoder().read(envelope)
        switch read.content {
        case .unexpected: return nil
        case .late: return text(read, Reply(.late, at: .now()))
        case .invalid(let reason, let problems, _):
            var reply = Reply(.invalid, reason: reason ?? .malformed, at: .now())
            reply.errors = problems
            if mistake == .takesTextForJSON, envelope.contentType != "application/json" {
                reply = Reply(.late, at: .now())
            }
            return text(read, reply)
        case .job(let job):
            if mistake == .refusesUnknownFields, read.unknownFields > 0 {
                return text(read, Reply(.invalid, reason: .malformed, at: .now()))
            }
            return await once(job, read, bytes, isHeard: address != .none)
        }
    }

    /// What is known is answered from the record; a copy waits for the first.
    private func once(_ job: Job, _ read: ReadJob, _ bytes: [UInt8], isHeard: Bool) async -> [UInt8]? {
        let (id, key) = (read.messageID ?? "", job.kind.rawValue)
        if case .outcome(let other) = job.request { return outcome(of: other, job, read) }
        if case .options = job.request { return text(read, people.withLock { $0.options(of: job.login) }) }
        if mistake == .remembersNothing { return await work(job, read) }
        let isFirst = Locked(false)
        records.update { records in
            guard records[id] == nil else { return }
            records[id] = Record(key: key, body: bytes, user: job.login.user)
            isFirst.withLock { $0 = true }
        }
        if isFirst.withLock({ $0 }) {
            let reply = await work(job, read)
            let isKept = isHeard || mistake != .forgetsWhomNobodyAnswers
            records.update { if isKept { $0[id]?.reply = reply } else { $0[id] = nil } }
            return reply
        }
        await records.wait { $0[id]?.reply != nil }
        guard let known = records.value[id] else { return nil }
        guard known.key == key, known.body == bytes else {
            if mistake == .takesTheNewBody { return await work(job, read) }
            return text(read, Reply(.invalid, reason: .messageIDReused, at: .now()))
        }
        if case .registerAuthenticator = job.request, people.withLock({ !$0.isEnrolling(job.login) }) {
            return text(read, Reply(.expired, reason: .enrolmentExpired, at: .now()))
        }
        return known.reply
    }

    private func outcome(of id: String, _ job: Job, _ read: ReadJob) -> [UInt8] {
        guard let record = records.value[id], record.user == job.login.user || mistake == .tellsAnybody else {
            return text(read, Reply(.unknownJob, reason: .noRecord, at: .now()))
        }
        return record.reply ?? text(read, Reply(.unknownJob, reason: .inProgress, at: .now()))
    }

    private func work(_ job: Job, _ read: ReadJob) async -> [UInt8] {
        if read.deadline - .now() < .seconds(2), mistake != .sendsLate {
            return text(read, Reply(.late, at: .now()))
        }
        var reply = await carryOut(job)
        if mistake == .forgetsRetryAt { reply.retryAt = nil }
        return text(read, reply)
    }

    private func text(_ read: ReadJob, _ reply: Reply) -> [UInt8] {
        var reply = reply
        (reply.job, reply.user, reply.application) = (read.messageID, read.user, read.application)
        return reply.encoded()
    }

    // MARK: Messages

    private func publish(_ body: [UInt8], for job: MessageProperties, _ key: String) async {
        guard let address = job.replyTo else { return }
        let reply = SeenReply(properties: MessageProperties(), body: body, number: 0)
        if mistake == .losesDenials, reply.told.hasPrefix("'denied'") { return }
        let isSecret = String(decoding: body, as: UTF8.self).contains("otpauth:")
        var properties = MessageProperties()
        properties.contentType = mistake == .noContentType ? nil : "application/json"
        properties.type = "verify.\(key).result.v1"
        properties.messageID = job.messageID.map { "r:\($0)" }
        properties.correlationID = mistake == .ownCorrelation ? nil : job.correlationID
        properties.correlationID = properties.correlationID ?? job.messageID.map { Array($0.utf8) }
        properties.timestamp = UInt64(clamping: Timestamp.now().wholeSeconds)
        properties.userID = mistake == .noUser ? nil : "guest"
        properties.deliveryMode = isSecret && mistake != .writesSecretsToDisk ? 1 : 2
        if let trace = job.headers["traceparent"], mistake != .dropsTrace {
            properties.headers = FieldTable([("traceparent", trace)])
        }
        let message = Message(exchange: "", routingKey: address, mandatory: true, properties: properties, body: body)
        for _ in 0..<(mistake == .answersTwice ? 2 : 1) { await publish(message) }
    }

    private func publish(_ message: Message) async {
        for _ in 1...3 {
            await publisher.waitUntilUsable()
            switch try? await publisher.publish(message) {
            case .refused where mistake != .ignoresRefusedReplies: try? await Task.sleep(for: .milliseconds(1500))
            case .refused, .returned, .confirmed, nil: return
            }
        }
    }

    private static func envelope(_ delivery: Delivery, _ bytes: [UInt8], _ lane: LaneName) -> Envelope {
        var envelope = Envelope(
            lane: lane, exchange: delivery.exchange, routingKey: delivery.routingKey, body: .bytes(bytes),
            receivedAt: .now())
        let properties = delivery.properties
        envelope.contentType = properties.contentType
        envelope.messageID = properties.messageID
        envelope.correlationID = properties.correlationID
        envelope.replyTo = properties.replyTo
        envelope.type = properties.type
        envelope.timestamp = properties.timestamp
        envelope.userID = properties.userID
        envelope.deadline = properties.headers["deadline"]?.text
        return envelope
    }
}
