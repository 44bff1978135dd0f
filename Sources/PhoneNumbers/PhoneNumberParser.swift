public import Basics
import CPhoneNumber

/// A number as a person typed it, understood.
public struct ParsedNumber: Sendable, Equatable {
    public var number: E164
    /// ISO 3166-1 alpha-2; `nil` for numbers of no region.
    public var region: String?
    /// The numbering plan says that it is a landline. North America's does not tell.
    public var isLandline: Bool
}

/// Why what was typed is no number that a code can be sent to; the `reason` in the reply's `errors`.
public enum NumberProblem: String, Error, Sendable {
    case notANumber = "not_a_number"
    case unknownRegion = "unknown_region"
    case tooShort = "too_short"
    case tooLong = "too_long"
    case notValid = "not_valid"
    case premium = "premium_number"
    case shortOrEmergency = "short_number"
}

/// Reads telephone numbers with libphonenumber. Thread-safe; about 30 µs a number.
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
        switch answer.kind {
        case CPN_KIND_PREMIUM_RATE, CPN_KIND_SHARED_COST, CPN_KIND_UAN: throw .premium
        default: break
        }
        let of = string(answer.region)
        return ParsedNumber(
            number: number, region: of.isEmpty ? nil : of, isLandline: answer.kind == CPN_KIND_FIXED_LINE)
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
