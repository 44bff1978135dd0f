import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("OptionsRules")
struct OptionsRulesTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private func reply(_ situation: Situation) -> Reply {
        OptionsRules(login: scene.login, settings: scene.settings()).reply(scene.draft, situation)
    }

    @Test("list the methods of a registered phone, masked")
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

    @Test("say which registered method cannot be used now")
    func usable() {
        let reply = reply(scene.situation { $0.options = ["2FA_VER_SMS": "Disabled"] })
        #expect(reply.methods?.map(\.usable) == [false, true])
    }

    @Test("offer a phone to register to whoever has none")
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

    @Test("offer nothing under no provider")
    func noProvider() {
        let reply = reply(scene.situation { $0.options = ["2FA_PROVIDER": "None"] })
        #expect(reply.decision == "not_required")
        #expect(reply.because == ["provider_none"])
        #expect(reply.methods?.contains { $0.usable } == false)
        #expect(reply.register == [])
    }

    @Test("never depend on limits")
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
}
