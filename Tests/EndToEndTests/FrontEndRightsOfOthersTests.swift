import AMQP
import Basics
import TestKit
import Testing
import Wire

@Suite("What workers and listeners may do at the broker", .timeLimit(.minutes(10))) struct FrontEndRightsOfOthersTests {
    private typealias Stage = FrontEndRightsStage

    @Test("a worker publishes no jobs and no dead letters", arguments: ["verify", "verify.dead"])
    func workerPublishes(exchange: String) async throws {
        let stage = try await Stage.shared
        #expect(try await stage.publish(as: stage.worker, to: exchange, key: "options") == .refused(403))
    }

    @Test("a worker publishes replies, events and status")
    func workerReplies() async throws {
        let stage = try await Stage.shared
        let name = Stage.replyQueue(stage.web)
        let declared = try await stage.attempt(as: stage.web) { admin in
            try await admin.declareQueue(Stage.replyDeclaration(name))
        }
        #expect(declared == .ok)
        #expect(try await stage.publish(as: stage.worker, to: "", key: name) == .ok)
        // Nobody listens: let in, and given back.
        #expect(try await stage.publish(as: stage.worker, to: "verify.events", key: "send.sent") == .returned)
    }

    @Test("a worker declares, binds and deletes nothing, not even what exists")
    func workerDeclares() async throws {
        let stage = try await Stage.shared
        let queue = QueueDeclaration(name: "verify.send", arguments: ["x-queue-type": .string(Array("quorum".utf8))])
        let exchange = ExchangeDeclaration(name: "verify", kind: "topic", durable: true)
        let binding = Binding(exchange: "verify", queue: "verify.send", routingKey: "x")
        #expect(try await stage.attempt(as: stage.worker) { try await $0.declareQueue(queue) } == .refused(403))
        #expect(try await stage.attempt(as: stage.worker) { try await $0.declareExchange(exchange) } == .refused(403))
        #expect(try await stage.attempt(as: stage.worker) { try await $0.bind(binding) } == .refused(403))
        #expect(try await stage.attempt(as: stage.worker) { try await $0.deleteQueue("verify.send") } == .refused(403))
    }

    @Test("a worker takes from the lanes and from verify.dead, and from no reply queue")
    func workerConsumes() async throws {
        let stage = try await Stage.shared
        let name = Stage.replyQueue(stage.web)
        let declared = try await stage.attempt(as: stage.web) { admin in
            try await admin.declareQueue(Stage.replyDeclaration(name))
        }
        #expect(declared == .ok)
        #expect(try await stage.consume(as: stage.worker, from: name) == .refused(403))
        for queue in LaneName.allCases.map(\.queue) + [WireName.dead] {
            #expect(try await stage.consume(as: stage.worker, from: queue) == .ok, "\(queue)")
            #expect(try await stage.attempt(as: stage.worker) { try await $0.messageCount(of: queue) } == .ok)
        }
    }

    @Test("a worker can empty its lanes: reading includes that")
    func workerPurges() async throws {
        let stage = try await Stage.shared
        #expect(try await stage.attempt(as: stage.worker) { try await $0.purgeQueue("verify.dead") } == .ok)
    }

    @Test("a listener hears the status on a queue of its own")
    func listenerHears() async throws {
        let stage = try await Stage.shared
        let name = Stage.listenQueue(stage.web)
        let bound = try await stage.attempt(as: stage.webListener) { admin in
            try await admin.declareQueue(QueueDeclaration(name: name))
            try await admin.bind(Binding(exchange: "verify.status", queue: name, routingKey: ""))
        }
        #expect(bound == .ok)
        #expect(try await stage.publish(as: stage.worker, to: "verify.status", key: "") == .ok)
        let consumer = Consumer(
            configuration: try stage.configuration(stage.webListener), lanes: [Lane(queue: name, prefetch: 1)],
            logger: stage.logger)
        let running = Task { await consumer.run() }
        defer { running.cancel() }
        #expect(await consumer.deliveries.first { _ in true }?.exchange == "verify.status")
    }

    @Test("a listener publishes nothing, not by its queues either, and reaches no other's")
    func listenerIsLimited() async throws {
        let stage = try await Stage.shared
        for exchange in ["verify", "", "verify.status", "verify.events", "verify.dead"] {
            let verdict = try await stage.publish(as: stage.webListener, to: exchange, key: "options")
            #expect(verdict == .refused(403), "\(exchange)")
        }
        let tapped = QueueDeclaration(
            name: Stage.listenQueue(stage.web), arguments: ["x-dead-letter-exchange": .string(Array("verify".utf8))])
        #expect(try await stage.attempt(as: stage.webListener) { try await $0.declareQueue(tapped) } == .refused(403))
        for queue in [Stage.listenQueue(stage.windows), Stage.replyQueue(stage.web)] {
            let verdict = try await stage.attempt(as: stage.webListener) { admin in
                try await admin.declareQueue(QueueDeclaration(name: queue))
            }
            #expect(verdict == .refused(403), "\(queue)")
        }
        #expect(try await stage.consume(as: stage.webListener, from: "verify.admin") == .refused(403))
    }

    @Test("a listener does not hear events unless it was given that", arguments: ["verify.events", "verify"])
    func events(exchange: String) async throws {
        let stage = try await Stage.shared
        let name = Stage.listenQueue(stage.web)
        let verdict = try await stage.attempt(as: stage.webListener) { admin in
            try await admin.declareQueue(QueueDeclaration(name: name))
            try await admin.bind(Binding(exchange: exchange, queue: name, routingKey: "#"))
        }
        #expect(verdict == .refused(403))
    }

    @Test("policies hold where they are meant to")
    func policies() async throws {
        let stage = try await Stage.shared
        let listed = try await PrivateBroker.shared().ctl([
            "--quiet", "list_queues", "-p", stage.virtualHost, "--no-table-headers", "name", "policy",
        ])
        for (queue, policy) in [
            ("verify.send", "verify-lanes"), ("verify.check", "verify-lanes"), ("verify.account", "verify-lanes"),
            ("verify.admin", "verify-lanes"), ("verify.dead", ""),
        ] {
            let line = listed.split(separator: "\n").first { $0.hasPrefix(queue + "\t") }
            #expect(line.map { String($0.dropFirst(queue.count + 1)) } == policy, "\(queue)")
        }
    }
}
