package import Basics
package import Wire

/// A job as it came, with what the envelope has not.
package struct SeenJob: Sendable {
    package var envelope: Envelope
    package var deliveryMode: UInt8?
    package var expiration: String?

    package init(envelope: Envelope, deliveryMode: UInt8?, expiration: String?) {
        self.envelope = envelope
        self.deliveryMode = deliveryMode
        self.expiration = expiration
    }
}

/// Follows one sign-in: says what the worker does with each job, and gathers what was wrong.
///
/// Pure.
package struct SignInJudge: Sendable {
    /// After the deadline, for a reply that is on its way, and as long again for the front end itself.
    package static let usualSlack = Duration.seconds(10)

    /// Before its job's deadline, for a front end whose broker was away.
    static let timeToComeBack = Duration.seconds(5)

    private struct Known {
        var key: String
        var body: [UInt8]
        var isAnswered: Bool
    }

    package let situation: ConformanceCase
    package private(set) var findings: [ConformanceFinding] = []
    /// Of the jobs that came: none may be another sign-in's.
    package private(set) var logins: Set<String> = []
    private var known: [String: Known] = [:]
    private var lastDeadline: Timestamp?
    /// There was time for a front end to come back and hear of the check.
    private var isCheckAnsweredInTime = false
    private let slack: Duration

    package init(_ situation: ConformanceCase, slack: Duration = usualSlack) {
        self.situation = situation
        self.slack = slack
    }

    /// What becomes of a job.
    package mutating func take(_ seen: SeenJob) -> ConformanceAnswer {
        let read = JobDecoder().read(seen.envelope)
        look(at: seen, read)
        guard let kind = read.kind, let id = read.messageID, case .bytes(let body) = seen.envelope.body else {
            return .nothing
        }
        lastDeadline = max(lastDeadline ?? read.deadline, read.deadline)
        let isRepeat = judgeID(id, kind.rawValue, body)
        judgeOrder(kind, isRepeat: isRepeat)
        let job = JobAsked(
            messageID: id, user: read.user ?? situation.user, application: read.application?.rawValue ?? "web",
            at: seen.envelope.receivedAt)
        let answer = situation.answer(to: kind, job, isRepeat: isRepeat)
        switch answer {
        case .replies, .strangersFirst:
            known[id]?.isAnswered = true
            if kind == .check, read.deadline - seen.envelope.receivedAt >= Self.timeToComeBack {
                isCheckAnsweredInTime = true
            }
        case .tooLate, .nothing, .queueGone, .restart: break
        }
        return answer
    }

    /// The sign-in is over.
    ///
    /// - Parameter isIn: whether the front end let the person in; `nil` where it failed.
    package mutating func end(isIn: Bool?, at end: Timestamp) {
        if known.isEmpty { add(.neverAsked, "no job came for \(situation.user)") }
        if let lastDeadline, end > lastDeadline + slack {
            add(.hangs, "it ended long after its last job's deadline: \(situation.summary)")
        }
        guard let isIn else { return add(.fails, "the front end failed: \(situation.summary)") }
        // A broker may take longer to come back than the person waits.
        if situation.restartsBroker, !isCheckAnsweredInTime { return }
        guard let wanted = situation.isIn, wanted != isIn else { return }
        add(isIn ? .letIn : .keptOut, situation.summary)
    }

    /// Of what others see: that a reply queue is not as it ought to be, or that a login is another sign-in's too.
    package mutating func add(_ rule: ConformanceRule, _ detail: String) {
        let finding = ConformanceFinding(rule: rule, detail: detail)
        if !findings.contains(finding) { findings.append(finding) }
    }

    // MARK: One job by itself

    private mutating func look(at seen: SeenJob, _ read: ReadJob) {
        let key = seen.envelope.routingKey
        switch read.content {
        case .job: break
        case .invalid(_, let problems, _):
            for problem in problems {
                add(.malformed, "\(key): \(problem.field.isEmpty ? "the body" : problem.field) is \(problem.reason)")
            }
        case .late: add(.malformed, "\(key): timestamp is two days old: seconds since 1970 are meant")
        case .unexpected: add(.malformed, "'\(key)' is no job of this lane")
        }
        if seen.deliveryMode != 2 { add(.transient, key) }
        if seen.expiration != nil { add(.expiration, key) }
        judgeDeadline(seen.envelope, read)
        judgeAddress(seen.envelope)
        guard case .bytes(let bytes) = seen.envelope.body, case .object(let body)? = try? JSONValue(parsing: bytes)
        else {
            return
        }
        if case .string(let login)? = body["login"] {
            logins.insert(login)
        } else {
            add(.sharedLogin, "\(key): there is no login")
        }
        if key == "check", body["method"] == nil { add(.unnamedMethod, key) }
    }

    private mutating func judgeDeadline(_ envelope: Envelope, _ read: ReadJob) {
        guard envelope.deadline != nil else { return add(.noDeadline, envelope.routingKey) }
        let asked = envelope.timestamp.map { Timestamp(seconds: Int64(clamping: $0)) } ?? envelope.receivedAt
        if read.deadline - asked < .seconds(2) { add(.hasty, envelope.routingKey) }
    }

    private mutating func judgeAddress(_ envelope: Envelope) {
        let key = envelope.routingKey
        guard let user = envelope.userID else {
            add(.noUser, key)
            return judge(ReplyAddress(envelope.replyTo, prefixes: [WireName.replyPrefix]), key)
        }
        judge(ReplyAddress(envelope.replyTo, frontEnd: user), key)
    }

    private mutating func judge(_ address: ReplyAddress, _ key: String) {
        switch address {
        case .none: add(.replyAddress, "\(key): there is no reply_to")
        case .refused: add(.replyAddress, "\(key): reply_to is not this front end's")
        case .direct: break
        case .queue(let name):
            let random = name.split(separator: ".").last ?? ""
            if random.count < 16 { add(.guessableQueue, key) }
        }
    }

    // MARK: One job beside the others

    /// Whether this very job came before.
    private mutating func judgeID(_ id: String, _ key: String, _ body: [UInt8]) -> Bool {
        if let before = known[id] {
            let isSame = before.key == key && before.body == body
            if !isSame { add(.reusedID, key) }
            return isSame
        }
        // The store is not asked twice by these: they only read.
        let reads = key == "options" || key == "outcome"
        if !reads, known.values.contains(where: { $0.key == key && $0.body == body && !$0.isAnswered }) {
            add(.newID, "\(key): the same job came again under another message_id, without a reply in between")
        }
        known[id] = Known(key: key, body: body, isAnswered: false)
        return false
    }

    private func isStep(_ kind: JobKind) -> Bool { kind == .send || kind == .check }

    private mutating func judgeOrder(_ kind: JobKind, isRepeat: Bool) {
        let keys = Set(known.values.map(\.key))
        if isStep(kind), !keys.contains("options") { add(.neverAsked, kind.rawValue) }
        guard !isRepeat else { return }
        let isAfterAnEnd =
            switch situation {
            case .notRequired, .contactAdministrator, .outageOfOptions: isStep(kind)
            case .throttledSend, .blockedSend, .methodDisabled, .lateSend: kind == .check
            case .signIn, .wrongCode, .expiredCode, .invalidCode, .outageOfCheck, .uncertainCheck, .unknownOutcome,
                .unreadableReply, .unknownFields, .repeatedReply, .strangersReply, .lostReply,
                .lateReply,
                .silence, .replyQueueGone, .brokerRestart:
                false
            }
        if isAfterAnEnd { add(.needlessJob, "\(kind.rawValue), though \(situation.summary)") }
    }
}
