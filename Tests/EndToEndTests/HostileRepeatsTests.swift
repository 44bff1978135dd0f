import AMQP
import Basics
import Foundation
import TestKit
import Testing
import TwilioSimulator
import Wire

extension Hostile {
    @Suite struct Repeats {
        private let body = #"{"user":"anna","login":"sign-in-1","channel":"sms","phone":"+14155550142"}"#

        @Test("H15: one id, published many times to two workers and once more to a third, sends once")
        func duplicates() async throws {
            let scene = try await HostileScene()
            let second = try scene.stage.worker()
            let message = scene.message(.registerPhone, body)
            let id = message.messageID
            for number in 0..<40 {
                var copy = message
                copy.correlationID = Array("copy-\(number)".utf8)
                #expect(try await scene.raw.publish(copy) == .confirmed)
            }
            var bodies: Set<[UInt8]> = []
            for number in 0..<40 {
                bodies.insert(try await scene.mailbox.reply(to: Array("copy-\(number)".utf8)).bytes)
            }
            #expect(bodies.count == 1)
            // All may have been the other's, and this one not up yet.
            try await second.waitUntilSIGTERMIsHandled()
            second.kill(SIGTERM)
            #expect(await second.waitUntilEnd() == 0)
            #expect(try await scene.end(calls: 1).isEmpty)
            let third = try scene.stage.worker()
            var late = message
            late.correlationID = Array("after all".utf8)
            #expect(try await scene.raw.publish(late) == .confirmed)
            let delivery = try await scene.mailbox.reply(to: Array("after all".utf8))
            #expect(bodies.contains(delivery.bytes))
            #expect(delivery.properties.messageID == id.map { "r:" + String(decoding: $0, as: UTF8.self) })
            third.kill(SIGTERM)
            #expect(await third.waitUntilEnd() == 0)
            #expect(scene.stage.simulator.requests(.start) == 1)
        }

        @Test("H15: an old job is late; one id of two broker users is two jobs")
        func oldAndForeign() async throws {
            let scene = try await HostileScene()
            var old = scene.message(.registerPhone, body)
            old.timestamp = UInt64(Timestamp.now().wholeSeconds) - 48 * 3600 - 1
            #expect(try await scene.answer(to: old).outcome == .late)
            var mine = scene.message(.registerPhone, body)
            #expect(try await scene.answer(to: mine).outcome == .sent)
            mine.userID = "guest"
            mine.correlationID = Array("as guest".utf8)
            let second = try await scene.answer(to: mine)
            #expect(second.outcome == .sent)
            #expect(second.sameCode == true)
            #expect(try await scene.end(calls: 2).isEmpty)
        }

        @Test("H16: an id that comes back with another body or key is refused, whatever the other is")
        func reused() async throws {
            let scene = try await HostileScene()
            let first = scene.message(.registerPhone, body)
            #expect(try await scene.answer(to: first).outcome == .sent)
            var others: [RawMessage] = []
            for other in [body + " ", body.replacing("anna", with: "eve"), body.replacing("sms", with: "call")] {
                var message = first
                message.body = Array(other.utf8)
                others.append(message)
            }
            var key = first
            key.key = "send"
            var check = scene.message(.check, #"{"user":"anna","login":"sign-in-1","code":"123456"}"#)
            check.messageID = first.messageID
            // What could not be read at all comes under an id that is taken, too; that one is kept besides.
            var broken = first
            broken.body = Array("{".utf8)
            for (index, other) in (others + [key, check, broken]).enumerated() {
                var other = other
                other.correlationID = Array("other-\(index)".utf8)
                let reply = try await scene.answer(to: other)
                #expect(reply.outcome == .invalid)
                #expect(reply.reason == .messageIDReused)
            }
            // Other properties make no other job.
            var again = first
            again.correlationID = Array("again".utf8)
            again.headers = [("x", .text("y"))]
            again.appID = "another"
            #expect(try await scene.answer(to: again).outcome == .sent)
            #expect(try await scene.end(calls: 1).map(\.reason) == ["malformed"])
        }
    }
}
