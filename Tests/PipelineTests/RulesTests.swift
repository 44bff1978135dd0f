import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

/// A person, a number and a live code to make situations of.
enum Sample {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let number = E164("+14155550142")

    static func code() throws -> LiveCode {
        LiveCode(
            number: try #require(number), sid: "VE1", channel: .sms, expiresAt: now + .seconds(300),
            attempts: ["VL1"])
    }

    static func situation(registered: Bool = true) throws -> Situation {
        var situation = Situation(now: now)
        situation.number = number
        var user = UserRecord(name: "anna")
        if registered { user.phone = number }
        situation.user = user
        return situation
    }

    /// A login with a live code.
    static func pending() throws -> Situation {
        var situation = try situation()
        situation.code = try code()
        situation.pending = PendingCode(
            login: LoginKey(user: "anna", application: .web, login: "l"), number: try #require(number), sid: "VE1",
            purpose: .login)
        return situation
    }
}

@Suite struct CheckRulesTests {
    private func decide(
        _ situation: Situation, limits: LimitSettings = LimitSettings(), method: Factor? = nil, left: Int = 30
    ) -> Decision {
        CheckRules(
            draft: ReplyDraft(job: "m", user: "anna", application: .web), method: method,
            deadline: Sample.now + .seconds(left), limits: limits
        ).decide(situation)
    }

    private func answer(_ decision: Decision) -> (Outcome, Reason?)? {
        if case .answer(let answer) = decision { (answer.outcome, answer.reason) } else { nil }
    }

    @Test("a login with a live code may check it, and the try is counted before the call")
    func live() throws {
        guard case .call(.check(_, "VE1", .login), let changes) = decide(try Sample.pending()) else {
            Issue.record("no call")
            return
        }
        guard case .code(let code)? = changes.first else {
            Issue.record("not counted")
            return
        }
        #expect(code.checksBegun == 1)
    }

    @Test("less than two seconds before the deadline nothing is begun")
    func late() throws {
        #expect(answer(decide(try Sample.pending(), left: 1))?.0 == .late)
    }

    @Test("every way in which a login has no live code has its reason")
    func expired() throws {
        func reason(_ change: (inout Situation) -> Void) throws -> Reason? {
            var situation = try Sample.pending()
            change(&situation)
            let answer = answer(decide(situation))
            #expect(answer?.0 == .expired)
            return answer?.1
        }
        #expect(try reason { $0.pending = nil } == .notPending)
        #expect(
            try reason {
                $0.pending = nil; $0.pendingElsewhere = true
            } == .notYours)
        #expect(try reason { $0.pending?.ended = .codeUsed } == .codeUsed)
        #expect(try reason { $0.pending?.ended = .reset } == .reset)
        #expect(try reason { $0.code?.sid = "VE2" } == .replaced)
        #expect(try reason { $0.code?.ended = .codeUsed } == .notPending)
        #expect(try reason { $0.code?.expiresAt = Sample.now } == .codeExpired)
        #expect(
            try reason {
                $0.code?.expiresAt = Sample.now; $0.code?.checksDenied = 5
            } == .triesUsedUp)
    }

    @Test("five tries are all, while the code lives")
    func tries() throws {
        var situation = try Sample.pending()
        situation.code?.checksBegun = 5
        #expect(answer(decide(situation))?.0 == .throttled)
        var off = LimitSettings()
        off.enabled = false
        #expect(answer(decide(situation, limits: off)) == nil)
    }

    @Test("provider None and an authenticator that is not registered")
    func notAllowed() throws {
        var situation = try Sample.pending()
        #expect(answer(decide(situation, method: .authenticator))?.1 == .notRegistered)
        situation.options["2FA_PROVIDER"] = "None"
        #expect(answer(decide(situation))?.1 == .providerNone)
    }
}

@Suite struct SendRulesTests {
    private func decide(
        _ situation: Situation, purpose: Purpose = .login, left: Int = 30
    ) -> Decision {
        SendRules(
            draft: ReplyDraft(job: "m", user: "anna", application: .web), login: Job.Login(user: "anna"),
            channel: .sms, purpose: purpose, deadline: Sample.now + .seconds(left), limits: LimitSettings()
        ).decide(situation)
    }

    private func answer(_ decision: Decision) -> (Outcome, Reason?)? {
        if case .answer(let answer) = decision { (answer.outcome, answer.reason) } else { nil }
    }

