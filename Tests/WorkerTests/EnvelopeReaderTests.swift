import Basics
import TestKit
import Testing
import Wire

@testable import AMQP
@testable import Worker

@Suite struct EnvelopeReaderTests {
    @Test("a trace parent is what W3C says, and nothing else")
    func traceparent() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        #expect(EnvelopeReader.isTraceparent(good))
        #expect(EnvelopeReader.isTraceparent(good.dropLast(2) + "00"))
        let bad = [
            "", "-", "---", good + "-", good + " ", " " + good, good.uppercased(), "01" + good.dropFirst(2),
            "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
            "00-" + String(repeating: "0", count: 32) + "-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-" + String(repeating: "0", count: 16) + "-01",
            good.replacing("a", with: "g"), good.replacing("a", with: "ａ"), good.replacing("-", with: "_"),
        ]
        for text in bad { #expect(!EnvelopeReader.isTraceparent(text), "\(text)") }
    }

    @Test("every single change of a trace parent's shape is noticed, and no change of its digits", arguments: 0..<20)
    func anyChange(seed: UInt64) {
        var random = Seeded(seed)
        let good = Array("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".utf8)
        for index in good.indices.dropFirst(2) {
            var bytes = good
            bytes[index] = UInt8.random(in: 0x20...0x7E, using: &random)
            let isDigit = "0123456789abcdef".utf8.contains(bytes[index])
            let isSame = (good[index] == 0x2D) == (bytes[index] == 0x2D)
            let isGood = good[index] == 0x2D ? isSame : isDigit
            #expect(EnvelopeReader.isTraceparent(String(decoding: bytes, as: UTF8.self)) == isGood)
        }
    }

    private func envelope(_ headers: [(String, FieldValue)], redelivered: Bool) -> Envelope {
        var properties = MessageProperties()
        properties.headers = FieldTable(headers)
        properties.appID = "portal-2.1"
        let delivery = Delivery(
            tag: DeliveryTag(epoch: 1, channel: 1, number: 1), queue: "verify.send", exchange: "verify",
            routingKey: "send", redelivered: redelivered, properties: properties, body: .bytes([1]))
        return EnvelopeReader.envelope(delivery, lane: .send, receivedAt: Timestamp(seconds: 5))
    }

    @Test("2 poison: a delivery count is the broker's only on a redelivery; x-death is never trusted")
    func deliveryCount() {
        let headers: [(String, FieldValue)] = [
            ("x-delivery-count", .int(77)), ("x-death", .string(Array("99".utf8))),
        ]
        #expect(envelope(headers, redelivered: false).deliveryCount == 0)
        #expect(envelope(headers, redelivered: true).deliveryCount == 77)
        #expect(envelope([("x-delivery-count", .int(-1))], redelivered: true).deliveryCount == 0)
        #expect(envelope(Array(headers.dropFirst()), redelivered: true).deliveryCount == 0)
    }

    @Test("2 headers: the broker's time, a deadline that is no text, and what is recorded")
    func headers() {
        let read = envelope([("timestamp_in_ms", .int(1234)), ("deadline", .int(7))], redelivered: false)
        #expect(read.brokerMilliseconds == 1234 && read.deadline == nil && read.deadlineIsMalformed)
        #expect(read.appID == "portal-2.1" && read.exchange == "verify" && read.receivedAt == Timestamp(seconds: 5))
        let text = envelope([("deadline", .string(Array("soon".utf8)))], redelivered: false)
        #expect(text.deadline == "soon" && !text.deadlineIsMalformed)
    }
}
