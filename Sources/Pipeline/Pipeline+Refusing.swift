import Basics
public import Store
public import Wire

/// Messages that are answered, or only kept, without any decision.
extension Pipeline {
    func refuse(
        _ draft: ReplyDraft, _ reason: Reason?, _ problems: [FieldProblem], _ dead: DeadLetterReason?,
        _ envelope: Envelope, _ read: ReadJob, _ address: ReplyAddress
    ) async throws(StoreError) -> Disposition {
        let answer = invalid(draft, reason, problems, dead, envelope, read)
        var disposition = try await refuse(envelope, read, answer, address)
        // A repeat is not counted again.
        if dead == nil, disposition.fresh != nil || disposition.key == nil {
            disposition.mistypedFields = Set(problems.filter(\.isMistyped).map(\.field))
        }
        return disposition
    }

    private func invalid(
        _ draft: ReplyDraft, _ reason: Reason?, _ problems: [FieldProblem], _ dead: DeadLetterReason?,
        _ envelope: Envelope, _ read: ReadJob
    ) -> Answer {
        let changes = dead.map { [Change.deadLetter(letter(envelope, read, $0))] } ?? []
        let answer = draft.answer(.invalid, reason, at: clocks.wall(), changes: changes) {
            $0.errors = problems.isEmpty ? nil : problems.told
        }
        return audited(answer, envelope, read)
    }

    /// Site options that there are not make a job malformed like any field that cannot be read. Whatever else rules call
    /// invalid depends on how things stand, and the same message may be good later: it is not kept.
    func keptIfInvalid(_ decision: Decision, _ envelope: Envelope, _ read: ReadJob) -> Decision {
        guard read.kind == .adminOptionsSet, case .answer(var answer) = decision, answer.outcome == .invalid else {
            return decision
        }
        answer.changes.append(.deadLetter(letter(envelope, read, .malformed)))
        return .answer(answer)
    }

    /// An administrator's job leaves its line in the audit trail also when it is refused.
    func audited(
        _ answer: Answer, _ envelope: Envelope, _ read: ReadJob, detail: [String: String] = [:]
    ) -> Answer {
        guard let kind = read.kind, kind.isAdministration else { return answer }
        let frontEnd = envelope.userID ?? ""
        let entry = AuditEntry(
            at: clocks.wall(), administrator: read.administrator ?? "", frontEnd: frontEnd, kind: kind,
            messageID: read.messageID, user: read.user ?? "", outcome: answer.outcome, reason: answer.reason,
            detail: AdminRules.json(detail))
        let mayAdminister = settings.frontEnds.isEmpty || settings.frontEnds[frontEnd]?.isAdmin == true
        var audited = answer
        audited.changes.append(mayAdminister ? .audit(entry) : .refusedAudit(entry))
        return audited
    }

    /// Records an answer that needed no decision, and answers with it. Without a message id there is no record.
    func refuse(
        _ envelope: Envelope, _ read: ReadJob, _ answer: Answer, _ address: ReplyAddress
    ) async throws(StoreError) -> Disposition {
        var disposition = try await recordRefusal(envelope, read, answer, address)
        if disposition.fresh != nil || disposition.key == nil { disposition.deadLetter = answer.deadLetter }
        return disposition
    }

    private func recordRefusal(
        _ envelope: Envelope, _ read: ReadJob, _ answer: Answer, _ address: ReplyAddress
    ) async throws(StoreError) -> Disposition {
        guard let messageID = read.messageID, let kind = read.kind, !kind.onlyReads else {
            _ = try await store.refuse(nil, answer: answer)
            return disposition(answer.body, answer.outcome, nil, envelope, address)
        }
        let job = NewJob(
            key: JobKey(of: envelope, messageID), kind: kind,
            body: Redacted(bytes(envelope)),
            login: Job.Login(user: read.user ?? "", application: read.application ?? .web),
            receivedAt: envelope.receivedAt, deadline: read.deadline)
        switch try await store.refuse(job, answer: answer) {
        case .recorded(let record, let fresh):
            return try await self.answer(record, read.user, envelope, address, fresh: fresh)
        case .reused: return reused(ReplyDraft(read), envelope, address)
        default: return disposition(answer.body, answer.outcome, nil, envelope, address)
        }
    }

