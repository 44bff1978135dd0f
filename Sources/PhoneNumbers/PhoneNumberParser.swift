public import Basics
import CPhoneNumber

/// A number as a person typed it, understood.
public struct ParsedNumber: Sendable, Equatable {
    /// The number in international form.
    public var number: E164
    /// ISO 3166-1 alpha-2; `nil` for numbers of no region.
    public var region: String?
    /// The numbering plan says that it is a landline.
    ///
    /// North America's does not tell.
    public var isLandline: Bool
    /// The metadata knows such numbers.
    ///
    /// The others are possible, and Twilio says whether they exist: their region is that of the numbers next to them.
    public var isKnown: Bool
}

/// Why what was typed is no number that a code can be sent to; the `reason` in the reply's `errors`.
public enum NumberProblem: String, Error, Sendable {
    case notANumber = "not_a_number"
    case unknownRegion = "unknown_region"
    case tooShort = "too_short"
    case tooLong = "too_long"
    case notValid = "not_valid"
    /// A service's number, not that of a person's phone: premium rate, shared cost, toll-free, personal numbers (+44 70),
    /// numbers of companies (UAN), pagers, voicemail.
    case premium = "premium_number"
    case shortOrEmergency = "short_number"
}

/// Reads telephone numbers with libphonenumber.
///
/// Thread-safe; about 30 µs a number, 1 ms for one that its metadata does not know.
public enum PhoneNumberParser {
    /// - Parameters:
    ///   - text: E.164 or international with `+`, or national if a region is given.
    ///   - region: ISO 3166-1 alpha-2, upper case; where a national number would be dialled.
    public static func parse(_ text: String, region: String?) throws(NumberProblem) -> ParsedNumber {
        let bytes = Array(text.utf8CString)
        let answer = (region ?? "").withCString { region in
            bytes.withUnsafeBufferPointer { cpn_parse($0.baseAddress, $0.count - 1, region) }
        }
        if answer.short_or_emergency { throw .shortOrEmergency }
        if let problem = problem(answer.result) { throw problem }
        guard let number = E164(string(answer.e164)) else { throw .notValid }
        if let problem = problem(answer.kind, number) { throw problem }
        let of = string(answer.region)
        return ParsedNumber(
            number: number, region: of.isEmpty ? nil : of,
            isLandline: answer.is_known && answer.kind == CPN_KIND_FIXED_LINE, isKnown: answer.is_known)
    }

    private static func problem(_ kind: cpn_kind, _ number: E164) -> NumberProblem? {
        switch kind {
        case CPN_KIND_PREMIUM_RATE, CPN_KIND_SHARED_COST, CPN_KIND_UAN, CPN_KIND_TOLL_FREE, CPN_KIND_PAGER,
            CPN_KIND_VOICEMAIL:
            .premium
        case CPN_KIND_PERSONAL: isForTests(number) ? nil : .premium
        // A C enum has no end that the compiler knows; these are those that are left.
        case CPN_KIND_FIXED_LINE, CPN_KIND_MOBILE, CPN_KIND_FIXED_LINE_OR_MOBILE, CPN_KIND_VOIP, CPN_KIND_UNKNOWN: nil
        default: .notValid
        }
    }

    /// Twilio's magic numbers and the simulator's are personal numbers by their form, in exchanges that nobody has.
    private static func isForTests(_ number: E164) -> Bool {
        number.revealed.hasPrefix("+150055") || number.revealed.hasPrefix("+150056")
    }

    /// The file that libphonenumber was loaded from: the library does not tell the version of its metadata.
    public static var libraryFile: String? {
        let path = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            cpn_library_file(buffer.baseAddress, buffer.count)
            return buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
        return path.isEmpty ? nil : path
    }

    private static func problem(_ result: cpn_result) -> NumberProblem? {
        switch result {
        case CPN_OK: nil
        case CPN_UNKNOWN_REGION: .unknownRegion
        case CPN_TOO_SHORT: .tooShort
        case CPN_TOO_LONG: .tooLong
        case CPN_INVALID: .notValid
        default: .notANumber
        }
    }

    /// A C array of characters up to its first NUL.
    private static func string<Tuple>(_ tuple: Tuple) -> String {
        withUnsafeBytes(of: tuple) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
