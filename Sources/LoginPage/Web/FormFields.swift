/// The fields of a body of type `application/x-www-form-urlencoded`.
struct FormFields: Sendable {
    private let values: [String: String]

    /// Of fields with one name the first counts.
    init(_ text: String) {
        var values: [String: String] = [:]
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.decoded(sides[0])
            if values[name] == nil { values[name] = sides.count > 1 ? Self.decoded(sides[1]) : "" }
        }
        self.values = values
    }

    /// Blank where there is none.
    subscript(name: String) -> String { values[name] ?? "" }

    /// A `%` without two digits behind it is kept; what is not UTF-8 is repaired.
    private static func decoded(_ text: Substring.UTF8View.SubSequence) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let high = digit(rest.first), let low = digit(rest.dropFirst().first) {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8?) -> UInt8? {
        byte.flatMap { Character(Unicode.Scalar($0)).hexDigitValue }.map { UInt8($0) }
    }
}
