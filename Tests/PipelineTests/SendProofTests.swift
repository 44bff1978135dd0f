import Basics
import Store
import Testing
import TwilioVerify
import Wire

@testable import Pipeline

@Suite("SendConclusions.shows")
struct SendProofTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    @Test("takes a new attempt on our number as proof of our send")
    func proof() throws {
        #expect(try scene.sending().shows(scene.verification()))
        #expect(try scene.sending(known: ["VL1"]).shows(scene.verification(attempts: ["VL1", "VL2"])))
    }

    @Test("takes nothing that was known before")
    func known() throws {
        #expect(try !scene.sending(known: ["VL1"]).shows(scene.verification()))
        #expect(try !scene.sending().shows(scene.verification(attempts: [])))
    }

    @Test("takes nothing from before the intent, in whole seconds by our clock")
    func before() throws {
        #expect(try !scene.sending().shows(scene.verification(after: -1)))
        #expect(try !scene.sending().shows(scene.verification(after: -60)))
        #expect(try scene.sending().shows(scene.verification(after: -60, offset: .seconds(60))))
        #expect(try !scene.sending().shows(scene.verification(after: 5, offset: .seconds(-10))))
    }

    @Test("takes nothing of another number, or that is no longer pending, or without a time")
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
