import Basics
import Store
import Wire

/// What decides one kind of job: pure, run in the store's transaction.
protocol JobRules: Sendable {
    /// What the decision looks at beside the person and their code.
    var wanted: Wanted { get }
    func decide(_ situation: Situation) -> Decision
}

/// What a well-formed job needs: rules and a transaction, or only a look.
enum Preparation: Sendable {
    /// With what was typed, for a check.
    case rules(any JobRules, code: Redacted<String>? = nil)
    case options(OptionsRules)
    /// The recorded reply of this message id.
    case outcome(String)
    case invalid(Reason?, [FieldProblem])
}

extension Pipeline {
    /// Finds the rules of a job, and reads the numbers that it names.
    @inline(never)
    func prepare(_ job: Job, _ draft: ReplyDraft, _ new: inout NewJob) -> Preparation {
        let (login, deadline) = (job.login, new.deadline)
        switch job.request {
        case .options: return .options(OptionsRules(login: login, settings: settings))
        case .outcome(let id): return .outcome(id)
        case .registerPhone(let phone, let region, let channel, let ticket):
            let rules = SendRules(
                draft: draft, login: login, channel: channel, purpose: .register, ticket: ticket, deadline: deadline,
                settings: settings)
            return registration(of: phone, region, by: rules, &new)
        case .registerAuthenticator(let label, let picture, let ticket):
            return .rules(
                EnrolRules(
                    draft: draft, login: login, label: label ?? login.user, picture: picture, ticket: ticket,
                    deadline: deadline, settings: settings, identity: RandomID.uuid(), secret: TOTP.freshSecret()))
        case .send(let channel):
            return .rules(
                SendRules(
                    draft: draft, login: login, channel: channel, purpose: .login, deadline: deadline,
                    settings: settings))
        case .check(let code, let method):
            return .rules(
                CheckRules(
                    draft: draft, login: login, code: code, method: method, deadline: deadline, settings: settings),
                code: code)
        case .cancel(let id):
            let send = id.map { JobKey(frontEnd: new.key.frontEnd, messageID: $0) }
            return .rules(CancelRules(draft: draft, login: login, send: send, deadline: deadline))
        case .admin(let request): return administration(request, job, draft, new)
        }
    }
}

/// The ways of the kinds of calls are never inlined into each other: what one of them holds would lie in the frames of all.
extension Caller {
    /// Makes the call of a fresh intent of ours.
    func carryOut(_ intent: Intent, code: Redacted<String>?) async throws(StoreError) -> Finished {
        switch intent.call {
        case .send: return try await send(intent)
        case .check(let planned): return try await check(conclusions(intent, planned), code)
        case .cancel: return try await cancel(intent)
        case .enrol: return try await enrol(intent)
        case .prove(let factor): return try await prove(conclusions(intent, factor), factor, code)
        case .challenge(let planned):
            return try await check(conclusions(intent, planned), code, answering: planned.open)
        }
    }

    /// Sees an intent through that another worker left behind; `nil` when it was given back undone.
    func resume(_ intent: Intent, code: Redacted<String>?) async throws(StoreError) -> Finished? {
        let mayRunUntil = intent.formerLeaseUntil ?? clocks.monotonic()
        switch intent.call {
        case .send: return try await reconciler.send(intent, callOverAt: mayRunUntil)
        case .check(let planned):
            return try await resumeCheck(conclusions(intent, planned), code, callOverAt: mayRunUntil)
        case .cancel: return try await cancel(intent)
        case .enrol: return try await reconciler.enrol(intent, callOverAt: mayRunUntil)
        case .prove(let factor):
            return try await resumeCheck(conclusions(intent, factor), code, callOverAt: mayRunUntil)
        case .challenge(let planned):
            return try await resumeCheck(conclusions(intent, planned), code, callOverAt: mayRunUntil)
        }
    }
}
