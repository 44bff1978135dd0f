import Basics
public import Store
public import Wire

/// Messages that are answered, or only kept, without any decision.
extension Pipeline {
    @inline(never)
    func refuse(
        _ context: JobContext, _ draft: ReplyDraft, _ reason: Reason?, _ problems: [FieldProblem],
        _ dead: DeadLetterReason?
    ) async throws(StoreError) {
        let changes = dead.map { [Change.deadLetter(letter(context, $0))] } ?? []
        let answer = draft.answer(.invalid, reason, at: clocks.wall(), changes: changes) {
            $0.errors = problems.isEmpty ? nil : problems.told
        }
        try await refuse(context, audited(answer, context))
        // A repeat is not counted again.
        if dead == nil, context.disposition.fresh != nil || context.disposition.key == nil {
            context.disposition.mistypedFields = Set(problems.filter(\.isMistyped).map(\.field))
        }
    }

    /// What decides a job.
    ///
    /// Site options that there are not make one malformed like any field that cannot be read. Whatever else rules call
    /// invalid depends on how things stand, and the same message may be good later: it is not kept.
    func deciding(by rules: any JobRules, _ context: JobContext) -> @Sendable (Situation) -> Decision {
        guard context.read.kind == .adminOptionsSet else { return { rules.decide($0) } }
        let letter = letter(context, .malformed)
        return { situation in
            let decision = rules.decide(situation)
            guard case .answer(var answer) = decision, answer.outcome == .invalid else { return decision }
            answer.changes.append(.deadLetter(letter))
            return .answer(answer)
        }
    }

    /// An administrator's job leaves its line in the audit trail also when it is refused.
    func audited(_ answer: Answer, _ context: JobContext, detail: [String: String] = [:]) -> Answer {
        guard let kind = context.read.kind, kind.isAdministration else { return answer }
        let frontEnd = context.envelope.userID ?? ""
        let entry = AuditEntry(
            at: clocks.wall(), administrator: context.read.administrator ?? "", frontEnd: frontEnd, kind: kind,
            messageID: context.read.messageID, user: context.read.user ?? "", outcome: answer.outcome,
            reason: answer.reason, detail: AdminRules.json(detail))
        let mayAdminister = settings.frontEnds.isEmpty || settings.frontEnds[frontEnd]?.isAdmin == true
        var audited = answer
        audited.changes.append(mayAdminister ? .audit(entry) : .refusedAudit(entry))
        return audited
    }

    /// Records an answer that needed no decision, and answers with it.
    ///
    /// Without a message id there is no record.
    @inline(never)
    func refuse(_ context: JobContext, _ answer: Answer) async throws(StoreError) {
        try await recordRefusal(context, answer)
        if context.disposition.fresh != nil || context.disposition.key == nil {
            context.disposition.deadLetter = answer.deadLetter
        }
    }

    private func recordRefusal(_ context: JobContext, _ answer: Answer) async throws(StoreError) {
        let read = context.read
        guard let messageID = read.messageID, let kind = read.kind, !kind.onlyReads else {
            _ = try await store.refuse(nil, answer: answer)
            return context.answer(answer.body, answer.outcome)
        }
        let job = NewJob(
            key: JobKey(of: context.envelope, messageID), kind: kind, body: Redacted(context.bytes),
            login: Job.Login(user: read.user ?? "", application: read.application ?? .web),
            receivedAt: context.envelope.receivedAt, deadline: read.deadline)
        switch try await store.refuse(job, answer: answer) {
        case .recorded(let record, let fresh)?:
            try await self.answer(context, record, user: read.user, isFresh: fresh)
        case .reused?: reused(ReplyDraft(context), context)
        case .inProgress?, .busy?, .abandoned?, .intent?, nil: context.answer(answer.body, answer.outcome)
        }
    }

    /// The id was used before, for another body or key.
    func reused(_ draft: ReplyDraft, _ context: JobContext) {
        context.answer(
            draft.reply(.invalid, .messageIDReused, at: clocks.wall()) {
                $0.errors = [FieldProblem("message_id", "reused")]
            })
    }

    /// Keeps a message that nobody can be answered for.
    @inline(never)
    func bury(_ context: JobContext, _ reason: DeadLetterReason) async throws(StoreError) {
        let answer = Answer(outcome: .invalid, reason: nil, body: [], changes: [.deadLetter(letter(context, reason))])
        let detail = ["dead_letter": reason.rawValue]
        _ = try await store.refuse(nil, answer: audited(answer, context, detail: detail))
        context.disposition.deadLetter = reason
    }

    /// Takes over what the broker itself dead-lettered; its person may still be waiting.
    public func takeDeadLetter(_ envelope: Envelope) async throws(StoreError) {
        let letter = letter(JobContext(envelope, slot: NoSlot()), .broker)
        let answer = Answer(outcome: .invalid, reason: nil, body: [], changes: [.deadLetter(letter)])
        _ = try await store.refuse(nil, answer: answer)
    }

    /// Whether workers keep dying of a message before they can note that they began.
    func isPoison(_ context: JobContext) async throws(StoreError) -> Bool {
        guard context.envelope.redelivered, context.envelope.deliveryCount >= Self.mostDeliveries else { return false }
        guard let id = context.read.messageID else { return true }
        switch try await store.state(of: JobKey(of: context.envelope, id)) {
        case .unknown: return true
        case .inProgress, .recorded: return false
        }
    }

    func poison(_ draft: ReplyDraft, _ context: JobContext) -> Answer {
        draft.answer(
            .unavailable, .poison, at: clocks.wall(), changes: [.deadLetter(letter(context, .poison))])
    }

    /// Ends a job that workers keep dying of.
    func poisoned(_ intent: Intent, _ context: JobContext) async throws(StoreError) -> Finished {
        let answer = poison(ReplyDraft(intent), context)
        return try await store.finish(intent) { _ in answer }
    }

    func letter(_ context: JobContext, _ reason: DeadLetterReason) -> DeadLetter {
        let envelope = context.envelope
        return DeadLetter(
            reason: reason, routingKey: envelope.routingKey, frontEnd: envelope.userID ?? "",
            messageID: envelope.messageID, properties: AdminRules.json(envelope.shownProperties),
            body: Redacted(CodeBlanker.blank(context.bytes)), deadline: context.read.deadline, at: clocks.wall(),
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
