/// A telephone number in E.164 form: `+`, a country code, up to 15 digits in all (ITU-T E.164).
///
/// Printing one prints the mask, `+1········42`: the country code, one `·` per hidden digit, the last two digits.
public struct E164: Sendable, Hashable {
    /// The whole number, `+` included.
    ///
    /// Not for logs.
    public let revealed: String

    /// `nil` unless `text` is `+` and 7 to 15 ASCII digits of which the first is not 0.
    public init?(_ text: String) {
        let bytes = text.utf8
        guard bytes.first == UInt8(ascii: "+"), (8...16).contains(bytes.count) else { return nil }
        let digits = bytes.dropFirst()
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }), digits.first != 0x30 else { return nil }
        revealed = text
    }

    /// Country code, mask, last two digits.
    public var masked: String {
        let digits = revealed.dropFirst()
        let code = digits.prefix(Self.countryCodeLength(of: digits))
        let hidden = max(0, digits.count - code.count - 2)
        return "+" + code + String(repeating: "·", count: hidden) + digits.suffix(min(2, digits.count - code.count))
    }

    /// How many leading digits are the country code, by the zones of ITU-T E.164's list of assigned codes.
    private static func countryCodeLength(of digits: Substring) -> Int {
        if digits.hasPrefix("1") || digits.hasPrefix("7") { return 1 }
        return twoDigitCodes.contains(String(digits.prefix(2))) ? 2 : 3
    }

    private static let twoDigitCodes: Set<String> = [
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49",
        "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84",
        "86", "90", "91", "92", "93", "94", "95", "98",
    ]
}

extension E164: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The number masked; never the number itself.
    public var description: String { masked }
    /// The number masked; never the number itself.
    public var debugDescription: String { masked }
    /// The number masked; never the number itself.
    public var customMirror: Mirror { Mirror(reflecting: masked) }
}
