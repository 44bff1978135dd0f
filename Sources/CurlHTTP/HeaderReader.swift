/// Keeps the few header fields that anybody asks for, from one line at a time.
struct HeaderReader {
    private(set) var fields = HTTPResponse.Headers()
    private var bytes = 0

    private static let mostBytes = 64 * 1024

    /// - Returns: `false` when the headers have grown beyond 64 KiB.
    mutating func read(_ line: UnsafeRawBufferPointer) -> Bool {
        bytes += line.count
        guard bytes <= Self.mostBytes else { return false }
        // A status line begins a new answer: what came before belonged to an interim one.
        if line.starts(with: "HTTP/".utf8) {
            fields = HTTPResponse.Headers()
            return true
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return true }
        let (name, value) = (line[..<colon], line[(colon + 1)...])
        if Self.is(name, "content-type") { fields.contentType = Self.trimmed(value) }
        if Self.is(name, "date") { fields.date = Self.trimmed(value) }
        if Self.is(name, "retry-after") { fields.retryAfter = Self.trimmed(value) }
        // Servers put their own name in front.
        if name.count > 10, Self.is(name.suffix(10), "request-id") { fields.requestID = Self.trimmed(value) }
        return true
    }

    /// - Parameter wanted: In lower case.
    private static func `is`(_ name: Slice<UnsafeRawBufferPointer>, _ wanted: StaticString) -> Bool {
        guard name.count == wanted.utf8CodeUnitCount else { return false }
        return wanted.withUTF8Buffer { wanted in
            name.elementsEqual(wanted) { byte, letter in
                byte == letter || (0x41...0x5A).contains(byte) && byte | 0x20 == letter
            }
        }
    }

    private static func trimmed(_ value: Slice<UnsafeRawBufferPointer>) -> String {
        var (start, end) = (value.startIndex, value.endIndex)
        while start < end, value[start] <= 0x20 { start += 1 }
        while end > start, value[end - 1] <= 0x20 { end -= 1 }
        return String(decoding: value[start..<end], as: UTF8.self)
    }
}
