/// What a person is told of a reply, and what a front end does next: the published catalogue `docs/contract/outcomes.json`.
///
/// A reply's `message` takes its words from here, as do the pages of `login-page`; the file is printed from it.
public struct Guidance: Sendable, Equatable {
    /// The way on from here.
    public enum Step: String, Sendable, CaseIterable, Codable {
        /// Go by `decision`.
        case byDecision = "by_decision"
        /// Ask for the code that is on its way.
        case enterCode = "enter_code"
        /// Show the secret, then ask for its first code.
        case showSecret = "show_secret"
        /// The person is in.
        case letIn = "let_in"
        /// The same page again: what was typed was wrong.
        case typeAgain = "type_again"
        /// This code is dead, or not this sign-in's: offer another, by one act.
        case askForAnotherCode = "ask_for_another_code"
        /// Say how long.
        case wait
        /// Offer other methods.
        case chooseAnother = "choose_another"
        /// The same once more, by the person's own act.
        case tryAgain = "try_again"
        /// Confirm with a method that the person has, then begin again.
        case verifyFirst = "verify_first"
        /// Ask for an administrator's ticket.
        case enterTicket = "enter_ticket"
        /// Begin the registration, or the sign-in, anew.
        case startAgain = "start_again"
        /// Only an administrator can help.
        case contactAdministrator = "contact_administrator"
        /// Go on: there is nothing to do.
        case goOn = "go_on"
        /// The program, or how it is set up, is wrong: a person can do nothing about it.
        case mendProgram = "mend_program"
    }

    /// When asking again can change anything; under a new message id, since an outcome is final for its own.
    public enum Repeat: String, Sendable, CaseIterable, Codable {
        /// It would be the same again.
        case never
        /// As soon as the person wants to.
        case atOnce = "at_once"
        /// From the reply's `retry_at` on.
        case fromRetryAt = "from_retry_at"
        /// When something has changed that takes a while; nobody knows how long.
        case later
    }

    /// One or two English sentences for the person.
    public var text: String
    /// What to do next.
    public var next: Step
    /// Whether other methods are to be offered beside that.
    public var offersOthers: Bool
    /// When to ask again.
    public var again: Repeat

    init(_ text: String, _ next: Step, others: Bool = false, again: Repeat = .never) {
        self.text = text
        self.next = next
        self.offersOthers = others
        self.again = again
    }

    /// For a reply without a reason, and for reasons that a program does not know yet.
    public static func of(_ outcome: Outcome) -> Guidance {
        switch outcome {
        case .sent: Guidance("We sent you a code.", .enterCode, others: true, again: .fromRetryAt)
        case .enrolling:
            Guidance(
                "Scan the code with your authenticator app, then enter the digits it shows.", .showSecret,
                again: .atOnce)
        case .approved: Guidance("The code was right.", .letIn)
        case .denied:
            Guidance("That code is not right. Check it and try again.", .typeAgain, others: true, again: .atOnce)
        case .expired:
            Guidance("This code is no longer valid. Ask for a new one.", .askForAnotherCode, others: true)
        case .throttled:
            Guidance("Too many tries. Wait a while and try again.", .wait, others: true, again: .fromRetryAt)
        case .blocked: Guidance("We cannot send a code to this number.", .chooseAnother, others: true)
        case .notAllowed: Guidance("This is not available for your account.", .chooseAnother, others: true)
        case .options: Guidance("These are the ways to confirm that it is you.", .byDecision, again: .atOnce)
        case .canceled: Guidance("Nothing is waiting any more.", .goOn)
        case .done: Guidance("Done.", .goOn)
        case .unknownJob: Guidance("There is no record of that request.", .startAgain)
        case .invalid: Guidance("The request was not understood.", .mendProgram)
        case .late:
            Guidance(
                "The request came too late, and nothing was done. This is not your fault: try again.", .tryAgain,
                others: true, again: .atOnce)
        case .unavailable:
            Guidance(
                "The service cannot be reached just now. This is not your fault: try again in a moment.", .tryAgain,
                others: true, again: .later)
        case .uncertain:
            Guidance(
                "We could not find out whether it worked. This is not your fault: please try again.", .tryAgain,
                others: true,
                again: .fromRetryAt)
        }
    }

    /// By the reason where there is one.
    public static func of(_ outcome: Outcome, _ reason: Reason?) -> Guidance {
        reason.map { of($0) } ?? of(outcome)
    }

    /// Where nobody answered in time: no outcome, and so no reply.
    ///
    /// Asked again it is the same request, under the same message id.
    public static let noReply = Guidance(
        "The service does not answer just now. This is not your fault: try again, and nothing is done twice.",
        .tryAgain,
        others: true, again: .atOnce)
}
