import AMQP
import Basics
import Logging
import TestKit
import Testing
import Wire

@testable import VerifyClient

@Suite("Contract 6: who waits for a reply")
struct PendingRepliesTests {
    private func reply(_ text: String) -> Result<HeardReply, any Error> {
        .success(HeardReply(body: Array(text.utf8), publishedAt: nil))
    }

    @Test("a reply that comes when nobody may wait any more is none, however late the wait is ended")
    func tooLate() async throws {
        let pending = PendingReplies()
        let end = MonotonicTime.now() + .seconds(35)
        for id in ["late", "in-time"] {
            pending.expect(id, of: .init(kind: .check, messageID: "job", until: end))
        }
        pending.hear("late", reply("approved"), at: end)
        pending.hear("in-time", reply("approved"), at: end + .milliseconds(-1))
        pending.end("late", with: .failure(ClientError(code: .timeout, message: "no reply")))
        #expect(try await pending.wait(for: "in-time").body == Array("approved".utf8))
        let error = await #expect(throws: ClientError.self) { try await pending.wait(for: "late") }
        #expect(error?.code == .timeout)
    }
}

/// The test is the worker here: it sees every job, and answers the one it likes.
private final class ClientScene: Sendable {
    let client: LoginClient
    let jobs: Mailbox
    private let publisher: Publisher
    private let running: [Task<Void, Never>]

    /// - Parameters:
    ///   - urls: where the client connects to.
    ///   - own: where the test does.
    init(_ urls: [String], own: String) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let broker = BrokerConfiguration(urls: [try BrokerURL(own)], connectionName: "worker")
        try await BrokerAdmin.withConnection(broker, logger: logger) {
            try await $0.declareExchange(ExchangeDeclaration(name: WireName.jobs, kind: "topic", durable: true))
        }
        jobs = try await Mailbox(own, hearing: WireName.jobs)
        let publisher = Publisher(configuration: broker, logger: logger)
        let front = BrokerConfiguration(urls: try urls.map { try BrokerURL($0) }, connectionName: "portal")
        let client = LoginClient(broker: front, frontEnd: "portal", logger: logger)
        (self.publisher, self.client) = (publisher, client)
        running = [Task { await client.run() }, Task { await publisher.run() }]
    }

    deinit {
        for task in running { task.cancel() }
    }

    func ask() async throws -> Reply {
        try await client.options(of: Job.Login(user: "ada"), AskOptions(patience: .seconds(110)))
    }

    /// - Parameters:
    ///   - padding: bytes that the reply has besides.
    ///   - named: the job that it says it is of; none by default.
    ///   - published: when it says it was published.
    func answer(
        _ job: Delivery, _ outcome: Outcome = .options, padding: Int = 0, named: String? = nil,
        published: Timestamp? = nil
    ) async throws {
        var properties = MessageProperties()
        properties.correlationID = job.properties.correlationID
        properties.timestamp = published.map { UInt64($0.wholeSeconds) }
        let more = String(repeating: "x", count: padding)
        let name = named.map { #","job":"\#($0)""# } ?? ""
        let body =
            #"{"outcome":"\#(outcome.rawValue)","message":"Yes.","at":"2026-01-01T00:00:00.000Z","#
            + #""retry_at":"2026-01-01T00:00:40.000Z","more":"\#(more)"\#(name)}"#
        try await publisher.becomesUsable()
        let outcome = try await publisher.publish(
            Message(
                exchange: "", routingKey: try #require(job.properties.replyTo), mandatory: true, properties: properties,
                body: Array(body.utf8)))
        #expect(outcome == .confirmed)
    }
}

