import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Contract 6: limits on sends")
struct SendLimitsTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private func throttled(_ decision: Decision) throws -> (limit: LimitName?, retryAt: String?)? {
        guard let answer = decision.answer, answer.outcome == .throttled else { return nil }
        #expect(answer.changes.isEmpty)
        return try (answer.reply.limit, answer.reply.retryAt)
    }

    @Test(
        "6 cooldown_seconds: 30, 40, 60, 90, 120 between sends, for the person and for the number",
        arguments: [(1, 30), (2, 40), (3, 60), (4, 90), (5, 120), (9, 120)])
    func cooldown(streak: Int, seconds: Int) throws {
        let last = scene.now - .seconds(seconds)
        let pace = Pace(streak: streak, notBefore: last + .seconds(seconds) + .milliseconds(1))
        for key in [PaceKey.user("u1"), .number(scene.number, isProven: true)] {
            let reply = try #require(try throttled(scene.send(scene.situation { $0.paces = [key: pace] })))
            #expect(reply.limit == .cooldown && reply.retryAt == (scene.now + .milliseconds(1)).description)
        }
        let next = scene.send(scene.situation { $0.paces = scene.paced(streak - 1, until: scene.now) })
        let expected = Pace(streak: streak, notBefore: scene.now + .seconds(seconds))
        #expect(next.changes.paces[.user("u1")] == expected)
        #expect(next.changes.paces[.number(scene.number, isProven: true)] == expected)
    }

    @Test("6 cooldown_seconds: what strangers sent to the number does not hold its owner up, nor the reverse")
    func strangersPace() {
        let until = Pace(streak: 5, notBefore: scene.now + .seconds(100))
        let (own, other) = (PaceKey.number(scene.number, isProven: true), PaceKey.number(scene.number, isProven: false))
        #expect(scene.send(scene.situation { $0.paces = [other: until] }).call != nil)
        let stranger = scene.situation { ($0.user, $0.paces) = (nil, [own: until]) }
        #expect(scene.send(stranger, purpose: .register).call != nil)
        let decision = scene.send(scene.situation { $0.user = nil }, purpose: .register)
        #expect(decision.changes.paces.keys.contains(other) && !decision.changes.paces.keys.contains(own))
    }

    @Test("6 sends_per_code 5: no more while it lives, until it dies")
    func sendsPerCode() throws {
        func decision(_ count: Int, _ change: (inout PipelineSettings) -> Void = { _ in }) -> Decision {
            scene.send(
                scene.pendingSituation { $0.code = scene.code { $0.attempts = (0..<count).map { "VL\($0)" } } },
                .sms, purpose: .login, ticket: nil, patience: .seconds(30), change)
        }
        #expect(decision(4).call != nil)
        let reply = try #require(try throttled(decision(5)))
        #expect(reply.limit == .phone && reply.retryAt == scene.code().expiresAt.description)
        #expect(decision(3) { $0.limits.sendsPerCode = 3 }.call == nil)
        #expect(decision(5) { $0.limits.sendsPerCode = 0 }.call != nil)
    }

    @Test(
        "6 Limits: each tally has its name, and retry_at is when its oldest leaves the window",
        arguments: [
            (Tally.numberSends, LimitName.phone), (.userSends, .user), (.clientSends, .client),
            (.unprovenNumberSends, .phone), (.unprovenCountrySends, .country), (.unprovenSiteSends, .site),
        ])
    func tallies(tally: Tally, name: LimitName) throws {
        let purpose: Purpose = tally.rawValue.hasPrefix("unproven") ? .register : .login
        func decision(_ used: Int) -> Decision {
            let situation = scene.situation {
                if purpose == .register { $0.user = nil }
                $0.tallies = [tally: scene.tally(7, used: used, age: 600, window: tally.window)]
            }
            return scene.send(situation, purpose: purpose)
        }
        #expect(decision(6).call != nil)
        let reply = try #require(try throttled(decision(7)))
        #expect(reply.limit == name)
        #expect(reply.retryAt == (scene.now - .seconds(600) + tally.window).description)
    }

    @Test("6 Limits: of several in the way, the one that lasts longest is named")
    func longest() throws {
        let situation = scene.situation {
            $0.paces = scene.paced(2, until: scene.now + .seconds(40))
            $0.tallies = [
                .userSends: scene.tally(5, used: 5, age: 3000), .clientSends: scene.tally(5, used: 5, age: 1000),
            ]
        }
        let reply = try #require(try throttled(scene.send(situation)))
        #expect(reply.limit == .client && reply.retryAt == (scene.now + .seconds(2600)).description)
    }

    @Test("6 Whose code: unproven sends have their own counters")
    func counters() {
        let proven = scene.send(scene.situation())
        #expect(proven.changes.counted == [.numberSends, .userSends, .clientSends])
        let unproven = scene.send(scene.situation { $0.user = nil }, purpose: .register)
        #expect(
            Set(unproven.changes.counted) == [
                .unprovenNumberSends, .unprovenCountrySends, .unprovenSiteSends, .userSends, .clientSends,
            ])
    }

    @Test("6 Limits: what is looked at is what is set, 0 = off")
    func wanted() {
        func wanted(_ purpose: Purpose, _ change: (inout PipelineSettings) -> Void = { _ in }) -> Wanted {
            SendLimits(settings: scene.settings(change).limits, purpose: purpose, user: "u1").wanted
        }
        #expect(wanted(.login).tallies == [.numberSends: 10, .userSends: 10, .clientSends: 20])
        #expect(
            wanted(.register).tallies == [
                .unprovenNumberSends: 5, .unprovenCountrySends: 200, .unprovenSiteSends: 1000, .userSends: 10,
                .clientSends: 20,
            ])
        #expect(wanted(.login) { $0.limits.sendsPerUserHour = 0 }.tallies[.userSends] == 0)
        #expect(wanted(.login) { $0.limits.enabled = false }.tallies.isEmpty)
        #expect(!wanted(.login) { $0.limits.cooldownSeconds = [] }.paces)
    }

    @Test("7 limits.enabled false: ours hold nobody back, and nothing is counted")
    func off() {
        let situation = scene.pendingSituation {
            $0.code = scene.code { $0.attempts = ["1", "2", "3", "4", "5"] }
            $0.paces = scene.paced(5, until: scene.now + .seconds(120))
            $0.tallies = [.userSends: scene.tally(5, used: 5)]
            $0.place?.region = "DE"
        }
        #expect(scene.send(situation).call == nil)
        let decision = scene.send(situation) { $0.limits.enabled = false }
        #expect(decision.call != nil && decision.changes.isEmpty)
    }
}
