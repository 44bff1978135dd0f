import Basics
import SitePolicy
import Store
import Testing
import TwilioVerify
import Wire

@testable import Pipeline

/// One person, one number, one moment: what the rules are shown.
struct Scene {
    let now = Timestamp(seconds: 1_800_000_000)
    let number: E164
    let other: E164
    let login = Job.Login(user: "u1", login: "sign-in-1", client: "10.0.0.1")

    init() throws {
        number = try #require(E164("+14155550142"))
        other = try #require(E164("+14155550199"))
    }

    var place: NumberPlace { place(number) }

    func place(_ number: E164, region: String? = "US", isLandline: Bool = false) -> NumberPlace {
        NumberPlace(number: number, region: region, isLandline: isLandline)
    }

    func phone(_ number: E164) -> Phone { Phone(place: place(number), registeredAt: now) }

    /// Limits as they are by default, changed.
    func settings(_ change: (inout PipelineSettings) -> Void = { _ in }) -> PipelineSettings {
        var settings = PipelineSettings()
        change(&settings)
        return settings
    }

    var draft: ReplyDraft { ReplyDraft(job: "m-1", user: "u1", application: .web) }

    func user(_ change: (inout UserRecord) -> Void = { _ in }) -> UserRecord {
        var user = UserRecord(name: "u1")
        user.isKnown = true
        user.phone = Phone(place: place, registeredAt: now - .seconds(86_400))
        change(&user)
        return user
    }

    func code(_ change: (inout LiveCode) -> Void = { _ in }) -> LiveCode {
        var code = LiveCode(
            number: number, sid: "VE1", channel: .sms, expiresAt: now + .seconds(300), attempts: ["VL1"])
        change(&code)
        return code
    }

    func pending(_ purpose: Purpose = .login, sid: String = "VE1", ended: Reason? = nil) -> PendingCode {
        PendingCode(login: LoginKey(login), place: place, sid: sid, purpose: purpose, ended: ended)
    }

    func authenticator(_ sid: String = "YF1") -> Authenticator {
        Authenticator(factorSID: sid, identity: "person-1", registeredAt: now - .seconds(86_400))
    }

    /// An open enrolment of this login, with the secret of RFC 6238's examples.
    func enrolment(_ change: (inout Enrolment) -> Void = { _ in }) -> Enrolment {
        var enrolment = Enrolment(
            login: LoginKey(login), identity: "person-2", secret: Redacted(Array("12345678901234567890".utf8)),
            label: "u1", expiresAt: now + .seconds(400), ticket: nil, wasConfirmed: false)
        enrolment.factorSID = "YF2"
        change(&enrolment)
        return enrolment
    }

    func situation(_ change: (inout Situation) -> Void = { _ in }) -> Situation {
        var situation = Situation(now: now)
        situation.place = place
        situation.user = user()
        change(&situation)
        return situation
    }

    /// The situation in a second sending or check: this many sends since the last approval, for person and number.
    func paced(_ streak: Int, until: Timestamp) -> [PaceKey: Pace] {
        let pace = Pace(streak: streak, notBefore: until)
        return [.user("u1"): pace, .number(number, isProven: true): pace]
    }

    func intent(_ call: PlannedCall, kind: JobKind = .send, generation: Int64 = 0) -> Intent {
        Intent(
            key: JobKey(frontEnd: "web", messageID: "m-1"), kind: kind, login: login, call: call,
            generation: generation, fence: 1, begins: 1, leaseUntil: MonotonicTime(nanoseconds: 1), begunAt: now,
            deadline: now + .seconds(30))
    }

    func sending(
        _ channel: Wire.Channel = .sms, purpose: Purpose = .login, known: [String] = [],
        ticket: [UInt8]? = nil, settings: PipelineSettings = PipelineSettings()
    ) throws -> SendConclusions {
        let send = PlannedSend(
            place: place, channel: channel, locale: nil, purpose: purpose, knownAttempts: known, ticket: ticket)
        return try #require(SendConclusions(intent(.send(send)), settings: settings))
    }

    func checking(
        _ purpose: Purpose = .login, repeats: Int = 0, ticket: [UInt8]? = nil,
        settings: PipelineSettings = PipelineSettings()
    ) throws -> CheckConclusions {
        let check = PlannedCheck(place: place, sid: "VE1", purpose: purpose, ticket: ticket)
        var conclusions = try #require(CheckConclusions(intent(.check(check), kind: .check), settings: settings))
        conclusions.repeats = repeats
        return conclusions
    }

    func verification(
        _ sid: String = "VE1", attempts: [String] = ["VL1"], status: VerificationStatus = .pending,
        after seconds: Int = 0, offset: Duration? = nil
    ) -> Verification {
        Verification(
            sid: sid, to: number, channel: "sms", status: status, valid: false, createdAt: now + .seconds(seconds),
            attempts: attempts.map { Verification.SendAttempt(sid: $0, time: now + .seconds(seconds)) },
            clockOffset: offset)
    }
}

extension Decision {
    var answer: Answer? {
        guard case .answer(let answer) = self else { return nil }
        return answer
    }

    var call: PlannedCall? {
        guard case .call(let call, _) = self else { return nil }
        return call
    }

    var changes: [Change] {
        switch self {
        case .answer(let answer): answer.changes
        case .call(_, let changes): changes
        }
    }
}

extension Answer {
    var reply: Reply { get throws { try Reply.decode(body) } }
}

extension [Change] {
    var users: [UserRecord] { compactMap { if case .user(let user) = $0 { user } else { nil } } }
    var codes: [LiveCode] { compactMap { if case .code(let code) = $0 { code } else { nil } } }
    var paces: [PaceKey: Pace?] {
        reduce(into: [:]) { paces, change in
            if case .pace(let key, let pace) = change { paces.updateValue(pace, forKey: key) }
        }
    }
    var counted: [Tally] { flatMap { if case .count(let tallies) = $0 { return tallies } else { return [] } } }
    var uncounted: [Tally] { flatMap { if case .uncount(let tallies) = $0 { return tallies } else { return [] } } }
    var approvals: [LoginKey] { compactMap { if case .approval(let login, _) = $0 { login } else { nil } } }
    var oldFactors: [OldFactor] {
        compactMap { change in
            switch change {
            case .chore(.removeFactor(let factor)), .chore(.removeEnrolment(let factor)): factor
            default: nil
            }
        }
    }
    var enrolments: [Enrolment?] { compactMap { if case .enrolment(_, let enrolment) = $0 { enrolment } else { nil } } }
    var challenges: [OpenChallenge?] { compactMap { if case .challenge(_, let open) = $0 { open } else { nil } } }
    var ties: [PendingCode] { compactMap { if case .pending(let tie) = $0 { tie } else { nil } } }
}
