import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Contract 3: the reply to options")
struct OptionsRulesTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private func reply(_ situation: Situation) -> Reply {
        OptionsRules(login: scene.login, settings: scene.settings()).reply(scene.draft, situation)
    }

    @Test("3 methods: of a registered phone, masked")
    func registered() {
        let reply = reply(scene.situation { $0.user = scene.user { $0.required = true } })
        #expect(reply.outcome == .options)
        #expect(reply.decision == "verify")
        #expect(reply.because == ["application_flagged", "user_flag", "registered"])
        #expect(
            reply.methods == [
                Reply.MethodState(method: .sms, to: "+1········42", usable: true),
                Reply.MethodState(method: .call, to: "+1········42", usable: true),
            ])
        #expect(reply.register == [])
        #expect(!String(decoding: reply.encoded(), as: UTF8.self).contains("415555"))
    }

    @Test("3 methods: usable or not")
    func usable() {
        let reply = reply(scene.situation { $0.options = ["2FA_VER_SMS": "Disabled"] })
        #expect(reply.methods?.map(\.usable) == [false, true])
    }

    @Test("3 register: what may be registered now")
    func register() {
        let reply = reply(
            scene.situation {
                $0.user = nil
                $0.options = ["2FA_LOGINTYPE_WEB": "All"]
            })
        #expect(reply.decision == "register")
        #expect(reply.methods == [])
        #expect(reply.register?.contains(.phone) == true)
    }

    @Test("6 Decision: under provider None nothing is offered")
    func noProvider() {
        let reply = reply(scene.situation { $0.options = ["2FA_PROVIDER": "None"] })
        #expect(reply.decision == "not_required")
        #expect(reply.because == ["provider_none"])
        #expect(reply.methods?.contains { $0.usable } == false)
        #expect(reply.register == [])
    }

    @Test("6 Decision: never on limits")
    func limits() {
        let calm = reply(scene.situation())
        let busy = reply(
            scene.situation {
                $0.code = scene.code { $0.checksBegun = 5 }
                $0.paces = scene.paced(9, until: scene.now + .seconds(100))
            })
        #expect(calm.decision == busy.decision)
        #expect(calm.because == busy.because)
    }

    @Test("3 methods: retry_at while a limit stands in the way, of usable ones")
    func retryAt() {
        let until = scene.now + .seconds(40)
        let reply = reply(
            scene.situation {
                $0.paces = scene.paced(2, until: until)
                $0.options = ["2FA_VER_VOICE": "Disabled"]
            })
        #expect(reply.methods?.map(\.retryAt) == [until.description, nil])
    }

    @Test("6 Whose code: a stranger's used-up registration is no obstacle of the owner's")
    func strangers() {
        let reply = reply(
            scene.situation {
                $0.code = scene.code { $0.attempts = ["1", "2", "3", "4", "5"] }
                $0.strangers = [.register]
            })
        #expect(reply.methods?.map(\.retryAt) == [nil, nil])
        #expect(OptionsRules(login: scene.login, settings: scene.settings()).wanted.strangers)
    }

    @Test("3 register: another method only after an approved check of this login; 6 verify_first")
    func registerAnother() {
        func offered(_ change: (inout Situation) -> Void) -> [Factor]? {
            var settings = scene.settings()
            settings.limits.enabled = true
            return OptionsRules(login: scene.login, settings: settings)
                .reply(scene.draft, scene.situation(change)).register
        }
        #expect(offered { _ in } == [])
        #expect(offered { $0.approvedAt = scene.now } == [.authenticator])
        #expect(offered { $0.user = nil } == [.phone, .authenticator])
        #expect(offered { ($0.user, $0.options) = (nil, ["2FA_VER_TOTP": "Disabled"]) } == [.phone])
    }

    @Test("3 methods: the authenticator has no number")
    func authenticator() {
        let reply = reply(
            scene.situation {
                $0.user?.authenticator = Authenticator(factorSID: "YF", identity: "i", registeredAt: scene.now)
                $0.paces = scene.paced(2, until: scene.now + .seconds(9))
            })
        #expect(reply.methods?.map(\.method) == [.sms, .call, .authenticator])
        #expect(reply.methods?.last == Reply.MethodState(method: .authenticator, to: nil, usable: true))
    }
}
