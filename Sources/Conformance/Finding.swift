/// A rule of the contract that a front end broke.
package enum ConformanceRule: String, CaseIterable, Sendable {
    case malformed
    case replyAddress = "reply-address"
    case guessableQueue = "guessable-queue"
    case queueArguments = "queue-arguments"
    case transient
    case expiration
    case noDeadline = "no-deadline"
    case hasty
    case noUser = "no-user"
    case sharedLogin = "shared-login"
    case newID = "new-id"
    case reusedID = "reused-id"
    case neverAsked = "never-asked"
    case needlessJob = "needless-job"
    case unnamedMethod = "unnamed-method"
    case letIn = "let-in"
    case keptOut = "kept-out"
    case hangs
    case fails

    /// What to do about it.
    package var advice: String {
        switch self {
        case .malformed: "send what the schema of the job says: a worker answers this 'invalid'"
        case .replyAddress: "name a reply queue verify.reply.<front end>.<random> of this front end, or direct reply-to"
        case .guessableQueue: "let the last part of the reply queue's name be 16 random characters or more"
        case .queueArguments: "declare the reply queue durable, with exactly the arguments of the contract"
        case .transient: "publish with delivery_mode 2: else a restart of the broker loses the job"
        case .expiration:
            "use the header deadline, not the property expiration: what the broker drops is never answered"
        case .noDeadline:
            "say by the header deadline how long the person waits; 5 s for options, 20 s for send and check"
        case .hasty: "leave more than two seconds until the deadline: with less nothing is begun"
        case .noUser: "set the property user_id: without it a site that tells its front ends apart answers nothing"
        case .sharedLogin: "make a new login for each sign-in, 8 to 64 characters: a code belongs to it alone"
        case .newID: "after silence publish the same body under the same message_id: a new one may send a second code"
        case .reusedID: "another body is another job: make its message_id of the form's nonce and the body, or anew"
        case .neverAsked: "ask 'options' first: only that says whether a second factor is needed"
        case .needlessJob: "branch on the outcome before the next job: this one had nothing to go on"
        case .unnamedMethod: "name the method of a check (phone, authenticator): the page knows which code it asks for"
        case .letIn: "let in by 'approved' of this very check alone, and by options that say 'not_required'"
        case .keptOut: "this person has to be in"
        case .hangs: "end every wait five seconds after the job's deadline"
        case .fails: "a reply must not break the front end: say that it is not the person's fault, and go on"
        }
    }
}

/// What a front end did wrong.
///
/// It holds no code, body or number.
package struct ConformanceFinding: Sendable, Hashable, CustomStringConvertible {
    package var rule: ConformanceRule
    /// What was seen.
    package var detail: String

    package var description: String { "\(rule.rawValue): \(detail); \(rule.advice)" }
}
