import Basics

/// Codes that are sent, and codes that are typed.
extension JobDefinition {
    /// Sends a code to the person's registered phone.
    static let send = login(.send, calls: .send, ["channel"]) {
        $0.required("channel", Channel.self).map { .send(channel: $0) }
    }

    /// Checks what the person typed.
    static let check = login(.check, calls: .check, [.secret("code"), "method"]) {
        let method = $0.choice("method", Factor.self)
        return $0.code().map { .check(code: $0, method: method) }
    }

    /// Ends the login's code; with `job`, that send too if it still waits.
    static let cancel = login(.check, calls: .cancel, ["job"]) {
        .cancel(job: $0.messageID("job", isRequired: false))
    }
}

extension FieldReader {
    fileprivate mutating func code() -> Redacted<String>? {
        guard let typed = requiredText("code", length: 1...64) else { return nil }
        guard let digits = TypedCode.digits(typed), (3...10).contains(digits.utf8.count) else {
            note("code", "malformed")
            return nil
        }
        return Redacted(digits)
    }
}

/// Codes as people type and paste them.
public enum TypedCode {
    /// What is dropped: white space, dashes and characters that cannot be seen.
    ///
    /// On the screen both look alike, so a person could not mend it.
    public static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .dashPunctuation, .format: true
        default: scalar.properties.isWhitespace
        }
    }

    /// The digits in ASCII, whatever script they were typed in; `nil` when there is anything else.
    static func digits(_ typed: String) -> String? {
        var digits = ""
        for scalar in typed.unicodeScalars where !isDropped(scalar) {
            guard scalar.properties.generalCategory == .decimalNumber, let value = scalar.properties.numericValue
            else { return nil }
            digits += String(Int(value))
        }
        return digits
    }
}
