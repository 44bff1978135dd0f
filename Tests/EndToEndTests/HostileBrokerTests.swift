import Foundation
import TestKit
import Testing
import TwilioSimulator
import Wire

extension Hostile {
    @Suite struct Broker {
        @Test("H19: priorities and fleeting messages are jobs like any other; the broker refuses a false name")
        func properties() async throws {
            let scene = try await HostileScene()
            for priority: UInt8 in [0, 9, 255] {
                var message = scene.message(.send)
                message.priority = priority
                message.deliveryMode = 1
                #expect(try await scene.answer(to: message).reason == .notRegistered)
            }
            for mode: UInt8 in [0, 3, 255] {
                var message = scene.message(.send)
                message.deliveryMode = mode
                // RabbitMQ 3 refuses it, RabbitMQ 4 takes it.
                let fate = try await scene.raw.publish(message)
                guard fate == .confirmed else {
                    #expect(fate == .closed(code: 406))
                    continue
                }
                #expect(try await scene.answer(ofPublished: message).reason == .notRegistered)
            }
            var forged = scene.message(.send)
            forged.userID = "admin"
            #expect(try await scene.raw.publish(forged) == .closed(code: 406))
            var own = scene.message(.send)
            own.userID = "guest"
            #expect(try await scene.answer(to: own).reason == .notRegistered)
            #expect(try await scene.end().isEmpty)
        }

        @Test("H19: what the broker drops is never answered, and is found among the dead letters")
        func expired() async throws {
            let scene = try await HostileScene()
            scene.worker.kill(SIGTERM)
            #expect(await scene.worker.waitUntilEnd() == 0)
            var message = scene.message(.registerPhone, #"{"user":"anna","channel":"sms","phone":"+14155550142"}"#)
            message.expiration = "1"
            #expect(try await scene.raw.publish(message) == .confirmed)
            try await Wait.until("what the broker drops") { try await scene.stage.waiting(in: WireName.dead) > 0 }
            let second = try scene.stage.worker()
            #expect(try await scene.stage.ask(.options, ["user": "anna"]).outcome == .options)
            try await Wait.until("a dead letter") { try await !scene.stage.deadLetters().isEmpty }
            second.kill(SIGTERM)
            #expect(await second.waitUntilEnd() == 0)
            let dead = try await scene.stage.deadLetters()
            #expect(dead.map(\.reason) == ["broker"])
            #expect(dead.map(\.key) == ["register.phone"])
            #expect(try await scene.stage.waiting(in: WireName.dead) == 0)
            #expect(!scene.hasAnswered(message))
            #expect(scene.stage.simulator.requests(.start) == 0)
            var broken = scene.message(.send)
            broken.expiration = "soon"
            #expect(try await scene.raw.publish(broken) == .closed(code: 406))
        }
    }
}
