/// The English sentence of a reply: fit to show the person, never Twilio's text.
enum Sentence {
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
