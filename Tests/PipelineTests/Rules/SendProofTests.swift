import Basics
import Store
import Testing
import TwilioVerify
import Wire

@testable import Pipeline

@Suite("Design 2: what proves a send whose answer was lost")
struct SendProofTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    @Test("5.3 a new attempt on our number proves our send")
    func proof() throws {
        #expect(try scene.sending().shows(scene.verification()))
        #expect(try scene.sending(known: ["VL1"]).shows(scene.verification(attempts: ["VL1", "VL2"])))
    }

    @Test("5.3 nothing that was known before")
    func known() throws {
        #expect(try !scene.sending(known: ["VL1"]).shows(scene.verification()))
        #expect(try !scene.sending().shows(scene.verification(attempts: [])))
    }

    @Test("5.3 nothing from before the intent, in whole seconds by our clock")
    func before() throws {
        #expect(try !scene.sending().shows(scene.verification(after: -1)))
        #expect(try !scene.sending().shows(scene.verification(after: -60)))
        #expect(try scene.sending().shows(scene.verification(after: -60, offset: .seconds(60))))
        #expect(try !scene.sending().shows(scene.verification(after: -60, offset: .seconds(59))))
        #expect(try !scene.sending().shows(scene.verification(after: 5, offset: .seconds(-10))))
    }

    @Test("5.3 nothing of another number, or no longer pending, or without a time")
    func foreign() throws {
        var verification = scene.verification()
        verification.to = scene.other
        #expect(try !scene.sending().shows(verification))
        for status in [VerificationStatus.approved, .canceled, .expired, .other("new")] {
            #expect(try !scene.sending().shows(scene.verification(status: status)))
        }
        verification = scene.verification()
        verification.attempts = [Verification.SendAttempt(sid: "VL9", time: nil)]
        #expect(try !scene.sending().shows(verification))
    }
}
