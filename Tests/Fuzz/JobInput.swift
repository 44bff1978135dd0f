import Wire

@testable import AMQP

/// A delivery written down in lines: `key check`, `id m-1`, `text:deadline 2027-…`, `int:timestamp_in_ms 5`; the body
/// follows.
///
/// What is left out is as a front end would have it.
struct JobInput {
    let lane: LaneName
    let delivery: Delivery

    init(_ input: [UInt8]) {
        let lined = LinedInput(input)
        let key = lined.text("key") ?? "send"
        lane = lined.text("lane").flatMap(LaneName.init) ?? JobKind(rawValue: key)?.lane ?? .account
        let size = lined.text("too_large").flatMap { UInt64($0) }
        delivery = Delivery(
            tag: DeliveryTag(epoch: 1, channel: 1, number: 1), queue: lane.queue,
            exchange: lined.text("exchange") ?? WireName.jobs, routingKey: key,
            redelivered: lined.text("redelivered") != nil, properties: Self.properties(lined),
            body: size.map { .tooLarge($0) } ?? .bytes(lined.rest))
    }

    private static func properties(_ lined: LinedInput) -> MessageProperties {
        var properties = MessageProperties()
        properties.contentType = lined.text("content_type") ?? "application/json"
        properties.contentEncoding = lined.text("content_encoding")
        properties.messageID = lined.text("id") ?? "m-1"
        properties.correlationID = lined.lines.first { $0.name == "correlation_id" }?.value
        properties.replyTo = lined.text("reply_to")
        properties.type = lined.text("type")
        properties.timestamp = lined.text("timestamp").flatMap { UInt64($0) }
        properties.appID = lined.text("app_id")
        properties.userID = lined.text("user_id")
        properties.headers = FieldTable(lined.lines.compactMap(header))
        return properties
    }

    private static func header(_ line: LinedInput.Line) -> (String, FieldValue)? {
        let parts = line.name.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        switch parts[0] {
        case "text": return (String(parts[1]), .string(line.value))
        case "bytes": return (String(parts[1]), .bytes(line.value))
        case "int": return Int64(line.text).map { (String(parts[1]), .int($0)) }
        default: return (String(parts[1]), .null)
        }
    }
}
