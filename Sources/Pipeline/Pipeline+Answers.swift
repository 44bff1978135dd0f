import Basics
import Store
import Wire

extension JobKey {
    /// A message id is its front end's.
    init(of envelope: Envelope, _ messageID: String) {
        self.init(frontEnd: envelope.userID ?? "", messageID: messageID)
    }
}

extension Pipeline {
    /// How long after its deadline an `approved` is still repeated: a late repeat must not let anybody in.
    private static let approvalRepeat: Duration = .seconds(60)

    /// The recorded reply, to the address and correlation of this very message.
    ///
    /// - Parameters:
    ///   - user: the job's own, for a record that must not hold it.
    ///   - isFresh: it was recorded just now.
    func answer(
        _ context: JobContext, _ record: RecordedReply, user: String?, isFresh: Bool
    ) async throws(StoreError) {
        switch record.withheld {
        case .enrolment(let identity, let picture)?:
            let open = try await store.enrolment(of: record.user)
            answer(context, record, showing: open, identity, picture, isFresh: isFresh)
        case .user?, .code?, .ticket?, nil: answerAtOnce(context, record, user: user, isFresh: isFresh)
        }
    }

    /// With what no look at the store is needed for.
    ///
    /// Never inlined: its values would lie in the frame of who waits.
    @inline(never)
    private func answerAtOnce(_ context: JobContext, _ record: RecordedReply, user: String?, isFresh: Bool) {
        switch record.withheld {
        case .user?:
            let body = filled(record) {
                $0.user = user
                if let user { $0.profile?.user = user }
            }
            answer(context, record, body ?? record.body, isFresh: isFresh)
        case .code?: answer(context, record, secret: .code, \.code, isFresh: isFresh)
        case .ticket?: answer(context, record, secret: .ticket, \.ticket, isFresh: isFresh)
        case .enrolment?, nil: answer(context, record, record.body, isFresh: isFresh)
        }
    }

    private func answer(
        _ context: JobContext, _ record: RecordedReply, _ body: [UInt8], isSecret: Bool = false,
        lapse: Disposition.Lapse? = nil, isFresh: Bool
    ) {
        let (now, lapse) = (clocks.wall(), lapse ?? Self.lapse(of: record))
        let isOver = lapse.map { now > $0.at } ?? false
        context.answer(
            isOver ? lapse?.body(at: now) ?? body : body, record.outcome, of: record.key, isSecret: isSecret,
            lapse: lapse)
        context.disposition.fresh = isFresh ? record : nil
    }

    /// An approval is good for a while only.
    private static func lapse(of record: RecordedReply) -> Disposition.Lapse? {
        guard record.outcome == .approved else { return nil }
        return Disposition.Lapse(of: record, at: record.deadline + approvalRepeat, .alreadyUsed)
    }

    private func filled(_ record: RecordedReply, _ fill: (inout Reply) -> Void) -> [UInt8]? {
        guard var reply = try? Reply.decode(record.body) else { return nil }
        fill(&reply)
        return reply.encoded()
    }

    /// With a bypass code or a ticket, which no record holds.
    private func answer(
        _ context: JobContext, _ record: RecordedReply, secret field: WithheldField,
        _ place: WritableKeyPath<Reply, String?>, isFresh: Bool
    ) {
        let secret = store.secret(field, of: record.key)?.revealed
        guard let body = filled(record, { $0[keyPath: place] = secret }) else {
            return answer(context, record, record.body, isFresh: isFresh)
        }
        answer(context, record, body, isSecret: true, isFresh: isFresh)
    }

    /// With an authenticator's secret, which is good as long as its enrolment is open.
    @inline(never)
    private func answer(
        _ context: JobContext, _ record: RecordedReply, showing open: Enrolment?, _ identity: String,
        _ picture: Picture, isFresh: Bool
    ) {
        let now = clocks.wall()
        guard var reply = try? Reply.decode(record.body) else {
            return answer(context, record, record.body, isFresh: isFresh)
        }
        guard let open, open.identity == identity, open.isOpen(at: now), reply.show(open, picture) else {
            let over = Disposition.Lapse(of: record, at: now, .enrolmentExpired)
            return answer(context, record, over.body(at: now), isFresh: isFresh)
        }
        answer(
            context, record, reply.encoded(), isSecret: true,
            lapse: Disposition.Lapse(of: record, at: open.expiresAt, .enrolmentExpired), isFresh: isFresh)
    }

    func newJob(_ job: Job, _ messageID: String, _ context: JobContext) -> NewJob {
        var new = NewJob(
            key: JobKey(of: context.envelope, messageID), kind: job.kind, body: Redacted(context.bytes),
            login: job.login, receivedAt: context.envelope.receivedAt, deadline: context.read.deadline)
        new.asked = job.request.method
        return new
    }
}

extension Job.Request {
    /// The method that it names, where it names one alone.
    fileprivate var method: Wire.Method? {
        switch self {
        case .registerPhone(_, _, let channel, _), .send(let channel): .code(channel)
        case .registerAuthenticator, .check(_, .authenticator?): .authenticator
        case .options, .outcome, .check, .cancel, .admin: nil
        }
    }
}
