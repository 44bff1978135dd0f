import Basics
import SitePolicy
import Store
import TwilioVerify
import Wire

/// Whether an authenticator may be registered, and with which secret.
struct EnrolRules: JobRules {
    var draft: ReplyDraft
    var login: Job.Login
    /// Shown in the app.
    var label: String
    var picture: Picture
    var ticket: Redacted<String>?
    var deadline: Timestamp
    var settings: PipelineSettings
    /// Fresh, for a new enrolment: Twilio's entity, and 20 bytes.
    var identity: String
    var secret: Redacted<[UInt8]>

    private var registration: RegistrationRules { RegistrationRules(needsTicket: settings.ticketsRequired) }

    private var limits: EnrolLimits { EnrolLimits(settings: settings.limits) }

    var wanted: Wanted {
        var wanted = Wanted()
        wanted.tallies = limits.wanted
        wanted.approval = true
        wanted.authenticator = true
        wanted.ticket = ticket
        return wanted
    }

    func decide(_ situation: Situation) -> Decision {
        let now = situation.now
        if deadline - now < ReplyDraft.leastTime { return .answer(draft.answer(.late, at: now)) }
        let options = SiteOptions(situation.options)
        guard options.usesProvider else { return .answer(draft.answer(.notAllowed, .providerNone, at: now)) }
        guard options.allows(Wire.Method.authenticator) else {
            let others = MethodRules(limits: settings.limits).registrable(situation)
            return .answer(draft.answer(.notAllowed, .methodDisabled, at: now) { $0.alternatives = others })
        }
        if let reason = registration.refusal(of: .authenticator, situation) {
            return .answer(draft.answer(.notAllowed, reason, at: now))
        }
        // The same sign-in is shown the same secret: a page that is loaded again must not void what was scanned.
        if let open = situation.enrolment, open.login == LoginKey(login), open.isOpen(at: now), open.factorSID != nil {
            return .answer(Self.enrolling(draft, open, picture, now))
        }
        if let obstacle = limits.obstacle(situation) {
            return .answer(draft.throttled(obstacle.limit, until: obstacle.until, at: now))
        }
        return begin(situation)
    }

    private func begin(_ situation: Situation) -> Decision {
        let enrolment = Enrolment(
            login: LoginKey(login), identity: identity, secret: secret, label: label,
            expiresAt: situation.now + Enrolment.life, ticket: situation.ticket,
            wasConfirmed: RegistrationRules.isConfirmed(situation))
        let factor = PlannedFactor(
            user: login.user, identity: identity, sid: nil, withheld: .enrolment(identity: identity, picture))
        return .call(
            .enrol(factor),
            changes: situation.oldEnrolment + [.enrolment(user: login.user, enrolment)] + limits.counted)
    }

    /// The reply without what it is about: that is filled in from the open enrolment whenever it is given.
    static func enrolling(_ draft: ReplyDraft, _ enrolment: Enrolment, _ picture: Picture, _ now: Timestamp) -> Answer {
        var answer = draft.answer(.enrolling, at: now) {
            $0.channel = .authenticator
            $0.expiresAt = enrolment.expiresAt.description
        }
        answer.withheld = .enrolment(identity: enrolment.identity, picture)
        return answer
    }
}

extension Situation {
    /// What an enrolment that is given up leaves at Twilio.
    var oldEnrolment: [Change] {
        guard let enrolment, enrolment.ended == nil else { return [] }
        return [.chore(.removeEnrolment(enrolment.factor))]
    }
}

/// Our limits on new secrets: each is a factor at Twilio, which has to be removed there if nobody proves it, and every one has
/// an entity of its own, so that no limit of Twilio's stands in the way.
struct EnrolLimits: Sendable {
    private static let tallies: [Tally] = [.userEnrolments, .clientEnrolments]

    var settings: LimitSettings

    var wanted: [Tally: Int] {
        guard settings.enabled else { return [:] }
        return Dictionary(uniqueKeysWithValues: Self.tallies.map { ($0, settings.limit(of: $0)) })
    }

