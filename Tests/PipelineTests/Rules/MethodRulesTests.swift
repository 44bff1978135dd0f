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
        #expect(working { _ in } == [.sms, .call])
        #expect(working { $0.user = nil } == [])
        #expect(working { $0.user?.authenticator = authenticator } == [.sms, .call, .authenticator])
        #expect(working { $0.user?.phone?.place.isLandline = true } == [.call])
        #expect(working { $0.user?.phone?.place.region = "DE" } == [])
        #expect(working({ $0.limits.callCountries = ["DE"] }) { $0.user?.phone?.place.region = "DE" } == [.call])
        #expect(working { $0.options = ["2FA_VER_SMS": "Disabled"] } == [.call])
        #expect(working { $0.options = ["2FA_PROVIDER": "None"] } == [])
    }

    @Test("3 alternatives: never the one that failed; the registered number's, not the job's")
    func except() {
        #expect(working(except: .sms) { $0.user?.authenticator = authenticator } == [.call, .authenticator])
        #expect(working(except: .call) { $0.place?.isLandline = true } == [.sms])
    }
}
