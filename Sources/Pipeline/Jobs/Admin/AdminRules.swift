import Basics
import FoundationEssentials
import SitePolicy
import Store
import Wire

/// What an administrator's job does: pure, run in the transaction that records it, with its line in the audit trail.
struct AdminRules: JobRules {
    var draft: ReplyDraft
    var kind: JobKind
    var key: JobKey
    var login: Job.Login
    var request: AdminRequest
    /// The number of `admin.user.set`, read.
    var place: NumberPlace?
    var deadline: Timestamp
    var settings: PipelineSettings
    /// The secrets that this job's reply may carry.
    var secrets: [WithheldField: Redacted<String>]
    /// What stands for an erased person from then on: unlike a hash, it leads nowhere.
    var pseudonym: String
    /// The dead letters that the job is about, looked at before: bodies and all would be too much for the transaction.
    var letters = LetterPage()
    /// The entries of the audit trail that the job asks for, likewise.
    var trail: [AuditRow] = []
    /// What Twilio tells of the message that the job asks about, likewise.
    var delivery = DeliveryFinding.notLookedAt
    /// What was done to letters in steps before.
    var moved = LetterMoves.Tally()

    static let ticketLife: Duration = .seconds(72 * 3600)

    var wanted: Wanted {
        var wanted = Wanted()
        switch request.action {
        case .optionsSet: wanted.census = true
        case .userGet, .userSet, .userBypass: wanted = profileWanted
        case .userUnlock:
            wanted = explanation.wanted
            wanted.handedOut = true
        case .userList(let filter, let after, let limit):
            // One more tells whether there is a next page.
            wanted.page = UserPage(filter: filter, after: after, limit: limit + 1)
        case .userReset, .userErase:
            wanted = profileWanted
            (wanted.openCodes, wanted.authenticator) = (true, true)
        case .userRename(let to):
            wanted = profileWanted
            (wanted.otherUser, wanted.authenticator) = (to, true)
        case .explain:
            wanted = explanation.wanted
            wanted.handedOut = true
        case .optionsGet, .userDelivery, .auditList, .deadList, .deadShow, .deadReplay, .deadDiscard, .deadRestore:
            break
        }
        return wanted
    }

    /// What a profile shows beside the person's record.
    private var profileWanted: Wanted {
        var wanted = Wanted()
        wanted.tallies = [.wrongCodesOfUser: settings.limits.wrongCodesPerUserHour]
        wanted.handedOut = true
        return wanted
    }

    func decide(_ situation: Situation) -> Decision {
        if deadline - situation.now < ReplyDraft.leastTime { return .answer(audited(.late, situation)) }
        switch request.action {
        case .optionsGet: return .answer(optionsGet(situation))
        case .optionsSet(let changes, let dryRun): return .answer(optionsSet(changes, dryRun, situation))
        case .userGet: return .answer(audited(.done, situation) { $0.profile = profile(situation) })
        case .userList(_, _, let limit): return .answer(list(limit, situation))
        case .userSet(let values): return .answer(userSet(values, situation))
        case .userReset(let reason, let what, let ticket): return reset(reason, what, ticket, situation)
        case .userUnlock: return unlock(situation)
        case .userBypass(let reason, let minutes, let create):
            return .answer(bypass(reason, minutes, create, situation))
        case .userErase(let reason): return .answer(erase(reason, situation))
        case .userRename(let to): return .answer(rename(to, situation))
        case .userDelivery: return .answer(delivered(situation))
        case .explain: return .answer(explanation.answer(self, situation))
        case .auditList(let selection): return .answer(auditList(selection, situation))
        case .deadList: return .answer(listed(withBodies: false, situation))
        case .deadShow: return .answer(listed(withBodies: true, situation))
        case .deadReplay, .deadDiscard, .deadRestore: return .answer(move(situation))
        }
    }

    var explanation: Explanation { Explanation(login: login, settings: settings) }

    /// An answer with its line in the audit trail.
    func audited(
        _ outcome: Outcome, reason: Reason? = nil, _ situation: Situation, changes: [Change] = [],
        detail: [String: String] = [:], user: String? = nil, formerUser: String? = nil,
        _ fill: (inout Reply) -> Void = { _ in }
    ) -> Answer {
        let entry = AuditEntry(
            at: situation.now, administrator: request.administrator, frontEnd: key.frontEnd, kind: kind,
            messageID: key.messageID, user: user ?? login.user, formerUser: formerUser, outcome: outcome,
            reason: reason,
            detail: Self.json(detail))
        return draft.answer(outcome, reason, at: situation.now, changes: changes + [.audit(entry)], fill)
    }

    func refused(_ problems: [FieldProblem], _ situation: Situation) -> Answer {
        let detail = ["errors": problems.told.map { "\($0.field): \($0.reason)" }.joined(separator: ", ")]
        return audited(.invalid, reason: .malformed, situation, detail: detail) { $0.errors = problems.told }
    }

    static func json(_ detail: [String: String]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(detail)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

extension Pipeline {
    func administration(_ request: AdminRequest, _ job: Job, _ draft: ReplyDraft, _ new: NewJob)
        -> Preparation
    {
        var place: NumberPlace?
        if case .userSet(let values) = request.action, let phone = values.phone {
            switch NumberPlace.read(phone, nil) {
            case .failure(let problem): return .invalid(.malformed, [problem.field(of: phone, nil)])
            case .success(let read): place = read
            }
        }
        var secrets: [WithheldField: Redacted<String>] = [:]
        for field in [WithheldField.code, .ticket] { secrets[field] = store.secret(field, of: new.key) }
        return .rules(
            AdminRules(
                draft: draft, kind: job.kind, key: new.key, login: job.login, request: request, place: place,
                deadline: new.deadline, settings: settings, secrets: secrets,
                pseudonym: "erased-\(RandomID.hex(bytes: 8))"))
    }
}
