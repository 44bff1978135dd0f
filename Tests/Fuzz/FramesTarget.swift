import Wire

@testable import AMQP
@testable import Worker

/// What a broker sends.
///
/// The first byte says what follows: `t` a table, `p` a message's properties, `r` bytes of a connection, `f` frames in
/// a short form that any mutation leaves whole (``framed(_:)``).
enum FramesTarget {
    static func run(_ input: [UInt8]) throws(BrokenPromise) -> String {
        let rest = Array(input.dropFirst())
        switch input.first {
        case UInt8(ascii: "t"):
            guard let table = FrameFeed.table(rest) else { return "refused" }
            try check(table, level: 1)
            return "table"
        case UInt8(ascii: "p"):
            guard let properties = FrameFeed.properties(rest) else { return "refused" }
            try check(properties)
            return "properties"
        case UInt8(ascii: "r"): return try connection(rest)
        case UInt8(ascii: "f"): return try connection(framed(rest))
        default: return "nothing"
        }
    }

    private static func connection(_ bytes: [UInt8]) throws(BrokenPromise) -> String {
        guard let feed = FrameFeed() else { throw BrokenPromise(description: "out of memory") }
        var talk = BrokerTalk()
        let isWhole = feed.read(bytes) { channel, frame in talk.receive(frame, on: channel) }
        try talk.end()
        for delivery in talk.deliveries {
            let envelope = EnvelopeReader.envelope(delivery, lane: .send, receivedAt: JobsTarget.now)
            _ = try JobsTarget.check(JobDecoder().read(envelope), of: envelope)
        }
        if !talk.deliveries.isEmpty { return "delivery" }
        return isWhole ? "frames" : "refused"
    }

    /// Kind (`m`, `h`, `b`, anything else is a heartbeat), channel, length, payload: again and again.
    private static func framed(_ input: [UInt8]) -> [UInt8] {
        var frames: [UInt8] = []
        var left = input[...]
        while let kind = left.popFirst(), let channel = left.popFirst(), let length = left.popFirst() {
            let payload = left.prefix(Int(length))
            left = left.dropFirst(payload.count)
            let type: UInt8 = [UInt8(ascii: "m"): 1, UInt8(ascii: "h"): 2, UInt8(ascii: "b"): 3][kind] ?? 8
            frames += [type, 0, channel & 7, 0, 0, 0, UInt8(payload.count)] + payload + [0xCE]
        }
        return frames
    }

    private static func check(_ properties: MessageProperties) throws(BrokenPromise) {
        try kept(properties.headers)
        let delivery = Delivery(
            tag: DeliveryTag(epoch: 1, channel: 1, number: 1), queue: "verify.send", exchange: "verify",
            routingKey: "send", redelivered: true, properties: properties,
            body: .bytes(Array(#"{"user":"u1","channel":"sms"}"#.utf8)))
        let envelope = EnvelopeReader.envelope(delivery, lane: .send, receivedAt: JobsTarget.now)
        _ = try JobsTarget.check(JobDecoder().read(envelope), of: envelope)
    }

    /// Of all headers no more than is read is kept, each once, and nothing that could be large.
    private static func kept(_ headers: FieldTable) throws(BrokenPromise) {
        let names = headers.entries.map(\.0)
        try insist(Set(names).count == names.count, "a header is kept twice")
        try insist(Set(names).isSubset(of: EnvelopeReader.headers), "a header is kept that nobody reads")
        for (_, value) in headers.entries {
            switch value {
            case .string(let bytes), .bytes(let bytes):
                try insist(bytes.count <= HeaderNames.longestValue, "a long header is kept")
            case .table, .array: throw BrokenPromise(description: "a table is kept of the headers")
            case .null, .bool, .int, .double, .timestamp: break
            }
        }
    }

    private static func check(_ table: FieldTable, level: Int) throws(BrokenPromise) {
        try insist(table.entries.count <= 1000, "a table beyond the limit")
        for entry in table.entries { try check(entry.1, level: level) }
    }

    private static func check(_ value: FieldValue, level: Int) throws(BrokenPromise) {
        try insist(level <= 65, "a table beyond the limit of depth")
        switch value {
        case .table(let inner): try check(inner, level: level + 1)
        case .array(let elements):
            try insist(elements.count <= 1000, "a list beyond the limit")
            for element in elements { try check(element, level: level + 1) }
        default: break
        }
    }
}
