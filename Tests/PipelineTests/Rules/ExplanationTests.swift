import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Contract 2: admin.explain")
struct ExplanationTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    @Test("2 admin.explain: decision, because, methods, as options says")
    func decision() throws {
        let situation = scene.situation { $0.user = scene.user { $0.required = true } }
        let reply = try scene.admin(.adminExplain, .explain).answer(situation).reply
        let options = OptionsRules(login: Job.Login(user: "u1"), settings: scene.settings()).reply(
            scene.draft, situation)
        #expect(reply.outcome == .done && reply.decision == "verify")
        #expect(
            reply.because == options.because && reply.methods == options.methods && reply.register == options.register)
    }

    @Test("2 admin.explain: limits as they stand")
    func limits() throws {
        let situation = scene.situation {
            $0.tallies = [
                .numberSends: scene.tally(10, used: 2), .userSends: scene.tally(10, used: 10),
                .userEnrolments: scene.tally(5, used: 1), .wrongCodesOfUser: scene.tally(20, used: 0),
            ]
            $0.paces = scene.paced(2, until: scene.now + .seconds(9))
        }
        let limits = try scene.admin(.adminExplain, .explain).answer(situation).reply.limits
        let full = (scene.now + .seconds(3540)).description
        #expect(
            limits == [
                Reply.LimitState(name: "sends_per_number_hour", used: 2, allowed: 10, retryAt: nil),
                Reply.LimitState(name: "sends_per_user_hour", used: 10, allowed: 10, retryAt: full),
                Reply.LimitState(name: "enrolments_per_user_hour", used: 1, allowed: 5, retryAt: nil),
                Reply.LimitState(name: "wrong_codes_per_user_hour", used: 0, allowed: 20, retryAt: nil),
                Reply.LimitState(
                    name: "cooldown_seconds", used: 2, allowed: 2, retryAt: (scene.now + .seconds(9)).description),
            ])
    }

    @Test("2 admin.explain: a pause that is over stands in nobody's way; no pause is not listed")
    func pauses() throws {
        let over = scene.situation { $0.paces = scene.paced(2, until: scene.now) }
        let state = try scene.admin(.adminExplain, .explain).answer(over).reply.limits?.last
        #expect(state == Reply.LimitState(name: "cooldown_seconds", used: 2, allowed: 3, retryAt: nil))
        #expect(try scene.admin(.adminExplain, .explain).answer(scene.situation()).reply.limits == [])
    }

    @Test("2 admin.explain: the limits that are the person's own are looked at")
    func wanted() {
        let wanted = scene.admin(.adminExplain, .explain).wanted
        #expect(wanted.tallies[.wrongCodesOfUser] == 20 && wanted.tallies[.userSends] == 10 && wanted.paces)
        let off = scene.admin(.adminExplain, .explain) { $0.limits.enabled = false }
        #expect(off.wanted.tallies.isEmpty)
    }
}
