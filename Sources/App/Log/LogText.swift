/// Text from elsewhere, made safe to print: nothing in it can end a line, move a cursor or turn the reading direction.
public enum LogText {
    /// Control characters, line and paragraph separators and directional marks as `\u001b`; a backslash is doubled, so
    /// that an escape cannot be feigned.
    ///
    /// What goes beyond `limit` scalars is left out and said so.
    static func escaped(_ text: String, limit: Int) -> String {
        var result = ""
        append(text, to: &result, limit: limit, alsoEscaping: [])
        return result
    }

    /// For a terminal: the same without doubled backslashes, which people would copy along, and whole.
    public static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHarmful) else { return text }
        var result = ""
        for scalar in text.unicodeScalars { append(scalar, to: &result) }
        return result
    }

    /// The same JSON, for a terminal: what could do harm there is spelt as `\u001b`, which means the same in its texts.
    public static func printable(json: String) -> String {
        guard json.unicodeScalars.contains(where: isHarmful) else { return json }
        var result = ""
        for scalar in json.unicodeScalars {
            if scalar == "\n" { result.unicodeScalars.append(scalar) } else { append(scalar, to: &result) }
        }
        return result
    }

    static func append(
        _ text: String, to result: inout String, limit: Int, alsoEscaping others: Set<Unicode.Scalar>
    ) {
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else {
                result += "…"
                return
            }
            count += 1
            if scalar == "\\" || others.contains(scalar) { result += "\\" }
            append(scalar, to: &result)
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        guard isHarmful(scalar) else { return result.unicodeScalars.append(scalar) }
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// All of these are below U+10000, so that four hexadecimal digits are enough.
    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F: true
        // Directional marks, separators, the byte order mark.
        case 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }
}
