import Basics
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Contract 2: what a code is for, where the job does not say")
struct CheckTargetTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    enum Pending: CaseIterable { case nothing, code, overCode, enrolment, overEnrolment, both }
    enum Registered: CaseIterable { case nothing, phone, authenticator, both }

    private func situation(_ pending: Pending, _ registered: Registered) -> Situation {
        scene.situation {
            $0.user = registered == .nothing ? nil : scene.user()
            if registered == .authenticator { $0.user?.phone = nil }
            if registered == .authenticator || registered == .both { $0.user?.authenticator = scene.authenticator() }
            switch pending {
            case .nothing: break
            case .code: ($0.pending, $0.code) = (scene.pending(), scene.code())
            case .overCode: ($0.pending, $0.code) = (scene.pending(ended: .codeUsed), scene.code())
            case .enrolment: $0.enrolment = scene.enrolment { $0.wasConfirmed = true }
            case .overEnrolment: $0.enrolment = scene.enrolment().ended(.enrolmentExpired)
            case .both:
                ($0.pending, $0.code) = (scene.pending(), scene.code())
                $0.enrolment = scene.enrolment { $0.wasConfirmed = true }
            }
        }
    }

    private func name(_ decision: Decision) -> String {
        switch decision.call {
        case .check: return "phone"
        case .prove: return "enrolment"
        case .challenge: return "authenticator"
        default: break
        }
        guard let answer = decision.answer else { return "?" }
        return answer.outcome == .invalid ? "invalid" : answer.reason?.rawValue ?? "?"
    }

    /// Every pair of what the login has pending and what the person has registered.
    static let table: [(Pending, [String])] = [
        // registered:  nothing, phone, authenticator, both
        (.nothing, ["invalid", "not_pending", "authenticator", "invalid"]),
        (.code, ["phone", "phone", "phone", "phone"]),
        (.overCode, ["code_used", "code_used", "authenticator", "invalid"]),
        (.enrolment, ["enrolment", "enrolment", "enrolment", "enrolment"]),
        (.overEnrolment, ["enrolment_expired", "not_pending", "authenticator", "invalid"]),
        (.both, ["invalid", "phone", "enrolment", "invalid"]),
    ]

    @Test(
        "2 method: what this login has pending; if both or neither, the only registered; else invalid", arguments: table
    )
    func choice(pending: Pending, expected: [String]) throws {
        let found = Registered.allCases.map { name(scene.check(situation(pending, $0))) }
        #expect(found == expected)
    }

    @Test("2 method: the job's own word counts first")
    func named() {
        #expect(name(scene.check(situation(.both, .both), method: .phone)) == "phone")
        #expect(name(scene.check(situation(.both, .both), method: .authenticator)) == "enrolment")
        #expect(name(scene.check(situation(.code, .both), method: .authenticator)) == "authenticator")
        #expect(name(scene.check(situation(.code, .phone), method: .authenticator)) == "not_registered")
        #expect(name(scene.check(situation(.overEnrolment, .phone), method: .authenticator)) == "enrolment_expired")
    }

    @Test("2 method: an enrolment of another login is none of this one's")
    func elsewhere() {
        var situation = situation(.enrolment, .nothing)
        situation.enrolment?.login.login = "another"
        #expect(name(scene.check(situation, method: .authenticator)) == "not_yours")
        #expect(name(scene.check(situation)) == "invalid")
    }
}