    /// The id was used before, for another body or key.
    func reused(_ draft: ReplyDraft, _ envelope: Envelope, _ address: ReplyAddress) -> Disposition {
        let reply = draft.reply(.invalid, .messageIDReused, at: clocks.wall()) {
            $0.errors = [FieldProblem("message_id", "reused")]
        }
        return disposition(reply.encoded(), .invalid, nil, envelope, address)
    }

    /// Keeps a message that nobody can be answered for.
    func bury(_ envelope: Envelope, _ read: ReadJob, _ reason: DeadLetterReason) async throws(StoreError)
        -> Disposition
    {
        let answer = Answer(
            outcome: .invalid, reason: nil, body: [], changes: [.deadLetter(letter(envelope, read, reason))])
        let detail = ["dead_letter": reason.rawValue]
        _ = try await store.refuse(nil, answer: audited(answer, envelope, read, detail: detail))
        return Disposition(deadLetter: reason)
    }

    /// Takes over what the broker itself dead-lettered; its person may still be waiting.
    public func takeDeadLetter(_ envelope: Envelope) async throws(StoreError) {
        let letter = letter(envelope, decoder.read(envelope), .broker)
        let answer = Answer(outcome: .invalid, reason: nil, body: [], changes: [.deadLetter(letter)])
        _ = try await store.refuse(nil, answer: answer)
    }

    /// Whether workers keep dying of a message before they can note that they began.
    func isPoison(_ envelope: Envelope, _ read: ReadJob) async throws(StoreError) -> Bool {
        guard envelope.redelivered, envelope.deliveryCount >= Self.mostDeliveries else { return false }
        guard let id = read.messageID else { return true }
        guard case .unknown = try await store.state(of: JobKey(of: envelope, id)) else {
            return false
        }
        return true
    }

    func poison(_ draft: ReplyDraft, _ envelope: Envelope, _ read: ReadJob) -> Answer {
        draft.answer(
            .unavailable, .poison, at: clocks.wall(), changes: [.deadLetter(letter(envelope, read, .poison))])
    }

    /// Ends a job that workers keep dying of.
    func poisoned(_ intent: Intent, _ envelope: Envelope, _ read: ReadJob) async throws(StoreError) -> Finished {
        let answer = poison(ReplyDraft(intent), envelope, read)
        return try await store.finish(intent) { _ in answer }
    }

    func letter(_ envelope: Envelope, _ read: ReadJob, _ reason: DeadLetterReason) -> DeadLetter {
        DeadLetter(
            reason: reason, routingKey: envelope.routingKey, frontEnd: envelope.userID ?? "",
            messageID: envelope.messageID, properties: AdminRules.json(envelope.shownProperties),
            body: Redacted(CodeBlanker.blank(bytes(envelope))), deadline: read.deadline, at: clocks.wall(),
            mayBeKnown: envelope.redelivered)
    }
}

extension Answer {
    /// Why the message is kept, if the answer keeps it.
    fileprivate var deadLetter: DeadLetterReason? {
        for case .deadLetter(let letter) in changes { return letter.reason }
        return nil
    }
}

extension Envelope {
    /// What an operator may want to see of a dead letter's properties; bounded, since anybody can write them.
    fileprivate var shownProperties: [String: String] {
        let values: [(String, String?)] = [
            ("content_type", contentType), ("content_encoding", contentEncoding), ("type", type), ("app_id", appID),
            ("reply_to", replyTo), ("deadline", deadline), ("exchange", exchange),
            ("delivery_count", String(deliveryCount)),
        ]
        return Dictionary(
            uniqueKeysWithValues: values.compactMap { name, value in value.map { (name, String($0.prefix(255))) } })
    }
}
