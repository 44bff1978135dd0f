import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Contract 2: a bypass code is checked like any other code")
struct BypassTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private func decide(_ bypass: Situation.Bypass, _ change: (inout Situation) -> Void = { _ in }) -> Decision {
        scene.check(
            scene.situation {
                $0.bypass = bypass
                change(&$0)
            })
    }

    @Test("2 admin.user.bypass: one use, at once, with no call")
    func right() throws {
        let answer = try #require(decide(.right).answer)
        #expect(answer.outcome == .approved)
        #expect(try answer.reply.registered == nil)
        #expect(answer.changes.kinds.contains("bypass"))
        #expect(answer.changes.users.map(\.lastApprovedAt) == [scene.now])
        #expect(answer.changes.approvals == [LoginKey(scene.login)])
        guard case .bypass(user: "u1", nil, _)? = answer.changes.first(where: { "\($0)".hasPrefix("bypass") }) else {
            Issue.record("the code was not used up")
            return
        }
    }

    @Test("6 limits.cooldown_seconds: cleared by an approval, for the person's numbers too")
    func paces() throws {
        let registered = try #require(decide(.right).answer).changes.paces
        #expect(registered == [.user("u1"): nil, .number(scene.number, isProven: true): nil])
        let registering = try #require(
            decide(.right) { ($0.user, $0.pending) = (nil, scene.pending(.register)) }.answer
        ).changes.paces
        #expect(registering == [.user("u1"): nil, .number(scene.number, isProven: false): nil])
    }

    @Test("2 admin.user.bypass: it wins over a pending code, and makes nobody known")
    func pending() throws {
        let pending = decide(.right) { ($0.pending, $0.code) = (scene.pending(), scene.code()) }
        #expect(pending.answer?.outcome == .approved)
        let nobody = try #require(decide(.right) { $0.user = nil }.answer)
        #expect(nobody.changes.users.map(\.isKnown) == [false])
    }

    @Test("2 admin.user.bypass: a wrong guess is denied and counted where only a bypass code could be meant")
    func wrong() throws {
        for change: (inout Situation) -> Void in [
            { _ in }, { $0.user = nil }, { $0.pendingElsewhere = true },
            { ($0.pending, $0.code) = (scene.pending(ended: .codeUsed), scene.code()) },
        ] {
            let answer = try #require(decide(.wrong(triesLeft: 4), change).answer)
            #expect(answer.outcome == .denied)
            #expect(answer.changes.counted == [.wrongCodesOfUserAndClient, .wrongCodesOfUser])
            #expect(answer.changes.bypassTries == ["u1"])
            #expect(try answer.reply.checksLeft == 4)
        }
        let authenticator = scene.check(scene.situation { $0.bypass = .wrong(triesLeft: 4) }, method: .authenticator)
        #expect(authenticator.answer?.outcome == .denied)
    }

    @Test("2 admin.user.bypass: with a code pending, what is no bypass code is Twilio's to judge")
    func twilio() {
        let decision = decide(.wrong(triesLeft: 4)) { ($0.pending, $0.code) = (scene.pending(), scene.code()) }
        #expect(decision.call != nil)
        #expect(decision.changes.bypassTries == ["u1"] && decision.changes.counted.count == 2)
    }

    @Test("6 Limits: guessing is limited as for any other code")
    func limited() throws {
        let locked = decide(.right) { $0.tallies = [.wrongCodesOfUser: scene.tally(20, used: 20)] }
        #expect(locked.answer?.outcome == .throttled)
        let last = try #require(
            decide(.wrong(triesLeft: 4)) { $0.tallies = [.wrongCodesOfUser: scene.tally(20, used: 18)] }.answer)
        #expect(try last.reply.checksLeft == 1)
    }

    @Test("6 Decision: under provider None no code is taken")
    func noProvider() {
        #expect(decide(.right) { $0.options = ["2FA_PROVIDER": "None"] }.answer?.reason == .providerNone)
    }
}
