/// Keeps the few header fields that anybody asks for, from one line at a time.
struct HeaderReader {
    private(set) var values: [String: String] = [:]
    private var bytes = 0

    private static let wanted: Set<String> = ["content-type", "date", "retry-after", "twilio-request-id"]
    private static let mostBytes = 64 * 1024

    /// - Returns: `false` when the headers have grown beyond 64 KiB.
    mutating func read(_ line: UnsafeRawBufferPointer) -> Bool {
        bytes += line.count
        guard bytes <= Self.mostBytes else { return false }
        // A status line begins a new answer: what came before belonged to an interim one.
        if line.starts(with: "HTTP/".utf8) {
            values = [:]
            return true
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return true }
        let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
        if Self.wanted.contains(name) { values[name] = Self.trimmed(line[(colon + 1)...]) }
        return true
    }

    private static func trimmed(_ value: Slice<UnsafeRawBufferPointer>) -> String {
        let start = value.drop { $0 <= 0x20 }
        let end = start.lastIndex { $0 > 0x20 }.map { start.index(after: $0) } ?? start.startIndex
        return String(decoding: start[..<end], as: UTF8.self)
    }
}
