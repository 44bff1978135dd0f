import AMQP
import Basics
import Conformance
import Logging
import TestKit
import Testing
import VerifyClient
import Wire

private let noLog = Site.noLog

/// A portal on the Swift client, with a mistake of one's choice.
private struct Portal: FrontEndUnderTest {
    enum Mistake: CaseIterable {
        case trustsEveryReply, neverAsksOptions, asksAgainAnew, sharesALogin, givesUpWithItsConnection
    }

    struct Lost: Error {}

    let client: LoginClient
    /// A connection beside the client's: what ends it ends those.
    let connection: Publisher
    var mistake: Mistake?
    var patience = Duration.seconds(20)

    func signIn(user: String, code: String) async throws -> Bool {
        let id = mistake == .sharesALogin ? "one-for-all" : RandomID.uuid()
        let login = Job.Login(user: user, login: id)
        do {
            if mistake != .neverAsksOptions {
                let options = try await client.options(of: login, AskOptions(patience: patience))
                guard options.outcome == .options, options.decision == "verify" else {
                    return options.outcome == .options && options.decision == "not_required"
                }
            }
            let sent = try await client.send(by: .sms, for: login, AskOptions(patience: patience))
            guard sent.outcome == .sent else { return false }
            return lets(in: try await check(code, login))
        } catch let error as ClientError {
            return mistake == .trustsEveryReply && error.code == .unreadable
        }
    }

    private func lets(in reply: Reply) -> Bool {
        mistake == .trustsEveryReply ? reply.outcome != .denied : reply.outcome == .approved
    }

    private func check(_ code: String, _ login: Job.Login) async throws -> Reply {
        guard mistake == .givesUpWithItsConnection else { return try await asked(code, login) }
        return try await withThrowingTaskGroup { group in
            group.addTask { try await asked(code, login) }
            group.addTask {
                await connection.waitForStatus { !$0.isConnected }
                throw Lost()
            }
            defer { group.cancelAll() }
            guard let reply = try await group.next() else { throw Lost() }
            return reply
        }
    }

    private func asked(_ code: String, _ login: Job.Login) async throws -> Reply {
        let again = {
            try await client.check(Redacted(code), method: .phone, for: login, AskOptions(patience: patience))
        }
        do { return try await again() } catch let error as ClientError where error.code == .timeout {
            guard mistake == .asksAgainAnew else { throw error }
            return try await again()
        }
    }
}

