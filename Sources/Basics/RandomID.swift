/// Identifiers that nobody can guess, from the system's random numbers.
public enum RandomID {
    /// `bytes` random bytes as lower-case hexadecimal digits.
    public static func hex(bytes: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        var text = ""
        text.reserveCapacity(bytes * 2)
        for _ in 0..<bytes {
            let byte = UInt8.random(in: .min ... .max, using: &generator)
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return text
    }

    private static let digits = Array("0123456789abcdef")

    /// A version 4 UUID in lower case (RFC 9562).
    public static func uuid() -> String {
        let text = Array(hex(bytes: 16))
        let variant = digits[Int(text[16].hexDigitValue ?? 0) & 3 | 8]
        let parts = [text[0..<8], text[8..<12], ["4"] + text[13..<16], [variant] + text[17..<20], text[20..<32]]
        return parts.map { String($0) }.joined(separator: "-")
    }
}
