import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Contract 3: alternatives, methods that work now")
struct MethodRulesTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private func working(
        except channel: Wire.Channel? = nil, _ settings: (inout PipelineSettings) -> Void = { _ in },
        _ change: (inout Situation) -> Void
    ) -> [Wire.Method] {
        MethodRules(limits: scene.settings(settings).limits).working(scene.situation(change), except: channel)
    }

    private var authenticator: Authenticator {
        Authenticator(factorSID: "YF", identity: "i", registeredAt: scene.now)
    }

    @Test("3 alternatives: registered, enabled, in the country lists, and no text to a landline")
    func working() {
        #expect(working { _ in } == [.code(.sms), .code(.call)])
        #expect(working { $0.user = nil } == [])
        #expect(working { $0.user?.authenticator = authenticator } == [.code(.sms), .code(.call), .authenticator])
        #expect(working { $0.user?.phone?.place.isLandline = true } == [.code(.call)])
        #expect(working { $0.user?.phone?.place.region = "DE" } == [])
        #expect(
            working({ $0.limits.countries[.call] = ["DE"] }) { $0.user?.phone?.place.region = "DE" } == [.code(.call)])
        #expect(working { $0.options = ["2FA_VER_SMS": "Disabled"] } == [.code(.call)])
        #expect(working { $0.options = ["2FA_PROVIDER": "None"] } == [])
    }

    @Test("3 alternatives: never the one that failed; the registered number's, not the job's")
    func except() {
        #expect(working(except: .sms) { $0.user?.authenticator = authenticator } == [.code(.call), .authenticator])
        #expect(working(except: .call) { $0.place?.isLandline = true } == [.code(.sms)])
    }

    @Test("3 alternatives: at a registration what may be registered instead")
    func registering() {
        func alternatives(
            to channel: Wire.Channel, callCountries: Set<String>? = ["US"],
            _ change: (inout Situation) -> Void = { _ in }
        ) -> [Wire.Method] {
            let situation = scene.situation {
                $0.user = nil
                change(&$0)
            }
            return MethodRules(limits: scene.settings { $0.limits.countries[.call] = callCountries }.limits)
                .alternatives(to: channel, for: .register, situation)
        }
        #expect(alternatives(to: .sms) == [.code(.call), .authenticator])
        #expect(alternatives(to: .call) == [.code(.sms), .authenticator])
        #expect(alternatives(to: .call) { $0.place?.isLandline = true } == [.authenticator])
        #expect(alternatives(to: .sms) { $0.place?.region = "DE" } == [.authenticator])
        let abroad = alternatives(to: .sms, callCountries: nil) { $0.place?.region = "DE" }
        #expect(abroad == [.code(.call), .authenticator])
        #expect(
            alternatives(to: .sms) { $0.options = ["2FA_VER_VOICE": "Disabled", "2FA_VER_TOTP": "Disabled"] } == [])
        // Another method only after a check of this sign-in.
        let proven: (inout Situation) -> Void = {
            var user = UserRecord(name: "u1")
            user.authenticator = authenticator
            ($0.user, $0.approvedAt) = (user, scene.now)
        }
        #expect(alternatives(to: .sms, proven) == [.code(.call)])
        #expect(
            alternatives(to: .sms) {
                proven(&$0)
                $0.approvedAt = nil
            } == [])
    }
}