@Suite("A front end's cases", .timeLimit(.minutes(10))) struct FrontEndConformanceTests {
    @Test("our client passes every one")
    func passes() async throws {
        let verdicts = try await judge(nil, ConformanceCase.allCases)
        #expect(verdicts.map(\.situation) == ConformanceCase.allCases)
        for verdict in verdicts { #expect(verdict.findings.isEmpty, "\(verdict)") }
    }

    @Test("a front end that lets in by whatever is no denial is found out")
    func trusts() async throws {
        let cases: [ConformanceCase] = [
            .signIn, .expiredCode, .invalidCode, .outageOfCheck, .uncertainCheck, .unknownOutcome,
        ]
        let found = try await judge(.trustsEveryReply, cases).filter { $0.findings.map(\.rule) == [.letIn] }
        #expect(found.map(\.situation) == Array(cases.dropFirst()))
    }

    @Test("one that never asks for options is found out")
    func neverAsks() async throws {
        let verdicts = try await judge(.neverAsksOptions, [.signIn])
        #expect(verdicts.flatMap(\.findings).map(\.rule) == [.neverAsked, .neverAsked])
    }

    @Test("one that asks again under another id after silence is found out")
    func asksAnew() async throws {
        let verdicts = try await judge(.asksAgainAnew, [.lostReply], patience: .seconds(5))
        #expect(verdicts.flatMap(\.findings).map(\.rule) == [.newID])
    }

    @Test("one whose sign-ins share a login is found out, also when they come one after the other")
    func shares() async throws {
        let verdicts = try await judge(.sharesALogin, [.signIn, .wrongCode], atOnce: 1)
        #expect(verdicts.flatMap(\.findings).map(\.rule) == [.sharedLogin])
    }

    @Test("one that fails when the broker is restarted under it is found out; without a way to restart it is not tried")
    func failsAtRestart() async throws {
        let verdicts = try await judge(.givesUpWithItsConnection, [.brokerRestart], patience: .seconds(100))
        #expect(verdicts.flatMap(\.findings).map(\.rule) == [.fails], "\(verdicts)")
        let untried = try await judge(nil, [.brokerRestart, .signIn], restarts: false)
        #expect(untried.map(\.situation) == [.signIn, .brokerRestart] && untried.allSatisfy(\.findings.isEmpty))
        #expect(untried[1].skipped?.contains("--restart") == true)
    }

    @Test("a reply queue that is declared otherwise is found out")
    func queueArguments() async throws {
        let url = try await Site.make()
        let queue = "verify.reply.guest.\(RandomID.hex(bytes: 16))"
        let broker = BrokerConfiguration(urls: [try BrokerURL(url)], connectionName: "test")
        try await BrokerAdmin.withConnection(broker, logger: noLog) {
            try await $0.declareQueue(
                QueueDeclaration(
                    name: queue, durable: true, exclusive: false, autoDelete: false, arguments: FieldTable()))
        }
        let verdicts = try await FrontEndConformance(broker: broker, logger: noLog)
            .judge(Careless(broker: broker, queue: queue), cases: [.signIn])
        #expect(verdicts.flatMap(\.findings).map(\.rule).contains(.queueArguments))
    }

    @Test("jobs of others are not taken: it says so and leaves them")
    func others() async throws {
        let url = try await Site.make()
        let broker = BrokerConfiguration(urls: [try BrokerURL(url)], connectionName: "test")
        let publisher = Publisher(configuration: broker, logger: noLog)
        let running = Task { await publisher.run() }
        defer { running.cancel() }
        try await publisher.becomesUsable()
        let body = Array(#"{"user":"somebody"}"#.utf8)
        let job = Message(
            exchange: WireName.jobs, routingKey: "options", mandatory: true, properties: MessageProperties(), body: body
        )
        #expect(try await publisher.publish(job) == .confirmed)
        await #expect(throws: ConformanceFailure.self) {
            _ = try await FrontEndConformance(broker: broker, logger: noLog)
                .judge(Careless(broker: broker, queue: "verify.reply.guest.x"), cases: [.signIn])
        }
        let left = try await BrokerAdmin.withConnection(broker, logger: noLog) {
            try await $0.messageCount(of: LaneName.account.queue)
        }
        #expect(left == 1)
    }

    // MARK: The scene

    private func judge(
        _ mistake: Portal.Mistake?, _ cases: [ConformanceCase], patience: Duration = .seconds(20), atOnce: Int = 32,
        restarts: Bool = true
    ) async throws -> [ConformanceVerdict] {
        let url = try BrokerURL(try await Site.make())
        let broker = BrokerConfiguration(urls: [url], connectionName: "portal")
        let client = LoginClient(broker: broker, frontEnd: "guest", logger: noLog)
        let connection = Publisher(configuration: broker, logger: noLog)
        let running = [Task { await client.run() }, Task { await connection.run() }]
        defer { for task in running { task.cancel() } }
        try await connection.becomesUsable()
        // As a restart looks from here: every connection is gone.
        let restart: BrokerRestart = {
            _ = try await PrivateBroker.shared().ctl(["close_all_connections", "--vhost", url.virtualHost, "restart"])
        }
        let portal = Portal(client: client, connection: connection, mistake: mistake, patience: patience)
        // The machine may be busy: that a wait is too long is for the judge's own tests.
        return try await FrontEndConformance(
            broker: broker, slack: .seconds(300), restart: restarts ? restart : nil, logger: noLog
        ).judge(portal, cases: cases, atOnce: atOnce)
    }
}

/// Asks for options, and reads no reply.
private struct Careless: FrontEndUnderTest {
    let broker: BrokerConfiguration
    let queue: String

    func signIn(user: String, code: String) async throws -> Bool {
        let publisher = Publisher(configuration: broker, logger: noLog)
        let running = Task { await publisher.run() }
        defer { running.cancel() }
        try await publisher.becomesUsable()
        var properties = MessageProperties()
        properties.replyTo = queue
        properties.messageID = RandomID.uuid()
        let body = JSONValue.object(["user": .string(user)]).encoded()
        let job = Message(
            exchange: WireName.jobs, routingKey: "options", mandatory: true, properties: properties, body: body)
        _ = try await publisher.publish(job)
        // The queue is looked at before it is answered.
        try await Wait.until("the reply to a careless front end") { [broker, queue] in
            try await BrokerAdmin.withConnection(broker, logger: noLog) { try await $0.messageCount(of: queue) } > 0
        }
        return true
    }
}