    /// The limit that stands in the way now, and until when: the one that lasts longest.
    func obstacle(_ situation: Situation) -> (limit: LimitName, until: Timestamp)? {
        guard settings.enabled else { return nil }
        let obstacles = Self.tallies.compactMap { tally in
            situation.tallies[tally]?.freeAt.map { (limit: tally.limitName, until: $0) }
        }
        return obstacles.max { $0.until < $1.until }
    }

    var counted: [Change] { settings.enabled ? [.count(Self.tallies)] : [] }
    /// Surely no factor was made.
    var givenBack: [Change] { settings.enabled ? [.uncount(Self.tallies)] : [] }
}

/// How the making of a factor ends.
struct EnrolConclusions: Sendable {
    var intent: Intent
    var factor: PlannedFactor
    var settings: PipelineSettings

    /// `nil` unless the intent is one.
    init?(_ intent: Intent, settings: PipelineSettings) {
        guard case .enrol(let factor) = intent.call else { return nil }
        self.intent = intent
        self.factor = factor
        self.settings = settings
    }

    private var draft: ReplyDraft { ReplyDraft(intent) }

    var wanted: Wanted {
        var wanted = Wanted()
        wanted.authenticator = true
        return wanted
    }

    /// Twilio has made it: the secret can be handed out.
    func enrolled(_ made: CreatedFactor, _ situation: Situation) -> Answer {
        guard var enrolment = own(situation), !situation.wasReset else {
            return overtaken(situation, leaving: made.sid)
        }
        enrolment.factorSID = made.sid
        enrolment.issuer = made.issuer ?? ""
        (enrolment.digits, enrolment.period) = (made.config.codeLength, made.config.timeStep)
        var picture = Picture.svg
        if case .enrolment(_, let wished) = factor.withheld { picture = wished }
        var answer = EnrolRules.enrolling(draft, enrolment, picture, situation.now)
        answer.changes = [.enrolment(user: factor.user, enrolment)]
        return answer
    }

    /// The person was reset, erased or renamed meanwhile: what was or may have been made serves nobody.
    func overtaken(_ situation: Situation, leaving sid: String? = nil) -> Answer {
        let old = OldFactor(identity: factor.identity, factorSID: sid)
        return draft.answer(
            .expired, .reset, at: situation.now, changes: given(up: situation) + [.chore(.removeEnrolment(old))])
    }

    func refused(_ failure: CallFailure, _ situation: Situation) -> Answer {
        let (now, givenUp) = (situation.now, notMade(situation))
        switch failure.meaning {
        case .tooManyUserRequests:
            return draft.throttled(.provider, until: now + ProviderPause.afterTooMany, at: now, changes: givenUp)
        case .rateLimited, .concurrent:
            return draft.throttled(by: failure, at: now, changes: givenUp)
        case .invalidTo, .localeNotSupported, .maxChecks, .maxSends, .fraudGuard, .countryNotAllowed, .landline,
            .optedOut,
            .unreachable, .channelDisabled, .credentials, .notFound, .serviceMissing, .providerFault, .wrongCode,
            .factorUnusable, .factorTriesUsedUp, .factorLimit, .alreadyExists, .challengeOver, .challengeTriesUsedUp,
            .challengeLimit, .other:
            return draft.answer(.unavailable, .providerRefused, at: now, changes: givenUp)
        }
    }

    /// There was no time or no room left to call; surely nothing was made.
    func notMade(_ outcome: Outcome, _ situation: Situation) -> Answer {
        draft.unmade(outcome, at: situation.now, changes: notMade(situation))
    }

    /// It could not be found out.
    ///
    /// Whatever was made goes; the person begins anew.
    ///
    /// - Parameter isOver: Twilio answered, with an error of its own.
    func unknown(isOver: Bool, _ situation: Situation) -> Answer {
        let old = OldFactor(identity: factor.identity, factorSID: nil)
        return draft.unknown(
            isOver: isOver, at: situation.now, changes: given(up: situation) + [.chore(.removeEnrolment(old))])
    }

