import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Contract 2 and 4: whether a code may be checked")
struct CheckRulesTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private func decide(
        _ change: (inout Situation) -> Void = { _ in }, method: Factor? = nil, patience: Duration = .seconds(30),
        _ settings: (inout PipelineSettings) -> Void = { _ in }
    ) -> Decision {
        scene.check(scene.pendingSituation(.login, change), method: method, patience: patience, settings)
    }

    @Test("2 check: what this login has pending; the check is counted with the intent", arguments: [nil, Factor.phone])
    func checks(method: Factor?) {
        let decision = decide({ $0.code?.checksBegun = 2 }, method: method)
        var check = PlannedCheck(place: scene.place, sid: "VE1", purpose: .login)
        // The code has 300 s of its ten minutes left.
        (check.sentBy, check.madeAt) = (.sms, scene.now - .seconds(300))
        #expect(decision.call == .check(check))
        #expect(decision.changes.codes.map(\.checksBegun) == [3])
        #expect(decision.changes.counted == [.wrongCodesOfUserAndClient, .wrongCodesOfUser])
    }

    @Test("5.6 the code itself is in no plan and no change")
    func noCode() {
        #expect(!"\(decide())".contains("123456"))
    }

    @Test("4 late: less than 2 s before the deadline: nothing was begun")
    func late() {
        let late = decide(patience: .milliseconds(1999))
        #expect(late.answer?.outcome == .late && late.changes.isEmpty)
        #expect(decide(patience: .seconds(2)).call != nil)
    }

    @Test("6 Options: a code already sent by phone can still be checked, unless the provider is None")
    func options() {
        #expect(decide({ $0.options = ["2FA_PROVIDER": "None"] }).answer?.reason == .providerNone)
        #expect(decide({ $0.options = ["2FA_VER_SMS": "Disabled", "2FA_VER_VOICE": "Disabled"] }).call != nil)
        #expect(decide({ $0.options = ["2FA_LOGINTYPE_WEB": "None"] }).call != nil)
    }

    @Test("4 expired / not_yours: another login's code")
    func notYours() {
        let answer = decide {
            $0.pending = nil
            $0.pendingElsewhere = true
        }.answer
        #expect(answer?.outcome == .expired && answer?.reason == .notYours)
    }

    @Test("4 expired / not_pending: no live code for this login")
    func notPending() {
        #expect(decide({ $0.pending = nil }).answer?.reason == .notPending)
        #expect(decide({ $0.code = nil }).answer?.reason == .notPending)
    }

    @Test("2 method: nothing pending and nothing registered is invalid on method")
    func noMethod() throws {
        let nobody: (inout Situation) -> Void = {
            $0.pending = nil
            $0.user = nil
        }
        let answer = try #require(decide(nobody).answer)
        #expect(answer.outcome == .invalid && answer.reason == .malformed)
        #expect(try answer.reply.errors?.map(\.field) == ["method"])
        #expect(decide(nobody, method: .phone).answer?.reason == .notPending)
    }

    @Test("4 not_registered: an authenticator that is not")
    func authenticator() {
        let answer = decide(method: .authenticator).answer
        #expect(answer?.outcome == .notAllowed && answer?.reason == .notRegistered)
    }

    @Test("4 expired / replaced: by a newer code")
    func replaced() {
        let replaced = decide({ $0.code?.sid = "VE2" }).answer?.reason
        #expect(replaced == .replaced)
    }

    @Test(
        "4 expired: why this login's code ended, as long as it asks",
        arguments: [Reason.codeUsed, .reset, .replaced, .codeExpired, .notPending])
    func ended(reason: Reason) {
        let answer = decide { $0.pending?.ended = reason }.answer
        #expect(answer?.outcome == .expired && answer?.reason == reason)
    }

    @Test("4 code_used: another job of this login; of another login's use only that none is pending")
    func usedElsewhere() {
        let used = decide({ $0.code?.ended = .codeUsed }).answer?.reason
        #expect(used == .notPending)
        let expired = decide({ $0.code?.ended = .codeExpired }).answer?.reason
        #expect(expired == .codeExpired)
    }

    @Test("4 tries_used_up: five wrong ones, and the code has died since; code_expired otherwise")
    func expired() {
        let over = decide({ $0.code?.expiresAt = scene.now }).answer?.reason
        #expect(over == .codeExpired)
        let alive = decide({ $0.code?.expiresAt = scene.now + .milliseconds(1) }).call
        #expect(alive != nil)
        func denied(_ count: Int) -> Reason? {
            decide {
                $0.code = scene.code {
                    $0.expiresAt = scene.now
                    ($0.checksBegun, $0.checksDenied) = (5, count)
                }
            }.answer?.reason
        }
        #expect(denied(4) == .codeExpired)
        #expect(denied(5) == .triesUsedUp)
    }

    @Test("6 checks_per_code 5: while it lives throttled / code_tries until it dies")
    func tries() throws {
        let fifth = decide({ $0.code?.checksBegun = 4 }).call
        #expect(fifth != nil)
        let sixth = decide({ $0.code?.checksBegun = 5 }).answer
        let answer = try #require(sixth)
        #expect(answer.outcome == .throttled && answer.changes.isEmpty)
        #expect(try answer.reply.limit == .codeTries)
        #expect(try answer.reply.retryAt == scene.code().expiresAt.description)
        let unlimited = decide({ $0.code?.checksBegun = 5 }) { $0.limits.enabled = false }
        #expect(unlimited.call != nil && unlimited.changes.counted.isEmpty)
        let off = decide({ $0.code?.checksBegun = 5 }) { $0.limits.checksPerCode = 0 }
        #expect(off.call != nil)
        let three = decide({ $0.code?.checksBegun = 3 }) { $0.limits.checksPerCode = 3 }
        #expect(three.answer?.outcome == .throttled)
    }
}
