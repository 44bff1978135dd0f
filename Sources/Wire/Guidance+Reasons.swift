extension Guidance {
    /// What each reason says: all of it, since a reason belongs to one outcome.
    ///
    /// Those that say no more than their outcome have its words.
    public static func of(_ reason: Reason) -> Guidance {
        switch reason {
        // expired
        case .codeExpired: of(.expired)
        case .codeUsed: another("This code has been used already. Ask for a new one.")
        case .triesUsedUp: another("Too many wrong codes. Ask for a new one.")
        case .replaced: another("A newer code was sent to this number. Enter that one, or ask for another.")
        case .notPending: another("No code is waiting for this sign-in. Ask for one first.")
        case .notYours: another("That code belongs to another sign-in. Ask for one here.")
        case .reset: Guidance("Your registration was reset meanwhile. Sign in again.", .startAgain)
        case .alreadyUsed: Guidance("This answer was given already and does not count again.", .startAgain)
        case .enrolmentExpired: Guidance("The registration took too long. Start it again.", .startAgain, others: true)
        // blocked
        case .fraudGuard, .unreachable: of(.blocked)
        case .countryNotAllowed: Guidance("We cannot send codes to this country.", .chooseAnother, others: true)
        case .landline:
            Guidance("This is a landline: it cannot get texts. Choose a call.", .chooseAnother, others: true)
        case .optedOut:
            Guidance("This number has opted out of texts. Choose a call.", .chooseAnother, others: true)
        // not_allowed
        case .methodDisabled:
            Guidance("This method is switched off. Choose another one.", .chooseAnother, others: true, again: .later)
        case .notRegistered:
            Guidance("You have not registered this method yet.", .chooseAnother, others: true)
        case .alreadyRegistered: Guidance("This phone is registered already.", .chooseAnother, others: true)
        case .contactAdministrator: Guidance("Only your administrator can change this.", .contactAdministrator)
        case .providerNone: Guidance(of(.notAllowed).text, .goOn)
        case .verifyFirst:
            Guidance("Confirm with a method that you have before you add another.", .verifyFirst, others: true)
        case .wrongApplication: Guidance(of(.notAllowed).text, .mendProgram)
        case .ticketRequired:
            Guidance("Ask your administrator for a registration ticket.", .enterTicket, again: .atOnce)
        case .notAdmin: Guidance("Only administrators may do this.", .mendProgram)
        // unknown_job
        case .noRecord: of(.unknownJob)
        case .inProgress:
            Guidance("That request is still under way. Ask again in a moment.", .tryAgain, again: .atOnce)
        // invalid
        case .messageIDReused, .versionUnsupported, .unknownJobType, .malformed, .tooLarge: of(.invalid)
        // unavailable
        case .poison, .providerUnreachable: of(.unavailable)
        case .providerRefused:
            Guidance(
                "We cannot do this just now. This is not your fault: please tell the site's operator if it lasts.",
                .chooseAnother, others: true, again: .later)
        case .recordUnreadable:
            Guidance(
                "Your record cannot be read just now. This is not your fault: tell your administrator.",
                .contactAdministrator, again: .later)
        case .paused:
            Guidance(
                "Codes are not sent just now. This is not your fault: choose another way, or try again later.", .wait,
                others: true, again: .fromRetryAt)
        // uncertain
        case .answerLost: of(.uncertain)
        }
    }

    private static func another(_ text: String) -> Guidance {
        Guidance(text, .askForAnotherCode, others: true)
    }
}

extension Reason {
    /// The one outcome that it is a cause of.
    public var outcome: Outcome {
        switch self {
        case .codeExpired, .codeUsed, .triesUsedUp, .replaced, .notPending, .notYours, .reset, .alreadyUsed,
            .enrolmentExpired:
            .expired
        case .fraudGuard, .countryNotAllowed, .landline, .optedOut, .unreachable: .blocked
        case .methodDisabled, .notRegistered, .alreadyRegistered, .contactAdministrator, .providerNone, .verifyFirst,
            .wrongApplication, .ticketRequired, .notAdmin:
            .notAllowed
        case .noRecord, .inProgress: .unknownJob
        case .messageIDReused, .versionUnsupported, .unknownJobType, .malformed, .tooLarge: .invalid
        case .poison, .providerUnreachable, .providerRefused, .recordUnreadable, .paused: .unavailable
        case .answerLost: .uncertain
        }
    }
}