    private func own(_ situation: Situation) -> Enrolment? {
        situation.enrolment.flatMap { $0.identity == factor.identity && $0.ended == nil ? $0 : nil }
    }

    /// Surely there is no factor: the person's count is given back.
    private func notMade(_ situation: Situation) -> [Change] {
        given(up: situation) + EnrolLimits(settings: settings.limits).givenBack
    }

    /// No half registration is left.
    private func given(up situation: Situation) -> [Change] {
        own(situation) == nil ? [] : [.enrolment(user: factor.user, nil)]
    }
}

extension Caller {
    /// Has Twilio make a factor with the secret that was written down before.
    @inline(never)
    func enrol(_ intent: Intent) async throws(StoreError) -> Finished {
        guard let conclusions = EnrolConclusions(intent, settings: settings) else { return .superseded }
        let (identity, wanted) = (conclusions.factor.identity, conclusions.wanted)
        guard let enrolment = try await store.enrolment(of: conclusions.factor.user), enrolment.identity == identity,
            let secret = enrolment.secret
        else { return try await store.finish(intent, wanted: wanted) { conclusions.overtaken($0) } }
        let text = Redacted(Base32.encode(secret.revealed))
        let result = await attempt(intent) { gate throws(CallFailure) in
            try await observed(.authenticator) { () throws(CallFailure) in
                // The name is as random as the identity: people see the label in our own link.
                let made = try await twilio(for: intent).createFactor(
                    identity: identity, friendlyName: identity, secret: text, gate: gate)
                intent.calls.note(sid: made.sid)
                return made
            }
        }
        Failpoint.afterCall.hit()
        switch result {
        case .done(let made): return try await store.finish(intent, wanted: wanted) { conclusions.enrolled(made, $0) }
        case .refused(let failure):
            return try await store.finish(intent, wanted: wanted) { conclusions.refused(failure, $0).because(failure) }
        case .notDone(let outcome):
            return try await store.finish(intent, wanted: wanted) { conclusions.notMade(outcome, $0) }
        case .lost(let isOver):
            return try await reconciler.enrol(intent, callOverAt: clocks.monotonic(), isOver: isOver)
        }
    }
}

extension Reconciler {
    /// A factor whose making was lost: handed out if Twilio has it, with the secret that we know.
    func enrol(
        _ intent: Intent, callOverAt: MonotonicTime, isOver: Bool = false
    ) async throws(StoreError) -> Finished {
        guard let conclusions = EnrolConclusions(intent, settings: settings) else { return .superseded }
        let wanted = conclusions.wanted
        let watched = try await watch(intent, callOverAt: callOverAt) { () throws(StoreError) in
            try await madeFactor(conclusions.factor, intent)
        }
        switch watched {
        case .superseded: return .superseded
        case .found(let made, let intent):
            return try await store.finish(intent, wanted: wanted) { conclusions.enrolled(made, $0) }
        case .nothing(let intent):
            return try await store.finish(intent, wanted: wanted) { conclusions.unknown(isOver: isOver, $0) }
        }
    }

    private func madeFactor(_ factor: PlannedFactor, _ intent: Intent) async throws(StoreError) -> CreatedFactor? {
        let twilio = twilio(for: intent)
        guard try await mayRead(), let found = try? await twilio.factors(identity: factor.identity) else { return nil }
        // The identity is this enrolment's own, so whatever factor it has was made with our secret.
        guard let made = found.first(where: { $0.status == .unverified }), let config = made.config,
            config.algorithm == "sha1", let service = try? await twilio.fetchService()
        else { return nil }
        return CreatedFactor(
            sid: made.sid, status: made.status, config: config,
            issuer: service.settings.totp.issuer ?? service.settings.friendlyName)
    }
}
