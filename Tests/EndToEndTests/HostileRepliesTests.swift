import AMQP
import App
import Basics
import Logging
import TestKit
import Testing
import Wire

extension Hostile {
    @Suite struct Replies {
        @Test("H12: a reply address that is not one is never written to; the job is kept and not begun")
        func refused() async throws {
            let scene = try await HostileScene()
            let settings = try Settings(
                ConfigLoader(flags: [:], file: nil, environment: scene.stage.environment))
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            try await BrokerAdmin.withConnection(settings.broker(name: "test"), logger: logger) {
                try await $0.declareQueue(QueueDeclaration(name: "accounting"))
            }
            let addresses = [
                "verify.send", "verify.check", "verify.account", "verify.admin", "verify.dead", "verify.events",
                "accounting", "amq.direct", "amq.", "amq.gen", "amq.rabbitmq.trace", "verify.reply", "verify.reply.",
                "VERIFY.REPLY.x", " verify.reply.x", "verify.reply.x\n", "verify.reply.é", "verify.reply.\u{0}",
                String(repeating: "x", count: 255),
            ]
            for address in addresses {
                var message = scene.message(
                    .registerPhone, #"{"user":"anna","channel":"sms","phone":"+14155550142"}"#)
                message.replyTo = address
                #expect(try await scene.raw.publish(message) == .confirmed)
            }
            let dead = try await scene.end()
            #expect(dead.map(\.reason) == addresses.map { _ in "reply_to_refused" })
            // One line a minute, not one for each.
            let lines = scene.worker.output.split(separator: "\n").filter { $0.contains("reply_to_refused") }
            #expect((1...2).contains(lines.count), "\(lines.count)")
            #expect(try await scene.stage.waiting(in: "accounting") == 0)
            #expect(try await scene.stage.recorded().count == 2, "only the good send and check of the end")
        }

        @Test("H12: a reply that no queue takes is noted as undeliverable, and the outcome stays")
        func undeliverable() async throws {
            let scene = try await HostileScene()
            let addresses = [
                "verify.reply.mailbox.gone", "amq.gen-JzTY20BRgKO-HjmUJj0wLg",
                "verify.reply." + String(repeating: "x", count: 242),
            ]
            var ids: [String] = []
            for address in addresses {
                var message = scene.message(.send)
                message.replyTo = address
                ids.append(String(decoding: message.messageID ?? [], as: UTF8.self))
                #expect(try await scene.raw.publish(message) == .confirmed)
            }
            // Direct reply-to: forged addresses are taken, and nobody can tell that nobody reads them.
            var direct = scene.message(.send)
            direct.replyTo = "amq.rabbitmq.reply-to.g1h2AAhyZXBseUA0NDY4AAAAAAAAAAAAAAAA.forged"
            let directID = String(decoding: direct.messageID ?? [], as: UTF8.self)
            #expect(try await scene.raw.publish(direct) == .confirmed)
            var without = scene.message(.send)
            without.replyTo = ""
            #expect(try await scene.raw.publish(without) == .confirmed)
            #expect(try await scene.end().isEmpty)
            #expect(scene.worker.output.contains(#""reason":"reply_returned""#))
            let recorded = try await scene.stage.recorded()
            for id in ids {
                #expect(recorded[id]?.outcome == "not_allowed")
                #expect(recorded[id]?.replyState == 2)
            }
            // RabbitMQ 3 hangs up on it, RabbitMQ 4 confirms it.
            #expect([1, 2].contains(recorded[directID]?.replyState))
        }

        @Test("H12: direct reply-to without a consumer is refused by the broker, and nothing goes in circles")
        func direct() async throws {
            let scene = try await HostileScene()
            var message = scene.message(.send)
            message.replyTo = "amq.rabbitmq.reply-to"
            #expect(try await scene.raw.publish(message) == .closed(code: 406))
            let before = try #require(scene.worker.usage).cpuSeconds
            try await Task.sleep(for: .seconds(1))
            let after = try #require(scene.worker.usage).cpuSeconds
            #expect(after - before < 0.5, "a worker that has nothing to do uses the processor")
            #expect(try await scene.end().isEmpty)
        }
    }
}
