import CRabbitMQ

/// Which headers of a delivery are read.
///
/// A peer may send tens of thousands, nested as it likes; what nobody asks for is never copied out of the frame.
struct HeaderNames: Sendable {
    /// Bytes of text; a longer value counts as one that is no text.
    static let longestValue = 255

    /// In no order.
    let all: [String]
    private let bytes: [[UInt8]]

    init(_ names: [String]) {
        all = names
        bytes = names.map { Array($0.utf8) }
    }

    /// The name that is spelt so.
    func first(equalTo key: amqp_bytes_t) -> String? {
        guard let start = key.bytes, key.len > 0 else { return nil }
        let text = UnsafeRawBufferPointer(start: start, count: key.len)
        return bytes.firstIndex { $0.count == text.count && $0.elementsEqual(text) }.map { all[$0] }
    }
}
