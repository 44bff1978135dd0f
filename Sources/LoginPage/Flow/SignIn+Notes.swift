import Basics
import Wire

/// What a sign-in becomes by a reply.
extension SignIn {
    /// Of a `check`; only `approved` lets anybody in.
    mutating func note(_ reply: Reply?, at place: Place) {
        guard let reply else { return }
        switch reply.outcome {
        case .approved: enter(registered: reply.registered, at: place)
        case .denied: if reply.checksLeft == 0 { endCode(at: place) }
        case .expired: endCode(at: place, reply.reason)
        case .sent, .enrolling, .throttled, .blocked, .notAllowed, .options, .canceled, .done, .unknownJob, .invalid,
            .late, .unavailable, .uncertain:
            break
        }
    }

    private mutating func enter(registered: Factor?, at place: Place) {
        isIn = true
        switch registered {
        case .phone: notice = Notice(kind: .done, text: "Your phone is registered.")
        case .authenticator: notice = Notice(kind: .done, text: "Your authenticator app is registered.")
        case nil: notice = place == .app ? Notice(kind: .done, text: "You are in. Nothing was registered.") : nil
        }
        (asked, enrolment, retryAt, phone) = (nil, nil, nil, TypedPhone())
    }

    /// A code of an app is one of many: only an enrolment ends.
    private mutating func endCode(at place: Place, _ reason: Reason? = nil) {
        if place == .app, reason != .codeUsed { enrolment = nil }
        if place == .code, asked?.factor == .phone { asked?.isOver = true }
    }
}

extension SignIn.Enrolment {
    /// The same bytes each time.
    func body(_ names: Job.Login) -> JobBody {
        var body = JobBody(names)
        body["qr"] = .string(Picture.svg.rawValue)
        body["ticket"] = ticket.map { .string($0.revealed) }
        return body
    }
}
