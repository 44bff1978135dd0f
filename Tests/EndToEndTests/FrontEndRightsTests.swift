import AMQP
import Basics
import TestKit
import Testing
import Wire

@Suite("What a front end may do at the broker", .timeLimit(.minutes(10))) struct FrontEndRightsTests {
    private typealias Stage = FrontEndRightsStage

    private static let loginKeys = JobKind.allCases.filter { $0.lane != .admin }.map(\.rawValue)
    private static let adminKeys = JobKind.allCases.filter { $0.lane == .admin }.map(\.rawValue)

    @Test("web and windows publish their seven jobs, and no other", arguments: [true, false])
    func loginJobs(isWeb: Bool) async throws {
        let stage = try await Stage.shared
        let user = isWeb ? stage.web : stage.windows
        #expect(Self.loginKeys.count == 7)
        for key in Self.loginKeys {
            #expect(try await stage.publish(as: user, to: "verify", key: key) == .ok, "\(key)")
        }
        for key in Self.adminKeys + ["unknown", "admin.unknown", "send.x", "xsend", ""] {
            #expect(try await stage.publish(as: user, to: "verify", key: key) == .refused(403), "\(key)")
        }
    }

    @Test("desk publishes options, outcome and the eighteen admin jobs, and no login; an unknown admin job comes back")
    func adminJobs() async throws {
        let stage = try await Stage.shared
        #expect(Self.adminKeys.count == 18)
        for key in Self.adminKeys + ["options", "outcome"] {
            #expect(try await stage.publish(as: stage.desk, to: "verify", key: key) == .ok, "\(key)")
        }
        for key in Set(Self.loginKeys).subtracting(["options", "outcome"]).sorted() + ["unknown", "admin", "xadmin.x"] {
            #expect(try await stage.publish(as: stage.desk, to: "verify", key: key) == .refused(403), "\(key)")
        }
        #expect(try await stage.publish(as: stage.desk, to: "verify", key: "admin.unknown") == .returned)
    }

    @Test("nobody publishes in another one's name; without a name is accepted")
    func userID() async throws {
        let stage = try await Stage.shared
        let foreign = try await stage.publish(as: stage.web, to: "verify", key: "options", userID: stage.desk)
        #expect(foreign == .refused(406))
        let own = try await stage.publish(as: stage.web, to: "verify", key: "options", userID: stage.web)
        #expect(own == .ok)
        #expect(try await stage.publish(as: stage.web, to: "verify", key: "options") == .ok)
    }

    @Test("a reply queue is declared with the contract's arguments as often as one likes, without them not again")
    func ownReplyQueue() async throws {
        let stage = try await Stage.shared
        let name = Stage.replyQueue(stage.web)
        for _ in 0..<2 {
            let verdict = try await stage.attempt(as: stage.web) { admin in
                try await admin.declareQueue(Stage.replyDeclaration(name))
            }
            #expect(verdict == .ok)
        }
        let bare = try await stage.attempt(as: stage.web) { try await $0.declareQueue(QueueDeclaration(name: name)) }
        #expect(bare == .refused(406))
        #expect(try await stage.consume(as: stage.web, from: name) == .ok)
        #expect(try await stage.attempt(as: stage.web) { try await $0.purgeQueue(name) } == .ok)
        #expect(try await stage.attempt(as: stage.web) { try await $0.deleteQueue(name) } == .ok)
    }

    @Test("another one's reply queue is out of reach: to declare, consume, purge and delete")
    func foreignReplyQueue() async throws {
        let stage = try await Stage.shared
        let name = Stage.replyQueue(stage.windows)
        let declaration = Stage.replyDeclaration(name)
        #expect(try await stage.attempt(as: stage.windows) { try await $0.declareQueue(declaration) } == .ok)
        #expect(try await stage.attempt(as: stage.web) { try await $0.declareQueue(declaration) } == .refused(403))
        #expect(try await stage.attempt(as: stage.web) { try await $0.purgeQueue(name) } == .refused(403))
        #expect(try await stage.attempt(as: stage.web) { try await $0.deleteQueue(name) } == .refused(403))
        #expect(try await stage.consume(as: stage.web, from: name) == .refused(403))
    }

    @Test("names that only look like one's own are not")
    func likeNames() async throws {
        let stage = try await Stage.shared
        let name = stage.web
        for queue in [
            "verify.reply.\(name)2.x", "verify.reply.\(name).a.b", "verify.reply.\(name).", "verify.reply.\(name)",
            "xverify.reply.\(name).x", "verifyxreply.\(name).x", "verify.listen.\(name).x",
        ] {
            let verdict = try await stage.attempt(as: stage.web) { admin in
                try await admin.declareQueue(Stage.replyDeclaration(queue))
            }
            #expect(verdict == .refused(403), "\(queue)")
        }
    }

    @Test("a server-named queue is not to be had")
    func serverNamed() async throws {
        let stage = try await Stage.shared
        let queue = QueueDeclaration(name: "", durable: false, exclusive: true)
        #expect(try await stage.attempt(as: stage.web) { try await $0.declareQueue(queue) } == .refused(403))
    }

    @Test(
        "a front end publishes to no exchange but verify",
        arguments: ["", "verify.dead", "verify.events", "verify.status"])
    func otherExchanges(exchange: String) async throws {
        let stage = try await Stage.shared
        #expect(try await stage.publish(as: stage.web, to: exchange, key: "verify.send") == .refused(403))
        #expect(try await stage.publish(as: stage.desk, to: exchange, key: "verify.admin") == .refused(403))
    }

    @Test(
        "a front end takes nothing from the lanes",
        arguments: ["verify.send", "verify.check", "verify.account", "verify.admin", "verify.dead"])
    func lanes(queue: String) async throws {
        let stage = try await Stage.shared
        for user in [stage.web, stage.desk] {
            #expect(try await stage.consume(as: user, from: queue) == .refused(403))
            #expect(try await stage.attempt(as: user) { try await $0.purgeQueue(queue) } == .refused(403))
            #expect(try await stage.attempt(as: user) { try await $0.deleteQueue(queue) } == .refused(403))
        }
    }

    @Test("a front end binds its queue to nothing", arguments: ["verify", "verify.status", "verify.events"])
    func bindings(exchange: String) async throws {
        let stage = try await Stage.shared
        let name = Stage.replyQueue(stage.web)
        let declared = try await stage.attempt(as: stage.web) { admin in
            try await admin.declareQueue(Stage.replyDeclaration(name))
        }
        #expect(declared == .ok)
        let binding = Binding(exchange: exchange, queue: name, routingKey: "#")
        #expect(try await stage.attempt(as: stage.web) { try await $0.bind(binding) } == .refused(403))
    }

    @Test(
        "a front end's queue dead-letters neither into the lanes' dead letters nor into any queue",
        arguments: ["", "verify.dead"])
    func deadLetterExchange(exchange: String) async throws {
        let stage = try await Stage.shared
        let queue = Stage.replyDeclaration(
            Stage.replyQueue(stage.web), [("x-dead-letter-exchange", .string(Array(exchange.utf8)))])
        #expect(try await stage.attempt(as: stage.web) { try await $0.declareQueue(queue) } == .refused(403))
    }

    @Test("an exchange under one's own prefix can be made, and not be published to")
    func ownExchange() async throws {
        let stage = try await Stage.shared
        let name = Stage.replyQueue(stage.web)
        let exchange = ExchangeDeclaration(name: name, kind: "fanout", durable: false)
        #expect(try await stage.attempt(as: stage.web) { try await $0.declareExchange(exchange) } == .ok)
        #expect(try await stage.publish(as: stage.web, to: name, key: "") == .refused(403))
    }

    /// 4.x asks for a right of some kind, which nobody has on another one's queue.
    @Test("on 3.x another one's reply queue shows its depth to whoever knows its name: so names are not to be guessed")
    func passiveDeclare() async throws {
        let stage = try await Stage.shared
        let version = try await PrivateBroker.shared().ctl(["version"])
        let name = Stage.replyQueue(stage.windows)
        let declared = try await stage.attempt(as: stage.windows) { admin in
            try await admin.declareQueue(Stage.replyDeclaration(name))
        }
        #expect(declared == .ok)
        let looked = try await stage.attempt(as: stage.web) { try await $0.messageCount(of: name) }
        if version.hasPrefix("3.") { #expect(looked == .ok) }
        #expect(try await stage.consume(as: stage.web, from: name) == .refused(403))
    }
}
