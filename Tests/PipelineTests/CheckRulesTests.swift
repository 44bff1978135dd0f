import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("CheckRules")
struct CheckRulesTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private func decide(
        _ change: (inout Situation) -> Void = { _ in }, method: Factor? = nil, patience: Duration = .seconds(30),
        limits: LimitSettings = LimitSettings()
    ) -> Decision {
        var situation = scene.situation()
        situation.pending = scene.pending()
        situation.code = scene.code()
        change(&situation)
        return CheckRules(
            draft: scene.draft, login: scene.login, code: Redacted("123456"), method: method,
            deadline: scene.now + patience, settings: scene.settings { $0.limits = limits }
        ).decide(situation)
    }

    @Test("check the login's own code, and count the check with the intent", arguments: [nil, Factor.phone])
    func checks(method: Factor?) {
        let decision = decide({ $0.code?.checksBegun = 2 }, method: method)
        #expect(decision.call == .check(PlannedCheck(place: scene.place, sid: "VE1", purpose: .login)))
        #expect(decision.changes.codes.map(\.checksBegun) == [3])
    }

    @Test("begin nothing with less than 2 s left")
    func late() {
        #expect(decide(patience: .milliseconds(1999)).answer?.outcome == .late)
        #expect(decide(patience: .seconds(2)).call != nil)
    }

    @Test("refuse everything without a provider, but not a method that was disabled meanwhile")
    func options() {
        #expect(decide({ $0.options = ["2FA_PROVIDER": "None"] }).answer?.reason == .providerNone)
        #expect(decide({ $0.options = ["2FA_VER_SMS": "Disabled", "2FA_VER_VOICE": "Disabled"] }).call != nil)
    }

    @Test("never let one login check another's code")
    func notYours() {
        let answer = decide {
            $0.pending = nil
            $0.pendingElsewhere = true
        }.answer
        #expect(answer?.outcome == .expired)
        #expect(answer?.reason == .notYours)
    }

    @Test("say that nothing is pending")
    func notPending() {
        #expect(decide({ $0.pending = nil }).answer?.reason == .notPending)
        #expect(decide({ $0.code = nil }).answer?.reason == .notPending)
    }

    @Test("call the job invalid when nothing says what is meant")
    func noMethod() throws {
        let nobody: (inout Situation) -> Void = {
            $0.pending = nil
            $0.user = nil
        }
        let answer = try #require(decide(nobody).answer)
        #expect(answer.outcome == .invalid)
        #expect(try answer.reply.errors?.map(\.field) == ["method"])
        #expect(decide(nobody, method: .phone).answer?.reason == .notPending)
    }

    @Test("say that the code was replaced by a newer one")
    func replaced() {
        let replaced = decide({ $0.code?.sid = "VE2" }).answer?.reason
        #expect(replaced == .replaced)
    }

    @Test("repeat why this login's code ended", arguments: [Reason.codeUsed, .reset, .replaced, .codeExpired])
    func ended(reason: Reason) {
        let answer = decide { $0.pending?.ended = reason }.answer
        #expect(answer?.outcome == .expired)
        #expect(answer?.reason == reason)
    }

    @Test("say of a code that another login used only that none is pending")
    func usedElsewhere() {
        let used = decide({ $0.code?.ended = .codeUsed }).answer?.reason
        #expect(used == .notPending)
        let expired = decide({ $0.code?.ended = .codeExpired }).answer?.reason
        #expect(expired == .codeExpired)
    }

    @Test("tell a code that ran out from one whose tries were used up before")
    func expired() {
        let over = decide({ $0.code?.expiresAt = scene.now }).answer?.reason
        #expect(over == .codeExpired)
        let alive = decide({ $0.code?.expiresAt = scene.now + .milliseconds(1) }).call
        #expect(alive != nil)
        func denied(_ count: Int) -> Reason? {
            decide {
                $0.code?.expiresAt = scene.now
                $0.code?.checksBegun = 5
                $0.code?.checksDenied = count
            }.answer?.reason
        }
        #expect(denied(4) == .codeExpired)
        #expect(denied(5) == .triesUsedUp)
    }

    @Test("throttle a sixth check while the code lives")
    func tries() throws {
        let fifth = decide({ $0.code?.checksBegun = 4 }).call
        #expect(fifth != nil)
        let sixth = decide({ $0.code?.checksBegun = 5 }).answer
        let answer = try #require(sixth)
        #expect(answer.outcome == .throttled)
        #expect(try answer.reply.limit == .codeTries)
        #expect(try answer.reply.retryAt == scene.code().expiresAt.description)
        var limits = LimitSettings()
        limits.enabled = false
        let unlimited = decide({ $0.code?.checksBegun = 5 }, limits: limits).call
        #expect(unlimited != nil)
    }
}
