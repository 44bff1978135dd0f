/// What says more than outcome and reason do: which limit it is, and what was typed.
extension Guidance {
    /// Of a `throttled`.
    public static func of(_ limit: LimitName) -> Guidance {
        var guidance = of(.throttled)
        switch limit {
        case .cooldown:
            guidance.text = "A code was asked for a moment ago. Wait a little before you ask for another."
        case .codeTries: guidance.text = "Too many wrong codes. A new code can be asked for later."
        case .userTries: guidance.text = "Too many wrong codes. Wait a while and try again."
        case .site: guidance.text = "Too many people are asking just now. Wait a moment and try again."
        case .phone, .user, .client, .country, .provider: break
        }
        return guidance
    }

    /// Of an `invalid`, where a person can do something about it; `nil` where the program is at fault.
    public static func typed(_ problem: FieldProblem) -> Guidance? {
        guard problem.isMistyped else { return nil }
        return (typed[problem] ?? (problem.field == "region" ? countryCode : nil)).map {
            Guidance($0, .typeAgain, again: .atOnce)
        }
    }

    private static let countryCode = "Type the number with + and its country code."
    private static let noCode = "A code has digits only. Check it and type it again."
    private static let noNumber = "This is not a phone number. Check it and type it again."

    /// By field and what is wrong with it.
    public static let typed: [FieldProblem: String] = [
        FieldProblem("code", "malformed"): noCode,
        FieldProblem("code", "too_short"): noCode,
        FieldProblem("code", "too_long"): noCode,
        FieldProblem("phone", "not_a_number"): noNumber,
        FieldProblem("phone", "too_short"): noNumber,
        FieldProblem("phone", "too_long"): noNumber,
        FieldProblem("phone", "not_valid"): "There is no such phone number. Check it and type it again.",
        FieldProblem("phone", "unknown_region"): countryCode,
        FieldProblem("phone", "short_number"): "This number is too short for a phone of your own. Type another one.",
        FieldProblem("phone", "premium_number"): "Codes cannot be sent to numbers of this kind. Type another one.",
        FieldProblem("phone", "refused_by_provider"):
            "Codes cannot be sent to this number. Check it, or type another one.",
        FieldProblem("region", "malformed"): countryCode,
        FieldProblem("region", "too_short"): countryCode,
        FieldProblem("region", "too_long"): countryCode,
    ]
}
