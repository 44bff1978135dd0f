/// Codes as people type and paste them.
public enum TypedCode {
    /// What is dropped: white space, dashes and characters that cannot be seen. On the screen both look alike, so a person
    /// could not mend it.
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
