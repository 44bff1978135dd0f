import AMQP
import App
import Basics
import Foundation
import Logging
import TestKit
import Testing
import Wire

extension Hostile {
    /// Where front ends are told apart.
    @Suite struct FrontEnds {
        private let web = BrokerUser("web", "web")
        private let desk = BrokerUser("desk", "any+admin")
        private let stranger = BrokerUser("stranger", "web")

        @Test("H19: a job without a name, of a stranger or of the worker itself is kept, and never answered")
        func unauthenticated() async throws {
            let scene = try await HostileScene(frontEnds: [web, desk])
            try await scene.stage.add([stranger])
            let body = #"{"user":"anna","channel":"sms","phone":"+14155550142"}"#
            var nameless = scene.message(.registerPhone, body)
            nameless.userID = nil
            #expect(try await scene.raw.publish(nameless) == .confirmed)
            var foreign = scene.message(.registerPhone, body)
            foreign.userID = stranger.name
            #expect(try await scene.raw.publish(foreign) == .closed(code: 406))
            let strange = try RawPublisher(url: scene.stage.url(of: stranger))
            #expect(try await strange.publish(foreign) == .confirmed)
            var own = scene.message(.registerPhone, body)
            own.userID = "guest"
            #expect(try await RawPublisher(url: scene.stage.brokerURL).publish(own) == .confirmed)
            let before = scene.mailbox.arrivals.all.count
            let dead = try await scene.end()
            #expect(dead.map(\.reason) == ["unauthenticated", "unauthenticated", "unauthenticated"])
            #expect(Set(dead.map(\.frontEnd)) == ["", stranger.name, "guest"])
            // The log says why nobody is answered: front end, reason, count.
            let log = scene.worker.output
            for name in ["(none)", stranger.name, "guest"] {
                #expect(log.contains(#""front_end":"\#(name)""#), "\(name)")
            }
            #expect(log.contains(#""reason":"unauthenticated""#) && log.contains(#""count":"#))
            #expect(log.contains("the job had no user_id") && log.contains("this broker user is not among front_ends"))
            #expect(scene.mailbox.arrivals.all.count == before + 3, "only those of the end")
        }

        @Test("H19: admin.* is for those who are marked so, and each application for its own front end")
        func notAdmin() async throws {
            let scene = try await HostileScene(frontEnds: [web, desk])
            let reset = #"{"user":"anna","operator":"eve","reason":"none"}"#
            for kind in JobKind.allCases where kind.isAdministration {
                let reply = try await scene.answer(to: scene.message(kind, reset))
                // What is malformed besides tells its sender nothing more.
                #expect(reply.outcome == .notAllowed)
                #expect(reply.reason == .notAdmin)
            }
            let windows = scene.message(.send, #"{"user":"anna","channel":"sms","application":"windows"}"#)
            #expect(try await scene.answer(to: windows).reason == .wrongApplication)
            let administrator = try RawPublisher(url: scene.stage.url(of: desk))
            let box = try await Mailbox(scene.stage.brokerURL, of: desk.name)
            var get = scene.message(.adminUserGet, #"{"user":"anna","operator":"otto"}"#)
            get.userID = desk.name
            get.replyTo = box.address
            #expect(try await administrator.publish(get) == .confirmed)
            #expect(try await box.reply(to: try #require(get.correlationID)).reply.outcome == .done)
            #expect(try await scene.end().isEmpty)
        }

        @Test("H12: a reply queue of another front end and a server-named one are refused")
        func foreignQueues() async throws {
            let scene = try await HostileScene(frontEnds: [web, desk])
            let theirs = try await Mailbox(scene.stage.brokerURL, of: desk.name)
            let addresses = [
                theirs.address, "amq.gen-JzTY20BRgKO-HjmUJj0wLg", "verify.reply.\(web.name)",
                "verify.reply.\(web.name).",
                "verify.reply.\(web.name)x.1", "verify.reply.\(web.name.uppercased()).1",
            ]
            for address in addresses {
                var message = scene.message(.send)
                message.replyTo = address
                #expect(try await scene.raw.publish(message) == .confirmed)
            }
            let dead = try await scene.end()
            #expect(dead.map(\.reason) == addresses.map { _ in "reply_to_refused" })
            #expect(theirs.arrivals.all.isEmpty)
        }

        @Test("3 undeliverable: front ends that use the same message ids each have their own replies' fate recorded")
        func sharedIDs() async throws {
            let stage = try await Stage(["VERIFY_COURIER_FRONT_ENDS": "\(web.name)=web,\(desk.name)=any+admin"])
            try await stage.add([web, desk])
            let worker = try stage.watchedWorker()
            try await worker.waitUntilReady()
            let mailbox = try await Mailbox(stage.brokerURL, of: web.name)
            let addresses = [web.name: mailbox.address, desk.name: "verify.reply.\(desk.name).gone"]
            let ids = (0..<300).map { "job-\($0)" }
            try await withThrowingTaskGroup { group in
                for user in [web, desk] {
                    group.addTask {
                        let raw = try RawPublisher(url: stage.url(of: user))
                        for id in ids {
                            var message = RawMessage(JobKind.send.rawValue, #"{"user":"anna","channel":"sms"}"#)
                            message.messageID = Array(id.utf8)
                            message.userID = user.name
                            message.replyTo = addresses[user.name]
                            let fate = try await raw.publish(message)
                            #expect(fate == .confirmed)
                        }
                    }
                }
                try await group.waitForAll()
            }
            for id in ids { _ = try await mailbox.reply(to: Array(id.utf8)) }
            try await worker.waitForMetric(#"verify_courier_replies_published_total{result="confirmed"}"#, 300)
            try await worker.waitForMetric(#"verify_courier_replies_published_total{result="returned"}"#, 300)
            worker.process.kill(SIGTERM)
            #expect(await worker.process.waitUntilEnd() == 0)
            #expect(try await stage.replyStates(ofFrontEnd: web.name) == ids.map { _ in 1 })
            #expect(try await stage.replyStates(ofFrontEnd: desk.name) == ids.map { _ in 2 })
        }

        @Test("a reply that runs out and comes back as an administrator's job is none", arguments: [true, false])
        func replyAsJob(areToldApart: Bool) async throws {
            let scene = try await HostileScene(frontEnds: areToldApart ? [web, desk] : [])
            let name = "verify.reply.\(scene.frontEnd?.name ?? "mailbox").boomerang"
            let broker = BrokerConfiguration(
                urls: [try BrokerURL(scene.stage.url(of: scene.frontEnd))], connectionName: "test")
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            func text(_ value: String) -> FieldValue { .string(Array(value.utf8)) }
            let boomerang = QueueDeclaration(
                name: name,
                arguments: FieldTable([
                    ("x-message-ttl", .int(1)), ("x-dead-letter-exchange", text("verify")),
                    ("x-dead-letter-routing-key", text("admin.user.reset")),
                ]))
            try await BrokerAdmin.withConnection(broker, logger: logger) { try await $0.declareQueue(boomerang) }
            var message = scene.message(.options, #"{"user":"anna","operator":"eve","reason":"none"}"#)
            message.replyTo = name
            #expect(try await scene.raw.publish(message) == .confirmed)
            try await Wait.until("a dead letter") { try await !scene.stage.deadLetters().isEmpty }
            let dead = try await scene.end()
            #expect(dead.map(\.key) == ["admin.user.reset"])
            #expect(dead.map(\.reason) == [areToldApart ? "unauthenticated" : "malformed"])
            #expect(dead.map(\.frontEnd) == ["guest"])
        }
    }
}
