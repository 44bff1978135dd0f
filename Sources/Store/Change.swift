public import Basics
public import Wire

/// One change of state, applied in the transaction of the decision it belongs to.
public enum Change: Sendable {
    case user(UserRecord)
    /// Replaces what is known of the number's code.
    case code(LiveCode)
    /// Replaces the login's tie.
    case pending(PendingCode)
    case deadLetter(DeadLetter)
    case audit(AuditEntry)
    /// The same of a front end that may not administer: of these only some are kept one by one
    /// (``AuditRefusals/mostEntries``), the others are counted.
    case refusedAudit(AuditEntry)

    /// Counts the job, once in each; by the situation's person, client, number and region.
    case count([Tally])
    /// Takes the job's own counts back.
    case uncount([Tally])
    case pace(PaceKey, Pace?)
    /// A check of this login was approved, for this client.
    case approval(LoginKey, client: String?)

    /// The starred site options by name; `nil` is "back to the default".
    case options([String: String?])
    /// One-use codes and tickets are kept as hashes; both end by themselves. A person has one of each at the most: a new one
    /// replaces the old.
    case bypass(user: String, Redacted<String>?, until: Timestamp)
    /// A wrong guess at the person's bypass code.
    case bypassTry(user: String)
    case ticket(user: String, Redacted<String>, until: Timestamp)
    case useTicket([UInt8])
    /// Begins, replaces or ends the person's enrolment.
    case enrolment(user: String, Enrolment?)
    case challenge(factorSID: String, OpenChallenge?)
    /// An authenticator's code counts once: reserved by its hash for five minutes, given back when it was wrong.
    case reserveCode(factorSID: String, Redacted<String>)
    case releaseCode
    /// A send of this login that may still wait: it will be answered `canceled`.
    case cancelSend(JobKey, LoginKey)
    /// Takes back what lets the person in. What can tell its login why it ended is kept for that, with the reason.
    case endAccess(user: String, Set<AccessGrant>, Reason)
    /// Clears all counters and paces of the person, of their registered number and of those that they wait for codes on.
    case unlock(user: String)
    /// Everything about the person goes; what history and audit trail keep of them bears this name instead.
    case erase(user: String, pseudonym: String)
    case rename(user: String, to: String)
    /// Something to be undone at Twilio, for which there was no time, or no Twilio.
    case chore(ProviderChore)
    case choreDone(Int64)
    /// The verification of this SID lives no more, whoever's number it is of.
    case endCode(sid: String, Reason)
    /// Moves those that are in one of these states by now; a look may be older than that.
    case letters(
        [Int64], DeadLetterState, dueAt: [Timestamp], from: Set<DeadLetterState> = Set(DeadLetterState.allCases))
    /// Nobody waits for these any more, and they are to be carried out all the same.
    case liftDeadlines([Int64])
}
