/// The English sentence of a reply: fit to show the person, never Twilio's text.
enum Sentence {
    /// By all that the reply says.
    static func of(_ reply: Reply) -> String {
        let sentence: String? =
            switch reply.outcome {
            case .options: options(reply)
            case .throttled: reply.limit.flatMap(throttled)
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

    private static func throttled(_ limit: LimitName) -> String? {
        switch limit {
        case .cooldown: "A code was asked for a moment ago. Wait a little before you ask for another."
        case .codeTries: "Too many wrong codes. A new code can be asked for later."
        case .userTries: "Too many wrong codes. Wait a while and try again."
        case .site: "Too many people are asking just now. Wait a moment and try again."
        case .phone, .user, .client, .country, .provider: nil
        }
    }

    /// What a person typed, and what an administrator named.
    private static func wrong(_ problem: FieldProblem) -> String? {
        switch (problem.field, problem.reason) {
        case ("code", "malformed"), ("code", "too_short"), ("code", "too_long"):
            "A code has digits only. Check it and type it again."
        case ("phone", "not_a_number"), ("phone", "too_short"), ("phone", "too_long"):
            "This is not a phone number. Check it and type it again."
        case ("phone", "not_valid"): "There is no such phone number. Check it and type it again."
        case ("phone", "unknown_region"), ("region", _): "Type the number with + and its country code."
        case ("phone", "short_number"): "This number is too short for a phone of your own. Type another one."
        case ("phone", "premium_number"): "Codes cannot be sent to numbers of this kind. Type another one."
        case ("phone", "refused_by_provider"): "Codes cannot be sent to this number. Check it, or type another one."
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

    static func of(_ outcome: Outcome, _ reason: Reason?) -> String {
        if let reason, let text = byReason[reason] { return text }
        return switch outcome {
        case .sent: "We sent you a code."
        case .enrolling: "Scan the code with your authenticator app, then enter the digits it shows."
        case .approved: "The code was right."
        case .denied: "That code is not right. Check it and try again."
        case .expired: "This code is no longer valid. Ask for a new one."
        case .throttled: "Too many tries. Wait a while and try again."
        case .blocked: "We cannot send a code to this number."
        case .notAllowed: "This is not available for your account."
        case .options: "These are the ways to confirm that it is you."
        case .canceled: "Nothing is waiting any more."
        case .done: "Done."
        case .unknownJob: "There is no record of that request."
        case .invalid: "The request was not understood."
        case .late: "The request came too late. Try again."
        case .unavailable: "The service cannot be reached just now. This is not your fault: try again in a moment."
        case .uncertain: "We could not find out whether it worked. Please ask again."
        }
    }

    private static let byReason: [Reason: String] = [
        .codeUsed: "This code has been used already. Ask for a new one.",
        .notPending: "No code is waiting for this sign-in. Ask for one first.",
        .notYours: "That code belongs to another sign-in. Ask for one here.",
        .triesUsedUp: "Too many wrong codes. Ask for a new one.",
        .contactAdministrator: "Only your administrator can change this.",
        .alreadyRegistered: "This phone is registered already.",
        .notRegistered: "You have not registered this method yet.",
        .methodDisabled: "This method is switched off. Choose another one.",
        .countryNotAllowed: "We cannot send codes to this country.",
        .verifyFirst: "Confirm with a method that you have before you add another.",
        .ticketRequired: "Ask your administrator for a registration ticket.",
        .notAdmin: "Only administrators may do this.",
        .inProgress: "That request is still under way. Ask again in a moment.",
        .alreadyUsed: "This answer was given already and does not count again.",
        .enrolmentExpired: "The registration took too long. Start it again.",
        .landline: "This is a landline: it cannot get texts. Choose a call.",
        .providerRefused:
            "We cannot do this just now. This is not your fault: please tell the site's operator if it lasts.",
        .recordUnreadable: "Your record cannot be read just now. This is not your fault: tell your administrator.",
        .optedOut: "This number has opted out of texts. Choose a call.",
    ]
}
