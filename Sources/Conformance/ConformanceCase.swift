import Basics
import Wire

/// One sign-in that a front end is put through, and what the scripted worker does to it.
package enum ConformanceCase: String, CaseIterable, Sendable {
    case signIn = "sign-in"
    case notRequired = "not-required"
    case contactAdministrator = "contact-administrator"
    case wrongCode = "wrong-code"
    case expiredCode = "expired-code"
    case throttledSend = "throttled-send"
    case blockedSend = "blocked-send"
    case methodDisabled = "method-disabled"
    case invalidCode = "invalid-code"
    case lateSend = "late-send"
    case outageOfOptions = "outage-of-options"
    case outageOfCheck = "outage-of-check"
    case uncertainCheck = "uncertain-check"
    case unknownOutcome = "unknown-outcome"
    case unreadableReply = "unreadable-reply"
    case unknownFields = "unknown-fields"
    case repeatedReply = "repeated-reply"
    case strangersReply = "strangers-reply"
    case lostReply = "lost-reply"
    case lateReply = "late-reply"
    case silence = "silence"
    case replyQueueGone = "reply-queue-gone"
    case brokerRestart = "broker-restart"

    /// Who signs in: the worker knows a case by it.
    package var user: String { "conformance-\(rawValue)" }

    /// What is done, for whoever reads the report.
    package var summary: String {
        switch self {
        case .signIn: "options, a text, the right code"
        case .notRequired: "options say that no second factor is needed"
        case .contactAdministrator: "options say that only an administrator can help"
        case .wrongCode: "the code is wrong, and it was the last try"
        case .expiredCode: "the code is no longer valid"
        case .throttledSend: "the text has to wait"
        case .blockedSend: "the number cannot be sent to"
        case .methodDisabled: "texts are switched off"
        case .invalidCode: "what was typed is no code"
        case .lateSend: "the text was asked for too late"
        case .outageOfOptions: "options are unavailable"
        case .outageOfCheck: "the check is unavailable"
        case .uncertainCheck: "what became of the check is uncertain"
        case .unknownOutcome: "the check has an outcome of a later version"
        case .unreadableReply: "the reply to the check is no JSON"
        case .unknownFields: "every reply has fields and headers of a later version"
        case .repeatedReply: "every reply comes twice"
        case .strangersReply: "an approval of somebody else's comes first; the code is wrong"
        case .lostReply: "the reply to the first check is lost"
        case .lateReply: "the approval comes when nobody waits any more"
        case .silence: "nobody answers"
        case .replyQueueGone: "the reply queue is deleted while the text is asked for"
        case .brokerRestart: "the broker is restarted while the code is checked"
        }
    }

    /// It needs the broker to itself, and a command that restarts it.
    package var restartsBroker: Bool { self == .brokerRestart }

    /// Whether the person is in at the end; `nil` where either will do.
    package var isIn: Bool? {
        switch self {
        case .signIn, .notRequired, .unknownFields, .repeatedReply, .brokerRestart: true
        case .lostReply, .replyQueueGone: nil
        case .contactAdministrator, .wrongCode, .expiredCode, .throttledSend, .blockedSend, .methodDisabled,
            .invalidCode,
            .lateSend, .outageOfOptions, .outageOfCheck, .uncertainCheck, .unknownOutcome, .unreadableReply,
            .strangersReply, .lateReply, .silence:
            false
        }
    }
}

/// What the scripted worker does with a job.
package enum ConformanceAnswer: Sendable, Equatable {
    /// Bodies that are sent under the job's correlation id, one after the other.
    case replies([[UInt8]])
    /// An approval under a correlation id that nobody knows, then this.
    case strangersFirst([UInt8])
    /// This, when the job's deadline and the time for its reply are over.
    case tooLate([UInt8])
    case nothing
    /// The queue that the reply would go to is deleted.
    case queueGone
    /// The broker is restarted, with the job in hand: it comes again.
    case restart
}

/// The part that a job has in a sign-in.
enum Part: Equatable {
    case options, send, check
    /// A job that no case changes.
    case other

    init(_ kind: JobKind) {
        switch kind {
        case .options: self = .options
        case .send: self = .send
        case .check: self = .check
        case .outcome, .cancel, .registerPhone, .registerAuthenticator, .adminOptionsGet, .adminOptionsSet,
            .adminUserGet,
            .adminUserSet, .adminUserList, .adminUserReset, .adminUserUnlock, .adminUserBypass, .adminUserErase,
            .adminUserRename, .adminDeadList, .adminDeadShow, .adminDeadReplay, .adminDeadDiscard, .adminDeadRestore,
            .adminExplain, .adminAuditList, .adminUserDelivery:
            self = .other
        }
    }
}

extension ConformanceCase {
    /// - Parameter isRepeat: this very job came before.
    func answer(to kind: JobKind, _ job: JobAsked, isRepeat: Bool) -> ConformanceAnswer {
        let (part, usual) = (Part(kind), Replies.usual(kind, job))
        /// `special` to one part of the sign-in, and to the others what they get when all is well.
        func only(_ wanted: Part, _ special: ConformanceAnswer) -> ConformanceAnswer {
            if part == wanted { return special }
            return .replies([usual])
        }
        switch self {
        case .signIn: return .replies([usual])
        case .silence: return .nothing
        case .unknownFields: return .replies([Replies.fromTomorrow(usual)])
        case .repeatedReply: return .replies([usual, usual])
        case .notRequired: return only(.options, .replies([Replies.options(job, decision: "not_required")]))
        case .contactAdministrator:
            return only(.options, .replies([Replies.options(job, decision: "contact_administrator")]))
        case .outageOfOptions: return only(.options, .replies([Replies.unavailable(job)]))
        case .throttledSend: return only(.send, .replies([Replies.throttled(job)]))
        case .blockedSend: return only(.send, .replies([Replies.blocked(job)]))
        case .methodDisabled: return only(.send, .replies([Replies.disabled(job)]))
        case .lateSend: return only(.send, .replies([Replies.body(job, "late", "The request came too late.")]))
        case .replyQueueGone: return isRepeat ? .replies([usual]) : only(.send, .queueGone)
        case .wrongCode: return only(.check, .replies([Replies.denied(job)]))
        case .expiredCode: return only(.check, .replies([Replies.expired(job)]))
        case .invalidCode: return only(.check, .replies([Replies.invalid(job)]))
        case .outageOfCheck: return only(.check, .replies([Replies.unavailable(job)]))
        case .uncertainCheck: return only(.check, .replies([Replies.uncertain(job)]))
        case .unknownOutcome: return only(.check, .replies([Replies.body(job, "approved_later", "Come in.")]))
        case .unreadableReply: return only(.check, .replies([Array(#"{"outcome":"approved""#.utf8)]))
        case .strangersReply: return only(.check, .strangersFirst(Replies.denied(job)))
        case .lostReply: return isRepeat ? .replies([usual]) : only(.check, .nothing)
        case .lateReply: return only(.check, .tooLate(usual))
        case .brokerRestart: return isRepeat ? .replies([usual]) : only(.check, .restart)
        }
    }
}
