/// The English sentence of a reply: fit to show the person, never Twilio's text.
enum Sentence {
    /// By all that the reply says.
    static func of(_ reply: Reply) -> String {
        let sentence: String? =
            switch reply.outcome {
            case .options: options(reply)
            case .throttled: reply.limit.map { Guidance.of($0).text }
            case .invalid: reply.errors?.lazy.compactMap(wrong).first
            case .done: done(reply)
            case .denied: reply.checksLeft == 0 ? "That code is not right, and it was the last try." : nil
            case .blocked, .notAllowed: reply.alternatives.flatMap { withoutCall(reply.reason, $0) }
            case .sent, .enrolling, .approved, .expired, .canceled, .unknownJob, .late, .unavailable, .uncertain: nil
            }
        return sentence ?? of(reply.outcome, reply.reason)
    }

    private static func options(_ reply: Reply) -> String? {
        switch reply.decision {
        case "not_required": "You need no second step to sign in."
        case "register": "Register a way to confirm that it is you."
        case "contact_administrator": "You cannot sign in just now. Ask your administrator for help."
        case "verify" where reply.methods?.contains(where: \.usable) != true:
            "None of your ways to confirm that it is you works just now. Try again later, or ask your administrator."
        default: nil
        }
    }

    /// What a person typed, and what an administrator named.
    private static func wrong(_ problem: FieldProblem) -> String? {
        if let guidance = Guidance.typed(problem) { return guidance.text }
        return switch (problem.field, problem.reason) {
        case ("user", "unknown_user"): "Nobody of this name is known."
        case ("to", "exists"): "Somebody has this name already."
        default: nil
        }
    }

    private static func done(_ reply: Reply) -> String? {
        if reply.warnings?.contains(where: { $0.reason == "unknown_user" }) == true {
            return reply.profile?.known == true
                ? "Done. Nobody of this name was known before."
                : "Nobody of this name is known: there was nothing to do."
        }
        if reply.retryAt != nil { return "Done, but the provider takes no other code for the number before then." }
        return nil
    }

    /// What must not be advised where it does not remain.
    private static func withoutCall(_ reason: Reason?, _ alternatives: [Method]) -> String? {
        if reason == .methodDisabled, alternatives.isEmpty {
            return "This method is switched off. Ask your administrator for help."
        }
        guard !alternatives.contains(.code(.call)) else { return nil }
        if reason == .landline { return "This is a landline: it cannot get texts. Use another way or another number." }
        if reason == .optedOut { return "This number has opted out of texts. Use another way or another number." }
        return nil
    }

    static func of(_ outcome: Outcome, _ reason: Reason?) -> String { Guidance.of(outcome, reason).text }
}
