import Basics

/// Secrets as text: Base32 (RFC 4648, section 6).
enum Base32Text {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    private static let values = Dictionary(
        uniqueKeysWithValues: letters.enumerated().map { ($1, UInt8($0)) })

    /// The bytes of a text as people and programs write it: in either case, padded or not, in groups or not.
    ///
    /// `nil` when it holds anything else, no whole byte, or a length that no bytes have.
    static func decode(_ text: Redacted<String>) -> Redacted<[UInt8]>? {
        let written = text.revealed.uppercased().filter { $0 != " " && $0 != "-" }
        let unpadded = written.prefix { $0 != "=" }
        guard written.dropFirst(unpadded.count).allSatisfy({ $0 == "=" }), ![1, 3, 6].contains(unpadded.count % 8)
        else { return nil }
        var bits: [Bool] = []
        for letter in unpadded {
            guard let value = values[letter] else { return nil }
            bits += (0..<5).map { value >> (4 - $0) & 1 == 1 }
        }
        let bytes = stride(from: 0, through: bits.count - 8, by: 8).map { start in
            bits[start..<start + 8].reduce(0 as UInt8) { $0 << 1 | ($1 ? 1 : 0) }
        }
        return bytes.isEmpty ? nil : Redacted(bytes)
    }

    /// Without padding.
    static func encode(_ secret: Redacted<[UInt8]>) -> Redacted<String> {
        var text = ""
        let bits = secret.revealed.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
        for start in stride(from: 0, to: bits.count, by: 5) {
            let five =
                bits[start..<min(start + 5, bits.count)] + Array(repeating: 0, count: max(0, start + 5 - bits.count))
            text.append(letters[Int(five.reduce(0) { $0 << 1 | $1 })])
        }
        return Redacted(text)
    }
}
