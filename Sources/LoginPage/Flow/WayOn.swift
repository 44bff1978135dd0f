import Basics
import Wire

/// What to say of a reply and where to go: pure, and the one place where outcomes are told apart.
struct WayOn: Equatable {
    /// Where the browser goes.
    enum Next: Equatable {
        case place(Place)
        /// The sign-in is over: begin with the password.
        case signInAgain
    }

    var notice: Notice?
    var next: Next

    /// - Parameters:
    ///   - reply: `nil` where nobody answered.
    ///   - place: the page that asked.
    ///   - field: what was typed there.
    ///   - now: this server's clock; waits are the difference of the worker's own two times.
    init(_ reply: Reply?, from place: Place, field: String?, now: Timestamp) {
        guard let reply else {
            notice = Notice(kind: .trouble, text: Guidance.noReply.text)
            next = .place(place)
            return
        }
        let guidance = Self.guidance(reply)
        notice = Self.notice(reply, guidance, field, now)
        next = Self.next(guidance.next, reply, from: place)
    }

    init(notice: Notice?, next: Next) {
        self.notice = notice
        self.next = next
    }

    /// Whether the person has mistyped something.
    func guidesTyping(_ reply: Reply) -> Bool { reply.outcome == .invalid && Self.guidance(reply).next == .typeAgain }

    static func guidance(_ reply: Reply) -> Guidance {
        let typed = reply.outcome == .invalid ? reply.errors?.lazy.compactMap { Guidance.typed($0) }.first : nil
        return typed ?? Guidance.of(reply.outcome, reply.reason)
    }

    private static func notice(_ reply: Reply, _ guidance: Guidance, _ field: String?, _ now: Timestamp) -> Notice? {
        var notice = Notice(kind: .done, text: reply.message)
        switch reply.outcome {
        case .sent:
            // The page for the code says itself whereto it went.
            guard reply.sameCode == true else { return nil }
            notice.text = "We sent the same code again."
        case .approved, .enrolling, .options, .canceled, .done: return nil
        case .denied:
            notice.kind = .wrong(field: field)
            if let left = reply.checksLeft, left > 0 {
                notice.text += left == 1 ? " One try is left." : " \(left) tries are left."
            }
        case .expired, .blocked, .notAllowed: notice.kind = .wrong(field: nil)
        case .throttled:
            notice.kind = .wrong(field: nil)
            notice.until = reply.retryAtHere(now)
        case .invalid: notice.kind = guidance.next == .typeAgain ? .wrong(field: field) : .trouble
        case .late, .unavailable, .unknownJob: notice.kind = .trouble
        case .uncertain:
            notice.kind = .trouble
            notice.until = reply.retryAtHere(now)
        }
        return notice
    }

    private static func next(_ step: Guidance.Step, _ reply: Reply, from place: Place) -> Next {
        switch step {
        case .enterCode: .place(.code)
        case .showSecret: .place(.app)
        case .letIn: .place(.inside)
        case .typeAgain, .wait, .tryAgain, .enterTicket, .askForAnotherCode: .place(place)
        case .byDecision, .chooseAnother, .verifyFirst, .contactAdministrator, .goOn, .mendProgram: .place(.confirm)
        case .startAgain: reply.reason == .enrolmentExpired ? .place(.app) : .signInAgain
        }
    }
}

extension Reply {
    /// When a repeat is allowed, by this server's clock: the wait is by the worker's own, and the two may differ.
    func retryAtHere(_ now: Timestamp) -> Timestamp? { here(retryAt, now) }

    /// When the code or the enrolment dies, likewise.
    func expiresAtHere(_ now: Timestamp) -> Timestamp? { here(expiresAt, now) }

    func here(_ time: String?, _ now: Timestamp) -> Timestamp? {
        wait(until: time).map { now + $0 }
    }
}
