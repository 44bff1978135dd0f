import AMQP
import Basics
import Conformance
import Logging
import TestKit
import Testing
import VerifyClient
import Wire

private let noLog = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A portal on the Swift client, with a mistake of one's choice.
private struct Portal: FrontEndUnderTest {
    enum Mistake: CaseIterable {
        case trustsEveryReply, neverAsksOptions, asksAgainAnew, sharesALogin
    }

    let client: LoginClient
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

    @Test("a reply queue that is declared otherwise is found out")
    func queueArguments() async throws {
        let url = try await site()
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
        let url = try await site()
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

    /// A virtual host with the lanes, and no worker.
    private func site() async throws -> String {
        let url = try await PrivateBroker.shared().makeVirtualHost()
        let broker = BrokerConfiguration(urls: [try BrokerURL(url)], connectionName: "test")
        try await BrokerAdmin.withConnection(broker, logger: noLog) { admin in
            try await admin.declareExchange(ExchangeDeclaration(name: WireName.jobs, kind: "topic", durable: true))
            for lane in [LaneName.send, .check, .account] {
                try await admin.declareQueue(
                    QueueDeclaration(
                        name: lane.queue, durable: true, exclusive: false, autoDelete: false, arguments: FieldTable()))
                for kind in JobKind.allCases where kind.lane == lane {
                    try await admin.bind(Binding(exchange: WireName.jobs, queue: lane.queue, routingKey: kind.rawValue))
                }
            }
        }
        return url
    }

    private func judge(
        _ mistake: Portal.Mistake?, _ cases: [ConformanceCase], patience: Duration = .seconds(20), atOnce: Int = 32
    ) async throws -> [ConformanceVerdict] {
        let broker = BrokerConfiguration(urls: [try BrokerURL(try await site())], connectionName: "portal")
        let client = LoginClient(broker: broker, frontEnd: "guest", logger: noLog)
        let running = Task { await client.run() }
        defer { running.cancel() }
        // The machine may be busy: that a wait is too long is for the judge's own tests.
        return try await FrontEndConformance(broker: broker, slack: .seconds(300), logger: noLog)
            .judge(Portal(client: client, mistake: mistake, patience: patience), cases: cases, atOnce: atOnce)
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
