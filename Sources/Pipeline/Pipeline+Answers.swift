import Basics
import Store
import Wire

extension ReplyDraft {
    /// As much as could be read of a message.
    init(_ read: ReadJob) {
        self.init(job: read.messageID, user: read.user, application: read.application)
    }
}

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
    /// - Parameter user: the job's own, for a record that must not hold it.
    func answer(
        _ record: RecordedReply, _ user: String?, _ envelope: Envelope, _ address: ReplyAddress, fresh: Bool
    ) async throws(StoreError) -> Disposition {
        var lapse = lapse(of: record)
        let content = try await content(of: record, user: user, &lapse)
        var result = disposition(content.body, record.outcome, record.key, envelope, address)
        if fresh { result.fresh = record }
        result.publication?.isSecret = content.isSecret
        result.publication?.lapse = lapse
        if let publication = result.publication { result.publication?.body = publication.body(at: clocks.wall()) }
        return result
    }

    /// An approval is good for a while only.
    private func lapse(of record: RecordedReply) -> Disposition.Lapse? {
        guard record.outcome == .approved else { return nil }
        return Disposition.Lapse(at: record.deadline + Self.approvalRepeat) { expired(record, .alreadyUsed).encoded() }
    }

    /// The recorded body with what is not kept in it, and whether that is an authenticator's secret, a bypass code or a
    /// ticket. A secret is good as long as its enrolment is open.
    private func content(
        of record: RecordedReply, user: String?, _ lapse: inout Disposition.Lapse?
    ) async throws(StoreError) -> (body: [UInt8], isSecret: Bool) {
        guard let field = record.withheld, var reply = try? Reply.decode(record.body) else {
            return (record.body, false)
        }
        switch field {
        case .code: reply.code = store.secret(.code, of: record.key)?.revealed
        case .ticket: reply.ticket = store.secret(.ticket, of: record.key)?.revealed
        case .user:
            reply.user = user
            if let user { reply.profile?.user = user }
            return (reply.encoded(), false)
        case .enrolment(let identity, let picture):
            guard let open = try await store.enrolment(of: record.user), open.identity == identity,
                open.isOpen(at: clocks.wall()), reply.show(open, picture)
            else { return (expired(record, .enrolmentExpired).encoded(), false) }
            lapse = Disposition.Lapse(at: open.expiresAt) { expired(record, .enrolmentExpired).encoded() }
        }
        return (reply.encoded(), true)
    }

    /// What stands for a recorded reply that may not be given any more.
    private func expired(_ record: RecordedReply, _ reason: Reason) -> Reply {
        let draft = ReplyDraft(id: record.key.messageID, kind: record.kind, login: Job.Login(user: record.user))
        let application = (try? Reply.decode(record.body))?.application
        return draft.reply(.expired, reason, at: clocks.wall()) { $0.application = application }
    }

    func disposition(
        _ body: [UInt8], _ outcome: Outcome, _ key: JobKey?, _ envelope: Envelope, _ address: ReplyAddress
    ) -> Disposition {
        var result = Disposition(key: key, outcome: outcome)
        guard address.routingKey != nil else { return result }
        result.publication = Disposition.Publication(
            address: address, body: body, type: "verify.\(envelope.routingKey).result.v1",
            messageID: envelope.messageID.flatMap { $0.utf8.count <= 253 ? "r:\($0)" : nil },
            correlationID: envelope.correlationID.flatMap { $0.count <= 128 ? $0 : nil }
                ?? envelope.messageID.flatMap { $0.utf8.count <= 255 ? Array($0.utf8) : nil },
            traceparent: envelope.traceparent)
        return result
    }

    /// The recorded reply of another job of the same front end and person: what `outcome` asks for.
    func lookUp(
        _ id: String, of job: NewJob, _ draft: ReplyDraft, _ envelope: Envelope, _ address: ReplyAddress
    ) async throws(StoreError) -> Disposition {
        let now = clocks.wall()
        func reply(_ outcome: Outcome, _ reason: Reason? = nil) -> Disposition {
            disposition(draft.reply(outcome, reason, at: now).encoded(), outcome, nil, envelope, address)
        }
        if job.deadline - now < ReplyDraft.leastTime { return reply(.late) }
        switch try await store.state(of: JobKey(frontEnd: job.key.frontEnd, messageID: id)) {
        case .recorded(let record) where isSame(record.user, job.login.user):
            // Another job's record: it is not this message's to settle.
            var result = try await answer(record, record.user, envelope, address, fresh: false)
            result.key = nil
            return result
        case .inProgress(let user) where isSame(user, job.login.user): return reply(.unknownJob, .inProgress)
        default: return reply(.unknownJob, .noRecord)
        }
    }

    /// Users are compared exactly: Swift takes texts for equal that only look it.
    private func isSame(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

    func newJob(_ job: Job, _ messageID: String, _ read: ReadJob, _ envelope: Envelope) -> NewJob {
        NewJob(
            key: JobKey(of: envelope, messageID), kind: job.kind,
            body: Redacted(bytes(envelope)), login: job.login, receivedAt: envelope.receivedAt,
            deadline: read.deadline)
    }

    func bytes(_ envelope: Envelope) -> [UInt8] {
        guard case .bytes(let bytes) = envelope.body else { return [] }
        return bytes
    }
}
