import SitePolicy
import Wire

/// Takes codes out of a body that is kept for an operator: no code is ever stored, not even a mistyped one.
enum CodeBlanker {
    /// The body without codes and tickets.
    ///
    /// The fields that hold no secret in any job stay, so that the job can be put through again. What is no JSON object
    /// has no fields to go by, and neither have fields that nobody knows: there every run of digits is taken for a
    /// code.
    static func blank(_ body: [UInt8]) -> [UInt8] {
        guard case .object(let members)? = try? JSONValue(parsing: body) else { return blankDigits(body) }
        var safe: [String: JSONValue] = [:]
        for (name, value) in members {
            if name == "options" {
                safe[name] = withoutUnknownOptions(value)
            } else if JobKind.openFields.contains(name) {
                safe[name] = value
            } else if JobKind.secretFields.contains(name) {
                safe[name] = .string("######")
            } else {
                safe[blankDigits(name)] = blankDigits(value)
            }
        }
        return JSONValue.object(safe).encoded()
    }

    /// A value of an option that there is not may be a worker's secret, such as Twilio's token, that was taken for one.
    private static func withoutUnknownOptions(_ value: JSONValue) -> JSONValue {
        guard case .object(let members) = value else { return blankDigits(value) }
        return .object(
            Dictionary(members.map { (blankDigits($0), SiteOptions.defaults[$0] == nil ? .string("######") : $1) }) {
                first, _ in first
            })
    }

    /// What was kept, for a reply: numbers are masked outside the store.
    static func withoutNumbers(_ kept: [UInt8]) -> [UInt8] {
        guard case .object(var members)? = try? JSONValue(parsing: kept), let phone = members["phone"] else {
            return kept
        }
        members["phone"] = blankDigits(phone)
        return JSONValue.object(members).encoded()
    }

    private static func blankDigits(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(blankDigits(text))
        case .number(let text): .string(blankDigits(text))
        case .array(let elements): .array(elements.map { blankDigits($0) })
        case .object(let members):
            .object(Dictionary(members.map { (blankDigits($0), blankDigits($1)) }) { first, _ in first })
        case .null, .bool: value
        }
    }
}

extension CodeBlanker {
    /// Bytes that are no UTF-8 come out as replacement characters.
    private static func blankDigits(_ bytes: [UInt8]) -> [UInt8] {
        Array(blankDigits(String(decoding: bytes, as: UTF8.self)).utf8)
    }

    /// Replaces by `#` every digit, of any script, of a run of three or more.
    ///
    /// What a code may be typed with, and dots, do not end a run; JSON's escapes count as what they stand for, whatever
    /// that is.
    private static func blankDigits(_ text: String) -> String {
        var scalars = Array(text.unicodeScalars)
        var run: [Int] = []
        var index = 0
        while index < scalars.count {
            let escape = escape(at: index, in: scalars)
            if let escape {
                run += escape.digits
            } else if scalars[index].properties.numericType != nil {
                run.append(index)
            } else if scalars[index] != ".", !TypedCode.isDropped(scalars[index]) {
                blank(&run, in: &scalars)
            }
            index = escape?.end ?? index + 1
        }
        blank(&run, in: &scalars)
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// One of JSON's escapes: `\u` with four digits, which may be a digit's or a blank's, or a blank such as `\t`.
    private static func escape(at index: Int, in scalars: [Unicode.Scalar]) -> (digits: Range<Int>, end: Int)? {
        guard scalars[index] == "\\", index + 1 < scalars.count else { return nil }
        let digits = index + 2..<min(index + 6, scalars.count)
        switch scalars[index + 1] {
        case "b", "f", "n", "r", "t": return (index..<index, index + 2)
        case "u" where digits.count == 4 && digits.allSatisfy({ scalars[$0].properties.isASCIIHexDigit }):
            return (digits, digits.upperBound)
        default: return nil
        }
    }

    private static func blank(_ run: inout [Int], in scalars: inout [Unicode.Scalar]) {
        if run.count >= 3 {
            for index in run { scalars[index] = "#" }
        }
        run = []
    }
}