/// Replies that do not come, since a queue or a node is gone: workers know a job that is asked for again.
@Suite("LoginClient", .timeLimit(.minutes(10))) struct LoginClientTests {
    @Test("a reply as large as any that a worker ever sent is read, and one beyond reason ends the wait and says so")
    func largeReplies() async throws {
        let url = try await PrivateBroker.shared().makeVirtualHost()
        let scene = try await ClientScene([url], own: url)
        async let large = scene.ask()
        let first = try await scene.jobs.arrivals.first { _ in true }
        try await scene.answer(first, padding: 2 << 20)
        #expect(try await large.outcome == .options)
        let asking = Task { try await scene.ask() }
        let second = try await scene.jobs.arrivals.first { $0.tag != first.tag }
        try await scene.answer(second, padding: 5 << 20)
        let error = await #expect(throws: ClientError.self) { try await asking.value }
        #expect(error?.code == .tooLarge)
        #expect(error?.message.contains("too large") == true)
    }

    @Test("a reply that names another job is not this one's, whatever it comes under")
    func othersReply() async throws {
        let url = try await PrivateBroker.shared().makeVirtualHost()
        let scene = try await ClientScene([url], own: url)
        async let reply = scene.ask()
        let job = try await scene.jobs.arrivals.first { _ in true }
        try await scene.answer(job, .approved, named: RandomID.uuid())
        try await scene.answer(job, .denied, named: job.properties.messageID)
        #expect(try await reply.outcome == .denied)
    }

    @Test("of a reply that comes again the wait is counted from when it was published, not from the 'at' of then")
    func waitOfARepeat() async throws {
        let url = try await PrivateBroker.shared().makeVirtualHost()
        let scene = try await ClientScene([url], own: url)
        for (seconds, wait) in [(nil, 40), (0, 40), (30, 10), (50, -10), (-20, 40)] as [(Int64?, Int)] {
            let known = Set(scene.jobs.arrivals.all.map(\.tag))
            async let reply = scene.ask()
            let job = try await scene.jobs.arrivals.first { !known.contains($0.tag) }
            let at = try #require(Timestamp(rfc3339: "2026-01-01T00:00:00.000Z"))
            try await scene.answer(job, published: seconds.map { at + .seconds($0) })
            let heard = try await reply
            #expect(heard.wait(until: heard.retryAt) == .seconds(wait), "published \(seconds ?? 0) s after 'at'")
        }
    }

    @Test("a broker that refuses the log-in ends a command's job at once, and says so")
    func refused() async throws {
        let url = try await PrivateBroker.shared().makeVirtualHost()
        let broker = BrokerConfiguration(
            urls: [try BrokerURL(url.replacing("guest:guest", with: "guest:wrong"))], connectionName: "command")
        let client = LoginClient(
            broker: broker, frontEnd: "command", endsAtRefusal: true,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let running = Task { await client.run() }
        defer { running.cancel() }
        // With an end of its own it would be waited out, and end otherwise.
        let error = await #expect(throws: ClientError.self) {
            try await client.options(of: Job.Login(user: "ada"), AskOptions(patience: .seconds(3600)))
        }
        #expect(error?.code == .refused)
        #expect(error?.message.contains("refuses us") == true && error?.message.contains("ACCESS_REFUSED") == true)
        #expect(error?.message.contains("wrong") == false)
    }

    @Test("a reply that may have gone with the queue is asked for again, under the same id")
    func deletedQueue() async throws {
        let broker = try await PrivateBroker.shared()
        let url = try await broker.makeVirtualHost()
        let scene = try await ClientScene([url], own: url)
        async let reply = scene.ask()
        let first = try await scene.jobs.arrivals.first { _ in true }
        let queue = try #require(first.properties.replyTo)
        let host = try #require(url.split(separator: "/").last.map(String.init))
        _ = try await broker.ctl(["delete_queue", "-p", host, queue])
        let second = try await scene.jobs.arrivals.first { $0.tag != first.tag }
        #expect(second.properties.messageID == first.properties.messageID)
        #expect(second.properties.correlationID == first.properties.correlationID)
        #expect(second.properties.headers == first.properties.headers && second.bytes == first.bytes)
        try await scene.answer(second)
        #expect(try await reply.outcome == .options)
        #expect(scene.jobs.arrivals.all.count == 2)
    }

    @Test("a node that dies takes the queue with it: another node has another one, and what was asked is asked again")
    func deadNode() async throws {
        let nodes = try await PrivateBroker.pair()
        let scene = try await ClientScene([nodes[1].url, nodes[0].url], own: nodes[0].url)
        async let reply = scene.ask()
        let first = try await scene.jobs.arrivals.first { _ in true }
        try await nodes[1].kill()
        let second = try await scene.jobs.arrivals.first { $0.properties.replyTo != first.properties.replyTo }
        #expect(second.properties.messageID == first.properties.messageID)
        #expect(second.properties.correlationID == first.properties.correlationID)
        try await scene.answer(second)
        #expect(try await reply.outcome == .options)
    }
}
