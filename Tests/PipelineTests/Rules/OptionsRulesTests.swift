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
                Reply.MethodState(method: .code(.sms), to: "+1········42", usable: true),
                Reply.MethodState(method: .code(.call), to: "+1········42", usable: true),
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
        #expect(reply.methods?.map(\.limit) == [.cooldown, nil])
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
        #expect(reply.methods?.map(\.method) == [.code(.sms), .code(.call), .authenticator])
        #expect(reply.methods?.last == Reply.MethodState(method: .authenticator, to: nil, usable: true))
    }

    @Test("3 register_channels: the ways by which a phone may be registered now")
    func registerChannels() {
        func channels(_ change: (inout Situation) -> Void) -> [Wire.Channel]? {
            reply(scene.situation(change)).registerChannels
        }
        #expect(channels { $0.user = nil } == [.sms, .call])
        #expect(channels { ($0.user, $0.options) = (nil, ["2FA_VER_SMS": "Disabled"]) } == [.call])
        #expect(channels { ($0.user, $0.options) = (nil, ["2FA_PROVIDER": "None"]) } == [])
        // The phone is registered.
        #expect(channels { $0.approvedAt = scene.now } == [])
    }

    @Test("6 site.tickets: options tells that one is wanted")
    func needsTicket() {
        func needs(_ isRequired: Bool, _ change: (inout Situation) -> Void) -> Bool? {
            OptionsRules(login: scene.login, settings: scene.settings { $0.ticketsRequired = isRequired })
                .reply(scene.draft, scene.situation(change)).needsTicket
        }
        #expect(needs(true) { $0.user = nil } == true)
        #expect(needs(false) { $0.user = nil } == nil)
        #expect(needs(true) { _ in } == nil)
    }

    @Test("3 methods: not usable while a code's tries are used up, with retry_at")
    func codeTries() {
        let code = scene.code { $0.checksBegun = 5 }
        func methods(_ change: (inout Situation) -> Void) -> [Reply.MethodState] {
            reply(
                scene.situation {
                    ($0.code, $0.pending) = (code, scene.pending())
                    $0.user?.authenticator = scene.authenticator()
                    change(&$0)
                }
            ).methods ?? []
        }
        let used = methods { _ in }
        #expect(used.map(\.usable) == [false, false, true])
        #expect(used.map(\.limit) == [.codeTries, .codeTries, nil])
        #expect(used.map(\.retryAt) == [code.expiresAt.description, code.expiresAt.description, nil])
        // Twilio makes no other one, whoever asks.
        #expect(methods { $0.clientApprovedAt = scene.now }.first?.usable == false)
        #expect(methods { $0.code?.checksBegun = 4 }.first?.usable == true)
        // What strangers' registrations used up is ended for the owner.
        #expect(methods { ($0.pending, $0.strangers) = (nil, [.register]) }.first?.usable == true)
        // A longer pause is told.
        let later = code.expiresAt + .seconds(60)
        #expect(methods { $0.paces = scene.paced(9, until: later) }.first?.retryAt == later.description)
    }

    @Test("3 methods: why one is not usable")
    func reasons() {
        func reasons(_ change: (inout Situation) -> Void) -> [Reason?] {
            reply(scene.situation(change)).methods?.map(\.reason) ?? []
        }
        #expect(reasons { _ in } == [nil, nil])
        #expect(reasons { $0.options = ["2FA_VER_SMS": "Disabled"] } == [.methodDisabled, nil])
        #expect(reasons { $0.options = ["2FA_PROVIDER": "None"] } == [.providerNone, .providerNone])
        #expect(reasons { $0.user?.phone?.place.isLandline = true } == [.landline, nil])
        #expect(
            reasons { $0.user?.phone?.place.region = "DE" } == [.countryNotAllowed, .countryNotAllowed])
    }

    @Test("3 message: a sentence for each decision, and one where nothing is usable")
    func messages() {
        func message(_ change: (inout Situation) -> Void) -> String { reply(scene.situation(change)).message }
        let all: [String: String] = ["2FA_LOGINTYPE_WEB": "All"]
        let none = all.merging(["2FA_VER_SMS": "Disabled", "2FA_VER_VOICE": "Disabled", "2FA_VER_TOTP": "Disabled"]) {
            $1
        }
        let messages = [
            message { _ in }, message { $0.options = all },
            message { ($0.user, $0.options) = (nil, all) }, message { $0.options = none },
            message {
                $0.options = all
                $0.user?.phone?.place.region = "DE"
            },
        ]
        #expect(Set(messages).count == messages.count)
        #expect(messages[1] == "These are the ways to confirm that it is you.")
    }
}
