import Basics
package import Wire

/// What the record tells of an outcome beside who and when: by which channel, to which country, about what at Twilio, and
/// by which calls.
package struct OutcomeFacts: Sendable {
    /// How a code was to be proven; `nil` where none was.
    package var channel: Wire.Method?
    /// ISO 3166-1 alpha-2 of the number that a code was for; `nil` where there was none.
    package var country: String?
    /// Twilio's name for what it was about: of a verification `VE…`, of an authenticator's factor `YF…`.
    package var sid: String?
    /// The calls that were made, in their order.
    package var calls: [ProviderCall] = []
    /// What became of a code that way.
    package var events: CodeEvents?

    package init() {}

    /// Of a job that was decided without a call.
    ///
    /// - Parameter asked: the method that the job itself names.
    package init(_ kind: JobKind, asked: Wire.Method?, _ situation: Situation?, _ place: NumberPlace?) {
        guard !kind.isAdministration else { return }
        let pending = situation?.pending
        let code = situation?.code.flatMap { $0.sid == pending?.sid ? $0 : nil }
        channel = asked ?? (kind.namesNoMethod ? code.map { .code($0.channel) } : nil)
        sid = asked == nil && kind.namesNoMethod ? code?.sid : nil
        country = country(place)
    }

    /// Of a job that made a call, or was about to.
    ///
    /// - Parameter situation: as the outcome was decided on; `nil` where it could not be read.
    package init(_ intent: Intent, _ answer: Answer, _ situation: Situation?, _ place: NumberPlace?) {
        calls = intent.calls.entries
        guard !intent.kind.isAdministration else { return }
        let code = situation?.code
        switch intent.call {
        case .send(let send):
            channel = .code(send.channel)
            if let sent = answer.code, let cohort = sent.cohort {
                sid = sent.sid
                let isFirst = sent.sid != code?.sid || code?.cohort == nil
                events = CodeEvents(cohort, [isFirst ? .sent : .resent])
            }
        case .check(let check):
            channel = code.flatMap { $0.sid == check.sid ? .code($0.channel) : nil }
            sid = check.sid
            events = Self.entry(of: check, code, answer)
        case .cancel(let cancel):
            channel = code.map { .code($0.channel) }
            sid = cancel.codes.first?.sid
            if let cohort = code?.cohort, code?.ended == nil, answer.code?.ended != nil, answer.outcome == .canceled {
                events = CodeEvents(cohort, [.canceled])
            }
        case .enrol(let factor), .prove(let factor): (channel, sid) = (.authenticator, factor.sid)
        case .challenge(let planned): (channel, sid) = (.authenticator, planned.factor.sid)
        }
        country = country(place)
    }

    /// What an entry did, where Twilio compared it: of anything else it is not known that somebody had the code.
    private static func entry(of check: PlannedCheck, _ code: LiveCode?, _ answer: Answer) -> CodeEvents? {
        guard let code, code.sid == check.sid, let cohort = code.cohort else { return nil }
        // Each wrong entry that was recorded is on the code's books.
        let first: [CodeEvent] = code.checksDenied == 0 ? [.entered] : []
        switch answer.outcome {
        case .approved: return CodeEvents(cohort, first + [.approved])
        case .denied:
            guard let after = answer.code, after.checksDenied > code.checksDenied else { return nil }
            let last: [CodeEvent] = after.checksDenied == CodeEvent.mostEntries ? [.usedUp] : []
            return CodeEvents(cohort, first + [.denied] + last)
        case .sent, .enrolling, .expired, .throttled, .blocked, .notAllowed, .options, .canceled, .done, .unknownJob,
            .invalid, .late, .unavailable, .uncertain:
            return nil
        }
    }

    /// Of a person who was erased or renamed meanwhile: Twilio's names for what it was about lead to them.
    mutating func forgetNames() {
        sid = nil
        for index in calls.indices { calls[index].sid = nil }
    }

    private func country(_ place: NumberPlace?) -> String? { channel?.channel == nil ? nil : place?.region }
}

extension JobKind {
    /// A check or a cancel is about whatever its login waits for.
    fileprivate var namesNoMethod: Bool { lane == .check }
}

extension Answer {
    /// The code as it is after this answer, where it changes one.
    fileprivate var code: LiveCode? {
        for case .code(let code) in changes { return code }
        return nil
    }
}
