import AMQP
import Basics
import Foundation
import TestKit
import Testing
import TwilioSimulator
import Wire

/// What those hear who only listen: contract, sections 1 and 3.
@Suite(.timeLimit(.minutes(10))) struct AnnouncementTests {
    private let number = "+14155550142"
    private let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test("every fresh outcome is told once, masked, with its trace; what only reads or is repeated is not")
    func events() async throws {
        let scene = try await HostileScene(["VERIFY_COURIER_EVENTS_ENABLED": "true"])
        let listener = try await Mailbox(scene.stage.brokerURL, hearing: WireName.events)
        var send = scene.message(
            .registerPhone, #"{"user":"anna-canary","login":"sign-in-1","channel":"sms","phone":"\#(number)"}"#)
        send.headers = [("traceparent", .text(trace))]
        #expect(try await scene.answer(to: send).outcome == .sent)
        #expect(try await scene.answer(to: scene.message(.options, #"{"user":"anna-canary"}"#)).outcome == .options)
        var again = send
        again.correlationID = Array("again".utf8)
        #expect(try await scene.answer(to: again).outcome == .sent)
        #expect(try await scene.answer(to: scene.message(.send, "{")).outcome == .invalid)
        // Nobody is answered, but it is an outcome.
        var check = scene.message(
            .check, #"{"user":"anna-canary","login":"sign-in-1","code":"\#(scene.stage.code(number))"}"#)
        check.replyTo = nil
        #expect(try await scene.raw.publish(check) == .confirmed)
        let approved = try await listener.arrivals.first { $0.routingKey == "check.approved" }
        let sent = try await listener.arrivals.first { $0.routingKey == "register.phone.sent" }
        #expect(sent.properties.headers["traceparent"]?.text == trace)
        #expect(sent.properties.contentType == "application/json")
        let body = try #require(try JSONSerialization.jsonObject(with: Data(sent.bytes)) as? [String: Any])
        #expect(body["to"] as? String == "+1········42")
        #expect(body["job"] as? String == String(decoding: send.messageID ?? [], as: UTF8.self))
        #expect(body["message"] == nil)
        let pseudonym = try #require(body["user"] as? String)
        #expect(pseudonym.count >= 16 && !pseudonym.contains("anna"))
        #expect(String(decoding: approved.bytes, as: UTF8.self).contains(pseudonym), "the same person, the same name")
        _ = try await scene.end(calls: 2)
        // Those of the end are not told of before all the others were.
        _ = try await listener.arrivals.first { $0.routingKey == "send.not_allowed" }
        let keys = listener.arrivals.all.map(\.routingKey)
        #expect(keys.filter { $0 == "register.phone.sent" }.count == 1)
        #expect(keys.filter { $0 == "send.invalid" }.count == 1)
        #expect(!keys.contains { $0.hasPrefix("options") })
    }

    @Test("without events.enabled nothing is told")
    func disabled() async throws {
        let scene = try await HostileScene()
        let listener = try await Mailbox(scene.stage.brokerURL, hearing: WireName.events)
        _ = try await scene.end()
        #expect(listener.arrivals.all.isEmpty)
    }

    @Test("a missing exchange for events delays no reply and no end")
    func missingExchange() async throws {
        let stage = try await Stage(["VERIFY_COURIER_EVENTS_ENABLED": "true"])
        for exchange in [WireName.events, WireName.status] {
            _ = try await PrivateBroker.shared().ctl([
                "eval",
                "rabbit_exchange:delete(rabbit_misc:r(<<\"\(stage.virtualHost)\">>, exchange, "
                    + "<<\"\(exchange)\">>), false, <<\"test\">>).",
            ])
        }
        let worker = try stage.worker()
        for number in 0..<30 {
            #expect(try await stage.ask(.send, ["user": "u\(number)", "channel": "sms"]).outcome == .notAllowed)
        }
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
        let mentions = worker.output.components(separatedBy: "were not told").count - 1
        #expect((1...5).contains(mentions), "once a minute at the most, not for each")
    }

    @Test("the channels' status is told again and again, with what the site switched off")
    func status() async throws {
        let stage = try await Stage(["VERIFY_COURIER_SITE_2FA_VER_VOICE": "Disabled"])
        let listener = try await Mailbox(stage.brokerURL, hearing: WireName.status)
        let worker = try stage.worker()
        let first = try await listener.arrivals.first { _ in true }
        let status = try first.status
        #expect(Set(status.channels.keys) == ["sms", "call", "authenticator"])
        #expect(status.channels["sms"]?.state == .ok)
        #expect(status.channels["call"]?.state == .off)
        #expect(status.channels["sms"]?.countriesBlocked == [])
        _ = try await listener.arrivals.first { $0.bytes != first.bytes }
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test("a provider that fails is down on the channel that was tried, and up again when it serves")
    func down() async throws {
        let scene = try await HostileScene()
        let listener = try await Mailbox(scene.stage.brokerURL, hearing: WireName.status)
        func hear(_ wanted: ChannelStatus.State, since: String = "") async throws -> ChannelStatus.Channel {
            let heard = try await listener.arrivals.first { delivery in
                let sms = (try? delivery.status)?.channels["sms"]
                return sms?.state == wanted && (sms?.since ?? "") > since
            }
            #expect(try heard.status.channels["call"]?.state == .ok)
            return try #require(try heard.status.channels["sms"])
        }
        func send(_ numbers: Range<Int>) async throws -> [Reply] {
            let messages = numbers.map { number in
                scene.message(
                    .registerPhone,
                    #"{"user":"u\#(number)","login":"sign-in-1","channel":"sms","phone":"+1415555\#(1000 + number)"}"#)
            }
            for message in messages { #expect(try await scene.raw.publish(message) == .confirmed) }
            var replies: [Reply] = []
            for message in messages { replies.append(try await scene.answer(ofPublished: message)) }
            return replies
        }
        scene.stage.simulator.setFault(SimulatorFault(.unavailable), on: .start)
        #expect(try await send(0..<6).allSatisfy { $0.outcome == .uncertain })
        let down = try await hear(.down)
        scene.stage.simulator.setFault(nil, on: .start)
        #expect(try await send(10..<17).allSatisfy { $0.outcome == .sent })
        _ = try await hear(.ok, since: down.since)
        _ = try await scene.end(calls: 13)
    }
}

extension Delivery {
    fileprivate var status: ChannelStatus {
        get throws { try JSONDecoder().decode(ChannelStatus.self, from: Data(bytes)) }
    }
}
