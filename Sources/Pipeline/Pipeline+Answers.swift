import Basics
public import Store
public import Wire

extension Pipeline {
    /// How long after its deadline an `approved` is still repeated: a late repeat must not let anybody in.
    private static let approvalRepeat: Duration = .seconds(60)

    /// The recorded reply, to the address and correlation of this very message.
    func answer(_ record: RecordedReply, _ envelope: Envelope, _ address: ReplyAddress) -> Disposition {
        let now = clocks.wall()
        guard record.outcome == .approved, now > record.deadline + Self.approvalRepeat else {
            return disposition(record.body, record.outcome, record.key, envelope, address)
        }
        let draft = ReplyDraft(job: record.key.messageID, user: record.user, application: nil)
        let reply = draft.reply(.expired, .alreadyUsed, at: now)
        return disposition(reply.encoded(), .expired, record.key, envelope, address)
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

    func newJob(_ job: Job, _ messageID: String, _ read: ReadJob, _ envelope: Envelope) -> NewJob {
        NewJob(
            key: JobKey(frontEnd: envelope.userID ?? "", messageID: messageID), kind: job.kind,
            body: Redacted(bytes(envelope)), login: job.login, receivedAt: envelope.receivedAt,
            deadline: read.deadline)
    }

    func bytes(_ envelope: Envelope) -> [UInt8] {
        guard case .bytes(let bytes) = envelope.body else { return [] }
        return bytes
    }

    func invalid(
        _ draft: ReplyDraft, _ reason: Reason?, _ problems: [FieldProblem], _ dead: DeadLetterReason?,
        _ envelope: Envelope
    ) -> Answer {
        let changes = dead.map { [Change.deadLetter(letter(envelope, $0))] } ?? []
        return draft.answer(.invalid, reason, at: clocks.wall(), changes: changes) {
            $0.errors = problems.isEmpty ? nil : problems
        }
    }

    /// Records an answer that needed no decision, and answers with it. Without a message id there is no record.
    func refuse(
        _ envelope: Envelope, _ read: ReadJob, _ answer: Answer, _ address: ReplyAddress
    ) async throws(StoreError) -> Disposition {
        guard let messageID = read.messageID, let kind = read.kind else {
            _ = try await store.refuse(nil, answer: answer)
            return disposition(answer.body, answer.outcome, nil, envelope, address)
        }
        let job = NewJob(
            key: JobKey(frontEnd: envelope.userID ?? "", messageID: messageID), kind: kind,
            body: Redacted(bytes(envelope)),
            login: Job.Login(user: read.user ?? "", application: read.application ?? .web),
            receivedAt: envelope.receivedAt, deadline: read.deadline)
        guard let record = try await store.refuse(job, answer: answer) else {
            return disposition(answer.body, answer.outcome, nil, envelope, address)
        }
        return self.answer(record, envelope, address)
    }

    /// Keeps a message that nobody can be answered for.
    func bury(_ envelope: Envelope, _ reason: DeadLetterReason) async throws(StoreError) -> Disposition {
        let answer = Answer(
            outcome: .invalid, reason: nil, body: [], changes: [.deadLetter(letter(envelope, reason))])
        _ = try await store.refuse(nil, answer: answer)
        return Disposition()
    }

    /// Takes over what the broker itself dead-lettered.
    public func takeDeadLetter(_ envelope: Envelope) async throws(StoreError) {
        _ = try await bury(envelope, .broker)
    }

    /// Ends a job that workers keep dying of.
    func poisoned(_ intent: Intent, _ envelope: Envelope) async throws(StoreError) -> Finished {
        let dead = letter(envelope, .poison)
        return try await store.finish(intent) { situation in
            ReplyDraft(intent).answer(.unavailable, .poison, at: situation.now, changes: [.deadLetter(dead)])
        }
    }

    private func letter(_ envelope: Envelope, _ reason: DeadLetterReason) -> DeadLetter {
        DeadLetter(
            reason: reason, routingKey: envelope.routingKey, frontEnd: envelope.userID ?? "",
            messageID: envelope.messageID, body: Redacted(CodeBlanker.blank(bytes(envelope))), at: clocks.wall())
    }
}
