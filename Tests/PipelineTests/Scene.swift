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
    let login = Job.Login(user: "u1", login: "sign-in-1")

    init() throws {
        number = try #require(E164("+14155550142"))
        other = try #require(E164("+14155550199"))
    }

    var draft: ReplyDraft { ReplyDraft(job: "m-1", user: "u1", application: .web) }

    func user(_ change: (inout UserRecord) -> Void = { _ in }) -> UserRecord {
        var user = UserRecord(name: "u1")
        user.phone = number
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
        PendingCode(login: LoginKey(login), number: number, sid: sid, purpose: purpose, ended: ended)
    }

    func situation(_ change: (inout Situation) -> Void = { _ in }) -> Situation {
        var situation = Situation(now: now)
        situation.number = number
        situation.user = user()
        change(&situation)
        return situation
    }

    func intent(_ call: PlannedCall, generation: Int64 = 0) -> Intent {
        Intent(
            key: JobKey(frontEnd: "web", messageID: "m-1"), kind: .send, login: login, call: call,
            generation: generation, fence: 1, begins: 1, leaseUntil: MonotonicTime(nanoseconds: 1), begunAt: now,
            deadline: now + .seconds(30))
    }

    func sending(
        _ channel: Wire.Channel = .sms, purpose: Purpose = .login, known: [String] = [], generation: Int64 = 0,
        limits: LimitSettings = LimitSettings()
    ) -> SendConclusions {
        var settings = PipelineSettings()
        settings.limits = limits
        let call = PlannedCall.send(
            number: number.revealed, channel: channel, locale: nil, purpose: purpose, knownSID: nil,
            knownAttempts: known)
        return SendConclusions(
            intent: intent(call, generation: generation), number: number, channel: channel, purpose: purpose,
            knownAttempts: known, settings: settings)
    }

    func checking(_ purpose: Purpose = .login, generation: Int64 = 0, repeats: Int = 0) -> CheckConclusions {
        let call = PlannedCall.check(number: number.revealed, sid: "VE1", purpose: purpose)
        return CheckConclusions(
            intent: intent(call, generation: generation), sid: "VE1", purpose: purpose, settings: PipelineSettings(),
            repeats: repeats)
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
    var ties: [PendingCode] { compactMap { if case .pending(let tie) = $0 { tie } else { nil } } }
}
