import AMQP
import Basics
import Wire

/// A delivery of the broker in the contract's terms.
enum EnvelopeReader {
    /// All that is ever read of a message's headers.
    static let headers = [deadline, traceparent, brokerTime, deliveryCount]
    private static let deadline = "deadline"
    private static let traceparent = "traceparent"
    private static let brokerTime = "timestamp_in_ms"
    private static let deliveryCount = "x-delivery-count"

    static func envelope(_ delivery: Delivery, lane: LaneName, receivedAt: Timestamp) -> Envelope {
        var envelope = Envelope(
            lane: lane, exchange: delivery.exchange, routingKey: delivery.routingKey, body: body(delivery),
            receivedAt: receivedAt)
        let properties = delivery.properties
        envelope.redelivered = delivery.redelivered
        envelope.contentType = properties.contentType
        envelope.contentEncoding = properties.contentEncoding
        envelope.messageID = properties.messageID
        envelope.correlationID = properties.correlationID
        envelope.replyTo = properties.replyTo
        envelope.type = properties.type
        envelope.timestamp = properties.timestamp
        envelope.appID = properties.appID
        envelope.userID = properties.userID
        readHeaders(properties.headers, into: &envelope)
        return envelope
    }

    private static func body(_ delivery: Delivery) -> Envelope.Body {
        switch delivery.body {
        case .bytes(let bytes): .bytes(bytes)
        case .tooLarge(let size): .tooLarge(size)
        }
    }

    private static func readHeaders(_ headers: FieldTable, into envelope: inout Envelope) {
        if let value = headers[deadline] {
            envelope.deadline = value.text
            envelope.deadlineIsMalformed = value.text == nil
        }
        if let text = headers[traceparent]?.text, isTraceparent(text) {
            envelope.traceparent = text
        }
        if case .int(let milliseconds)? = headers[brokerTime] { envelope.brokerMilliseconds = milliseconds }
        // A publisher can set any count on the first delivery; from the second on the broker writes it.
        if envelope.redelivered, case .int(let count)? = headers[deliveryCount], count >= 0 {
            envelope.deliveryCount = count
        }
    }

    /// W3C Trace Context, version 00: it goes into logs, events and the reply, so nothing else may be in it.
    static func isTraceparent(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: 0x2D, omittingEmptySubsequences: false)
        let isHex = parts.allSatisfy { part in
            part.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        }
        guard isHex, parts.map(\.count) == [2, 32, 16, 2], parts[0].elementsEqual("00".utf8) else { return false }
        return parts[1].contains { $0 != 0x30 } && parts[2].contains { $0 != 0x30 }
    }
}
