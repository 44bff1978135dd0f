/// A message as somebody who means no good would publish it.
///
/// Starts out as a good one.
package struct RawMessage: Sendable {
    package var exchange = "verify"
    package var key: String
    package var mandatory = true
    package var contentType: [UInt8]? = Array("application/json".utf8)
    package var contentEncoding: String?
    package var headers: [(String, RawField)] = []
    package var deliveryMode: UInt8? = 2
    package var priority: UInt8?
    package var correlationID: [UInt8]?
    package var replyTo: String?
    package var expiration: String?
    package var messageID: [UInt8]?
    package var timestamp: UInt64?
    package var type: String?
    package var userID: String?
    package var appID: String?
    package var body: [UInt8]

    package init(_ key: String, _ body: String) {
        self.key = key
        self.body = Array(body.utf8)
    }

    /// The content header's payload: class, weight, size, flags, properties in the order of their bits.
    var header: [UInt8] {
        var flags: UInt16 = 0
        var values = RawBytes()
        func put(_ bit: Int, _ text: [UInt8]?) {
            guard let text else { return }
            flags |= 1 << bit
            values.shortText(text)
        }
        put(15, contentType)
        put(14, contentEncoding.map { Array($0.utf8) })
        if !headers.isEmpty {
            flags |= 1 << 13
            values.append(RawField.table(headers))
        }
        for (bit, value) in [(12, deliveryMode), (11, priority)] {
            guard let value else { continue }
            flags |= 1 << bit
            values.number(value)
        }
        put(10, correlationID)
        put(9, replyTo.map { Array($0.utf8) })
        put(8, expiration.map { Array($0.utf8) })
        put(7, messageID)
        if let timestamp {
            flags |= 1 << 6
            values.number(timestamp)
        }
        put(5, type.map { Array($0.utf8) })
        put(4, userID.map { Array($0.utf8) })
        put(3, appID.map { Array($0.utf8) })
        var header = RawBytes()
        header.number(UInt16(60))
        header.number(UInt16(0))
        header.number(UInt64(body.count))
        header.number(flags)
        header.append(values.bytes)
        return header.bytes
    }

    /// The frame of a `basic.publish`.
    var method: [UInt8] {
        var method = RawBytes()
        method.number(UInt16(60))
        method.number(UInt16(40))
        method.number(UInt16(0))
        method.shortText(exchange)
        method.shortText(key)
        method.number(UInt8(mandatory ? 1 : 0))
        return method.bytes
    }
}
