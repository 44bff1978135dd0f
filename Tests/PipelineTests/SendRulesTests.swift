import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("SendRules")
struct SendRulesTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private func decide(
        _ situation: Situation, channel: Channel = .sms, purpose: Purpose = .login, patience: Duration = .seconds(30),
        limits: LimitSettings = LimitSettings()
    ) -> Decision {
        SendRules(
            draft: scene.draft, login: scene.login, channel: channel, purpose: purpose,
            deadline: scene.now + patience, settings: scene.settings { $0.limits = limits }
        ).decide(situation)
    }

    @Test("call Twilio for a registered phone, and count the send with the intent")
    func sends() throws {
        let decision = decide(scene.situation { $0.paces = scene.paced(2, until: scene.now) }, channel: .call)
        #expect(
            decision.call
                == .send(PlannedSend(place: scene.place, channel: .call, locale: nil, purpose: .login)))
        let pace = Pace(streak: 3, notBefore: scene.now + .seconds(60))
        #expect(decision.changes.paces == [.user("u1"): pace, .number(scene.number, isProven: true): pace])
        #expect(decision.changes.counted == [.numberSends, .userSends, .clientSends])
    }

    @Test("write down which attempts of a live code were known, and none of a dead one")
    func known() {
        func call(_ code: LiveCode) -> PlannedCall? { decide(scene.situation { $0.code = code }).call }
        func expected(_ sid: String?, _ attempts: [String]) -> PlannedCall {
            .send(
                PlannedSend(
                    place: scene.place, channel: .sms, locale: nil, purpose: .login, knownSID: sid,
                    knownAttempts: attempts))
        }
        #expect(call(scene.code()) == expected("VE1", ["VL1"]))
        #expect(call(scene.code { $0.ended = .codeUsed }) == expected(nil, []))
        #expect(call(scene.code { $0.expiresAt = scene.now }) == expected(nil, []))
    }

    @Test("begin nothing with less than 2 s left")
    func late() {
        #expect(decide(scene.situation(), patience: .milliseconds(1999)).answer?.outcome == .late)
        #expect(decide(scene.situation(), patience: .seconds(-5)).answer?.outcome == .late)
        #expect(decide(scene.situation(), patience: .seconds(2)).call != nil)
    }

    @Test("refuse everything without a provider", arguments: [Purpose.login, .register])
    func noProvider(purpose: Purpose) {
        let situation = scene.situation { $0.options = ["2FA_PROVIDER": "None"] }
        let answer = decide(situation, purpose: purpose).answer
        #expect(answer?.outcome == .notAllowed)
        #expect(answer?.reason == .providerNone)
    }

    @Test("refuse a login send to somebody without a phone")
    func notRegistered() {
        for user in [nil, scene.user { $0.phone = nil }] {
            let answer = decide(scene.situation { $0.user = user }).answer
            #expect(answer?.outcome == .notAllowed)
            #expect(answer?.reason == .notRegistered)
        }
    }

    @Test("register a phone for somebody never seen")
    func registers() {
        let decision = decide(scene.situation { $0.user = nil }, purpose: .register)
        #expect(decision.call?.number == scene.number)
        #expect(decision.changes.users.isEmpty)
    }

    @Test("refuse to register the same phone again, or another in its place")
    func alreadyRegistered() {
        #expect(decide(scene.situation(), purpose: .register).answer?.reason == .alreadyRegistered)
        let other = scene.situation { $0.place = scene.place(scene.other) }
        #expect(decide(other, purpose: .register).answer?.reason == .contactAdministrator)
        #expect(decide(other, purpose: .register).answer?.outcome == .notAllowed)
    }

    @Test("refuse a disabled channel and name what is left")
    func disabled() throws {
        let situation = scene.situation { $0.options = ["2FA_VER_SMS": "Disabled"] }
        let answer = try #require(decide(situation).answer)
        #expect(answer.outcome == .notAllowed)
        #expect(answer.reason == .methodDisabled)
        #expect(try answer.reply.alternatives == [.call])
        #expect(decide(situation, channel: .call).call != nil)
    }

    @Test(
        "hold sends apart by a cooldown that grows",
        arguments: [(1, 30), (2, 40), (3, 60), (4, 90), (5, 120), (9, 120)])
    func cooldown(streak: Int, seconds: Int) throws {
        func decision(_ waited: Duration) -> Decision {
            let until = scene.now - waited + LimitSettings().pause(streak: streak)
            return decide(scene.situation { $0.paces = scene.paced(streak, until: until) })
        }
        let answer = try #require(decision(.seconds(seconds) - .milliseconds(1)).answer)
        #expect(answer.outcome == .throttled)
        #expect(answer.changes.isEmpty)
        let reply = try answer.reply
        #expect(reply.limit == .cooldown)
        #expect(reply.retryAt == (scene.now + .milliseconds(1)).description)
        #expect(decision(.seconds(seconds)).call != nil)
    }

    @Test("send one code five times and no more while it lives")
    func sendsPerCode() throws {
        func decision(_ count: Int) -> Decision {
            decide(scene.situation { $0.code = scene.code { $0.attempts = (0..<count).map { "VL\($0)" } } })
        }
        #expect(decision(4).call != nil)
        let answer = try #require(decision(5).answer)
        #expect(answer.outcome == .throttled)
        #expect(try answer.reply.limit == .phone)
        #expect(try answer.reply.retryAt == scene.code().expiresAt.description)
    }

    @Test("hold nobody back with limits off")
    func limitsOff() {
        var limits = LimitSettings()
        limits.enabled = false
        let situation = scene.situation {
            $0.code = scene.code { $0.attempts = ["1", "2", "3", "4", "5"] }
            $0.paces = scene.paced(5, until: scene.now + .seconds(120))
        }
        #expect(decide(situation, limits: limits).call != nil)
        #expect(decide(situation).call == nil)
    }

    @Test("say whose job and what program's an answer is")
    func draft() throws {
        let answer = try #require(decide(scene.situation(), patience: .zero).answer)
        let reply = try answer.reply
        #expect(reply.job == "m-1")
        #expect(reply.user == "u1")
        #expect(reply.application == .web)
        #expect(reply.at == scene.now.description)
    }
}
