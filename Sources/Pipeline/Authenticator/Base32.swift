/// Base32 (RFC 4648, section 6) without padding, as secrets of authenticators are written.
enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var letters: [UInt8] = []
        letters.reserveCapacity((bytes.count * 8 + 4) / 5)
        // Bits that are not written yet, the last one lowest: fewer than 5 between two bytes.
        var bits: UInt = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt(byte)
            count += 8
            while count >= 5 {
                count -= 5
                letters.append(alphabet[Int(bits >> count & 31)])
            }
            bits &= 31
        }
        if count > 0 { letters.append(alphabet[Int(bits << (5 - count) & 31)]) }
        return String(decoding: letters, as: UTF8.self)
    }

    /// In groups of four letters, for people to type.
    static func grouped(_ text: String) -> String {
        var groups: [Substring] = []
        var rest = text[...]
        while !rest.isEmpty {
            groups.append(rest.prefix(4))
            rest = rest.dropFirst(4)
        }
        return groups.joined(separator: " ")
    }
}
