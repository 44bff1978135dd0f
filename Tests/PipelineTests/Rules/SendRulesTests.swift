import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Contract 2 and 4: whether a code may be sent")
struct SendRulesTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    @Test("2 send: the registered phone, on the channel asked for; 6 Limits: counted when the intent is written")
    func sends() throws {
        let decision = scene.send(scene.situation { $0.paces = scene.paced(2, until: scene.now) }, .call)
        #expect(
            decision.call == .send(PlannedSend(place: scene.place, channel: .call, locale: nil, purpose: .login)))
        let pace = Pace(streak: 3, notBefore: scene.now + .seconds(60))
        #expect(decision.changes.paces == [.user("u1"): pace, .number(scene.number, isProven: true): pace])
        #expect(decision.changes.counted == [.numberSends, .userSends, .clientSends])
        #expect(decision.changes.users.isEmpty && decision.changes.ties.isEmpty)
    }

    @Test("2 locale: passed on")
    func locale() {
        var rules = SendRules(
            draft: scene.draft, login: scene.login, channel: .sms, purpose: .login, deadline: scene.now + .seconds(9),
            settings: scene.settings())
        rules.login.locale = "pt-BR"
        guard case .send(let send)? = rules.decide(scene.situation()).call else {
            Issue.record("no send")
            return
        }
        #expect(send.locale == "pt-BR")
    }

    @Test("2 register.phone: the number that the job names, for somebody never seen")
    func registers() {
        let situation = scene.situation {
            $0.user = nil
            $0.place = scene.place(scene.other)
        }
        let decision = scene.send(situation, purpose: .register)
        #expect(
            decision.call
                == .send(PlannedSend(place: scene.place(scene.other), channel: .sms, locale: nil, purpose: .register)))
        #expect(decision.changes.users.isEmpty)
    }

    @Test("5.1 intent: what Twilio was known to have done before it")
    func known() {
        func sent(_ change: (inout LiveCode) -> Void = { _ in }) -> PlannedSend? {
            let situation = scene.pendingSituation { $0.code = scene.code(change) }
            guard case .send(let send)? = scene.send(situation).call else { return nil }
            return send
        }
        #expect(sent()?.knownSID == "VE1" && sent()?.knownAttempts == ["VL1"])
        for dead in [sent { $0.ended = .codeUsed }, sent { $0.expiresAt = scene.now }] {
            #expect(dead?.knownSID == nil && dead?.knownAttempts == ["VL1"] && dead?.cancels == nil)
        }
    }

    @Test(
        "4 late: less than 2 s before the deadline, or after it: nothing was begun",
        arguments: [Purpose.login, .register])
    func late(purpose: Purpose) {
        let situation = scene.situation { if purpose == .register { $0.user = nil } }
        for patience in [Duration.milliseconds(1999), .zero, .seconds(-5)] {
            let decision = scene.send(situation, purpose: purpose, patience: patience)
            #expect(decision.answer?.outcome == .late && decision.changes.isEmpty)
        }
        #expect(scene.send(situation, purpose: purpose, patience: .seconds(2)).call != nil)
    }

    @Test("2 cancel: a send that was canceled while it waited is answered canceled and not sent")
    func canceled() {
        let decision = scene.send(scene.situation { $0.isCanceled = true })
        #expect(decision.answer?.outcome == .canceled && decision.changes.isEmpty)
    }

    @Test("6 Decision: under provider None not_allowed / provider_none", arguments: [Purpose.login, .register])
    func noProvider(purpose: Purpose) {
        let answer = scene.send(scene.situation { $0.options = ["2FA_PROVIDER": "None"] }, purpose: purpose).answer
        #expect(answer?.outcome == .notAllowed && answer?.reason == .providerNone)
    }

    @Test("6 Decision: who is not required but registered may still send")
    func notRequired() {
        for options in [["2FA_LOGINTYPE_WEB": "None"], ["2FA_LOGINTYPE_WEB": "Flagged"]] {
            let situation = scene.situation {
                $0.options = options
                $0.user?.required = false
            }
            #expect(scene.send(situation).call != nil)
        }
    }

    @Test("4 not_allowed / not_registered: nobody, or without a phone")
    func notRegistered() {
        for user in [nil, scene.user { $0.phone = nil }] {
            let situation = scene.situation { ($0.user, $0.place) = (user, user?.phone?.place) }
            let answer = scene.send(situation).answer
            #expect(answer?.outcome == .notAllowed && answer?.reason == .notRegistered)
        }
    }

    @Test("6 Options: method_disabled from the next send on; 3 alternatives")
    func disabled() throws {
        let situation = scene.situation { $0.options = ["2FA_VER_SMS": "Disabled"] }
        let answer = try #require(scene.send(situation).answer)
        #expect(answer.outcome == .notAllowed && answer.reason == .methodDisabled)
        #expect(try answer.reply.alternatives == [.code(.call)])
        #expect(scene.send(situation, .call).call != nil)
        let register = scene.send(
            scene.situation { ($0.options, $0.user) = (["2FA_VER_SMS": "Disabled"], nil) }, purpose: .register)
        #expect(register.answer?.reason == .methodDisabled)
        #expect(try register.answer?.reply.alternatives == [.code(.call), .authenticator])
    }

    @Test("4 blocked / country_not_allowed: by each channel's own list; 3 alternatives")
    func countries() throws {
        let german = scene.situation {
            $0.user?.phone?.place.region = "DE"; $0.place?.region = "DE"
        }
        let answer = try #require(scene.send(german).answer)
        #expect(answer.outcome == .blocked && answer.reason == .countryNotAllowed)
        #expect(try answer.reply.alternatives == [])
        let callable = try #require(scene.send(german, .sms) { $0.limits.countries[.call] = ["DE"] }.answer)
        #expect(try callable.reply.alternatives == [.code(.call)])
        #expect(scene.send(german, .call) { $0.limits.countries[.call] = ["DE"] }.call != nil)
        #expect(scene.send(german) { $0.limits.countries[.sms] = nil }.call != nil)
        let nowhere = scene.situation { $0.place?.region = nil }
        #expect(scene.send(nowhere).answer?.reason == .countryNotAllowed)
    }

    @Test("4 blocked / landline: no text to one, but a call")
    func landline() throws {
        let situation = scene.situation {
            $0.user?.phone?.place.isLandline = true
            $0.place?.isLandline = true
        }
        let answer = try #require(scene.send(situation).answer)
        #expect(answer.outcome == .blocked && answer.reason == .landline)
        #expect(try answer.reply.alternatives == [.code(.call)])
        #expect(scene.send(situation, .call).call != nil)
    }

    @Test("3 Always there: whose job and what program's an answer is")
    func draft() throws {
        let reply = try #require(try scene.send(scene.situation(), patience: .zero).answer?.reply)
        #expect(reply.job == "m-1" && reply.user == "u1" && reply.application == .web)
        #expect(reply.at == scene.now.description)
    }
}