    @Test("the intent knows what Twilio had done before it")
    func known() throws {
        var situation = try Sample.situation()
        situation.code = try Sample.code()
        guard case .call(.send(_, .sms, nil, .login, "VE1", ["VL1"]), _) = decide(situation) else {
            Issue.record("no such call")
            return
        }
    }

    @Test("who may not be sent to is told why")
    func refusals() throws {
        #expect(answer(decide(try Sample.situation(registered: false)))?.1 == .notRegistered)
        #expect(answer(decide(try Sample.situation(), purpose: .register))?.1 == .alreadyRegistered)
        var other = try Sample.situation()
        other.number = E164("+14155550143")
        #expect(answer(decide(other, purpose: .register))?.1 == .contactAdministrator)
        var disabled = try Sample.situation()
        disabled.options["2FA_VER_SMS"] = "Disabled"
        #expect(answer(decide(disabled))?.1 == .methodDisabled)
        #expect(answer(decide(try Sample.situation(), left: 1))?.0 == .late)
    }

    @Test(
        "the wait between sends grows with each send since the last approval",
        arguments: [(1, 30), (2, 40), (5, 120), (9, 120)])
    func cooldown(streak: Int, seconds: Int) throws {
        var situation = try Sample.situation()
        situation.user?.sendStreak = streak
        situation.user?.lastSendAt = Sample.now - .seconds(seconds - 1)
        #expect(answer(decide(situation))?.0 == .throttled)
        situation.user?.lastSendAt = Sample.now - .seconds(seconds)
        #expect(answer(decide(situation)) == nil)
    }
}

@Suite struct CheckConclusionsTests {
    private func conclusions(purpose: Purpose = .login, generation: Int64 = 0) -> CheckConclusions {
        CheckConclusions(
            intent: Intent(
                key: JobKey(frontEnd: "web", messageID: "m"), kind: .check, login: Job.Login(user: "anna", login: "l"),
                call: .check(number: "+14155550142", sid: "VE1", purpose: purpose), generation: generation, fence: 1,
                begins: 1, leaseUntil: .now(), begunAt: Sample.now, deadline: Sample.now + .seconds(30)),
            sid: "VE1", purpose: purpose, settings: PipelineSettings())
    }

    private func situation(begun: Int, denied: Int) throws -> Situation {
        var situation = try Sample.pending()
        situation.code?.checksBegun = begun
        situation.code?.checksDenied = denied
        return situation
    }

    @Test("an approval registers the phone that it was for, and ends the code")
    func registers() throws {
        var situation = try situation(begun: 1, denied: 0)
        situation.user?.phone = nil
        let answer = conclusions(purpose: .register).approved(situation)
        #expect(answer.outcome == .approved)
        guard case .user(let user)? = answer.changes.first else {
            Issue.record("no user")
            return
        }
        #expect(user.phone == Sample.number)
        #expect(try Reply.decode(answer.body).registered == .phone)
    }

    @Test("what was begun before a reset ends as expired / reset, whatever Twilio said")
    func reset() throws {
        var situation = try situation(begun: 1, denied: 0)
        situation.user?.generation = 1
        let answer = conclusions().approved(situation)
        #expect(answer.outcome == .expired)
        #expect(answer.reason == .reset)
    }

    @Test("a conversion found afterwards is ours only if every other check was denied")
    func converted() throws {
        #expect(conclusions().converted(try situation(begun: 3, denied: 2)).outcome == .approved)
        #expect(conclusions().converted(try situation(begun: 3, denied: 1)).outcome == .uncertain)
        var replaced = try situation(begun: 1, denied: 0)
        replaced.code?.sid = "VE2"
        #expect(conclusions().converted(replaced).outcome == .uncertain)
    }

    @Test("a wrong code tells how many tries are left, lost repeats included")
    func denied() throws {
        let answer = conclusions().denied(try situation(begun: 2, denied: 1))
        #expect(try Reply.decode(answer.body).checksLeft == 3)
        var repeated = conclusions()
        repeated.repeats = 2
        #expect(try Reply.decode(repeated.denied(try situation(begun: 2, denied: 1)).body).checksLeft == 1)
    }
}

@Suite struct CodeBlankerTests {
    @Test(
        "nothing that could be a code or a number stays",
        arguments: [
            ("code=123456;", "code=######;"), ("12 345", "12 ###"), ("", ""), ("123", "###"),
        ])
    func blanks(body: String, blanked: String) {
        #expect(CodeBlanker.blank(Array(body.utf8)) == Array(blanked.utf8))
    }
}
