import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Contract 6: limits on wrong codes")
struct CheckLimitsTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private let known = LimitSettings.clientMemory - .seconds(1)

    /// What stands in the way when the person has `all` wrong codes, `own` of them from this client.
    private func lock(
        all: Int, own: Int? = nil, approvedAgo: Duration? = nil, _ change: (inout PipelineSettings) -> Void = { _ in }
    ) throws -> (limit: LimitName?, retryAt: String?)? {
        let limits = scene.settings(change).limits
        let situation = scene.pendingSituation {
            $0.tallies[.wrongCodesOfUser] = scene.tally(max(1, limits.wrongCodesPerUserHour), used: all)
            if limits.wrongCodesPerUserHour == 0 { $0.tallies[.wrongCodesOfUser] = nil }
            if let own {
                let limit = limits.wrongCodesPerUserClientHour
                $0.tallies[.wrongCodesOfUserAndClient] = scene.tally(limit > 0 ? limit : 5, used: own, age: 30)
            }
            $0.clientApprovedAt = approvedAgo.map { scene.now - $0 }
        }
        guard let answer = scene.check(situation, change).answer else { return nil }
        #expect(answer.outcome == .throttled && answer.changes.isEmpty)
        return try (answer.reply.limit, answer.reply.retryAt)
    }

    @Test("6 wrong_codes_per_user_client_hour 10: user_tries, until the oldest leaves the hour")
    func perClient() throws {
        #expect(try lock(all: 9, own: 9) == nil)
        let locked = try #require(try lock(all: 10, own: 10))
        #expect(locked.limit == .userTries && locked.retryAt == (scene.now + .seconds(3570)).description)
    }

    @Test("6 wrong_codes_per_user_hour 20: over all clients, also without one")
    func perUser() throws {
        #expect(try lock(all: 19, own: 0) == nil)
        let locked = try #require(try lock(all: 20, own: 0))
        #expect(locked.limit == .userTries && locked.retryAt == (scene.now + .seconds(3540)).description)
        #expect(try lock(all: 20) != nil)
    }

    @Test("6 A client that was approved in the last 30 days keeps 5 tries of its own")
    func knownClient() throws {
        for own in 0..<5 { #expect(try lock(all: 20, own: own, approvedAgo: known) == nil, "\(own)") }
        #expect(try lock(all: 20, own: 5, approvedAgo: known) != nil)
        #expect(try lock(all: 20, own: 0, approvedAgo: LimitSettings.clientMemory) != nil)
        #expect(try lock(all: 20, own: 0, approvedAgo: nil) != nil)
        // Without a client nobody is known.
        #expect(try lock(all: 20, approvedAgo: nil) != nil)
    }

    @Test("6 The known client's own limit still holds")
    func ownLimit() throws {
        #expect(try lock(all: 20, own: 3, approvedAgo: known) { $0.limits.wrongCodesPerUserClientHour = 3 } != nil)
        #expect(try lock(all: 20, own: 2, approvedAgo: known) { $0.limits.wrongCodesPerUserClientHour = 3 } == nil)
    }

    @Test("6 0 = off, and the known client keeps its five tries also then")
    func off() throws {
        #expect(try lock(all: 10, own: 10) { $0.limits.wrongCodesPerUserClientHour = 0 } == nil)
        #expect(try lock(all: 20, own: 4, approvedAgo: known) { $0.limits.wrongCodesPerUserClientHour = 0 } == nil)
        #expect(try lock(all: 20, own: 5, approvedAgo: known) { $0.limits.wrongCodesPerUserClientHour = 0 } != nil)
        #expect(try lock(all: 40, own: 3) { $0.limits.wrongCodesPerUserHour = 0 } == nil)
        #expect(try lock(all: 40, own: 10) { $0.limits.wrongCodesPerUserHour = 0 } != nil)
        #expect(try lock(all: 20, own: 10) { $0.limits.enabled = false } == nil)
    }

    @Test("6 What is looked at is what is set")
    func wanted() {
        func wanted(_ change: (inout PipelineSettings) -> Void = { _ in }) -> Wanted {
            CheckLimits(settings: scene.settings(change).limits).wanted
        }
        #expect(wanted().tallies == [.wrongCodesOfUserAndClient: 10, .wrongCodesOfUser: 20] && wanted().approval)
        #expect(wanted { $0.limits.wrongCodesPerUserClientHour = 0 }.tallies[.wrongCodesOfUserAndClient] == 5)
        #expect(wanted { $0.limits.enabled = false }.tallies.isEmpty)
    }

    @Test("3 checks_left: what is left at our limits, the known client's five among them")
    func left() {
        func left(all: Int, own: Int?, isKnown: Bool = false, _ change: (inout PipelineSettings) -> Void = { _ in })
            -> Int
        {
            let limits = scene.settings(change).limits
            let situation = scene.situation {
                $0.tallies[.wrongCodesOfUser] = scene.tally(20, used: all)
                $0.tallies[.wrongCodesOfUserAndClient] = own.map { scene.tally(10, used: $0) }
                if isKnown { $0.clientApprovedAt = scene.now }
            }
            return CheckLimits(settings: limits).left(situation)
        }
        #expect(left(all: 0, own: 0) == 10 && left(all: 18, own: 3) == 2 && left(all: 20, own: 3) == 0)
        #expect(left(all: 19, own: 0, isKnown: true) == 5 && left(all: 20, own: 3, isKnown: true) == 2)
        #expect(left(all: 5, own: nil) == 15)
        #expect(left(all: 20, own: 10) { $0.limits.enabled = false } == .max)
    }
}
