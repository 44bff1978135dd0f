package import AMQP
package import Basics
import Wire

/// A job as it is published, as a front end does it well; a case changes what it is about.
package struct AskedJob: Sendable {
    package var exchange = WireName.jobs
    package var routingKey: String
    package var properties: MessageProperties
    package var body: [UInt8]
    /// What no reply may hold: the code that was typed, the whole number.
    package var secrets: [String] = []
    /// How the number has to be shown, where a reply shows it.
    package var mask: String?
    package var user: String?
    package var application = "web"

    package init(
        _ key: String, body: [UInt8], messageID: String = RandomID.uuid(), from frontEnd: String, replyTo: String?,
        patience: Duration = .seconds(25), at now: Timestamp = .now()
    ) {
        routingKey = key
        self.body = body
        properties = MessageProperties()
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.messageID = messageID
        properties.correlationID = Array(RandomID.hex(bytes: 16).utf8)
        properties.replyTo = replyTo
        properties.type = "verify.\(key).v1"
        properties.timestamp = UInt64(clamping: now.wholeSeconds)
        properties.userID = frontEnd
        set(deadline: now + patience)
    }

    package mutating func set(deadline: Timestamp) {
        set("deadline", "\(deadline)")
    }

    package mutating func set(_ header: String, _ text: String) {
        properties.headers.entries.removeAll { $0.0 == header }
        properties.headers.entries.append((header, .string(Array(text.utf8))))
    }

    package func header(_ name: String) -> String? { properties.headers[name]?.text }

    /// What its reply comes under.
    package var answeredUnder: [UInt8]? { properties.correlationID ?? properties.messageID.map { Array($0.utf8) } }

    var message: Message {
        Message(exchange: exchange, routingKey: routingKey, mandatory: true, properties: properties, body: body)
    }
}

/// A reply as it came.
package struct SeenReply: Sendable {
    package var properties: MessageProperties
    package var body: [UInt8]
    /// Its place among all that came.
    package var number: Int

    package init(properties: MessageProperties, body: [UInt8], number: Int) {
        self.properties = properties
        self.body = body
        self.number = number
        members = if case .object(let members)? = try? JSONValue(parsing: body) { members } else { nil }
    }

    /// `nil` where it is no JSON object.
    let members: [String: JSONValue]?

    var outcome: Outcome? { text("outcome").flatMap(Outcome.init) }
    var reason: String? { text("reason") }

    func text(_ field: String) -> String? {
        if case .string(let text)? = members?[field] { text } else { nil }
    }

    func number(_ field: String) -> Int? {
        if case .number(let text)? = members?[field] { Int(text) } else { nil }
    }

    func list(_ field: String) -> [JSONValue]? {
        if case .array(let values)? = members?[field] { values } else { nil }
    }

    /// For a report.
    package var told: String { "'\(text("outcome") ?? "")'" + (reason.map { " / '\($0)'" } ?? "") }
}
