import Basics
import Store
import Testing
import TwilioVerify
import Wire

@testable import Pipeline

@Suite("Design 2: what proves a check whose answer was lost")
struct CheckProofTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private func attempt(_ after: Duration, offset: Duration? = nil, isConverted: Bool = true) -> Attempt {
        Attempt(
            sid: "VL1", verificationSID: "VE1", createdAt: scene.now - .seconds(60), updatedAt: scene.now + after,
            converted: isConverted, clockOffset: offset)
    }

    /// Whether it proves a check that was begun in the middle of a second.
    private func proves(_ attempt: Attempt) throws -> Bool {
        try scene.checking().check.isProven(by: attempt, since: scene.now + .milliseconds(700))
    }

    @Test("5.5 converted in the second of our call or later")
    func inTime() throws {
        for after in [Duration.zero, .milliseconds(300), .seconds(1), .seconds(9)] {
            #expect(try proves(attempt(after)))
            #expect(try proves(attempt(after - .seconds(60), offset: .seconds(60))))
            #expect(try proves(attempt(after + .seconds(60), offset: .seconds(-60))))
        }
    }

    @Test("5.5 never in a second before it: then it was not our call")
    func before() throws {
        for after in [Duration.milliseconds(-1), .seconds(-1), .seconds(-60)] {
            #expect(try !proves(attempt(after)))
            #expect(try !proves(attempt(after - .seconds(60), offset: .seconds(60))))
            #expect(try !proves(attempt(after + .seconds(60), offset: .seconds(-60))))
        }
    }

    @Test("5.5 nothing that did not convert, or is another verification's, or has no time")
    func foreign() throws {
        #expect(try !proves(attempt(.seconds(5), isConverted: false)))
        var other = attempt(.seconds(5))
        other.verificationSID = "VE2"
        #expect(try !proves(other))
        other = attempt(.seconds(5))
        other.updatedAt = nil
        #expect(try !proves(other))
    }

    @Test("5.5 a challenge: answered in the second of our call or later, and our own")
    func challenges() {
        let factor = PlannedFactor(user: "u1", identity: "person-1", sid: "YF1")
        let planned = PlannedChallenge(factor: factor, open: "YC1", request: "r-1")
        func proves(_ after: Duration?, _ change: (inout Challenge) -> Void = { _ in }) -> Bool {
            var challenge = Challenge(
                sid: "YC1", factorSID: "YF1", identity: "person-1", status: .approved, request: "r-0",
                respondedAt: after.map { scene.now + $0 })
            change(&challenge)
            return planned.isProven(by: challenge, since: scene.now + .milliseconds(700))
        }
        #expect(proves(.zero) && proves(.seconds(9)))
        #expect(proves(.seconds(-60)) { $0.clockOffset = .seconds(60) })
        #expect(proves(.zero) { ($0.sid, $0.request) = ("YC2", "r-1") })
        #expect(!proves(.seconds(-1)) && !proves(nil))
        #expect(!proves(.zero) { ($0.sid, $0.request) = ("YC2", "r-2") })
        #expect(!proves(.zero) { $0.status = .pending })
        #expect(!proves(.zero) { $0.factorSID = "YF2" })
    }
}
