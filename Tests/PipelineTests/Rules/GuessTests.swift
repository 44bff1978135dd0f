import Basics
import SitePolicy
import Store
import TestKit
import Testing
import Wire

@testable import Pipeline

/// Whatever the situation: a code that was compared with a bypass code and is not it costs a try.
@Suite("Contract 6: guesses")
struct GuessTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    @Test(
        "6 Guesses: no situation whatever in which a bypass code is compared and the guess is free",
        arguments: UInt64(1)...UInt64(12))
    func everyGuessCounts(seed: UInt64) throws {
        var random = RandomSituation(scene: scene, generator: Seeded(seed))
        var seen: Set<String> = []
        for round in 0..<800 {
            var situation = random.situation()
            var settings = random.settings()
            settings.limits.enabled = true
            let (method, patience) = (random.method(), Duration.milliseconds(random.number(1500...30_000)))
            func decide(_ bypass: Situation.Bypass) -> Decision {
                situation.bypass = bypass
                return scene.check(situation, method: method, patience: patience) { $0 = settings }
            }
            let note = "seed \(seed), round \(round)"
            // Where the right code lets nobody in, it was not compared: then a wrong one is answered alike.
            guard decide(.right).answer?.outcome == .approved else {
                let unread = [decide(.none), decide(.right), decide(.wrong(triesLeft: 3))]
                #expect(Set(unread.map(\.answer?.outcome)).count == 1, "\(note)")
                #expect(unread.allSatisfy { $0.changes.isEmpty }, "\(note)")
                continue
            }
            let without = decide(.none)
            seen.insert(without.answer.map { "\($0.outcome) \($0.reason?.rawValue ?? "")" } ?? "a call")
            let guess = decide(.wrong(triesLeft: 3))
            #expect(guess.changes.bypassTries == ["u1"], "\(note)")
            #expect(Set(guess.changes.counted) == Set(CheckLimits.tallies), "\(note)")
            #expect(guess.changes.approvals.isEmpty, "\(note)")
            if let answer = guess.answer {
                #expect(answer.outcome == .denied && without.call == nil, "\(note)")
                #expect(try answer.reply.checksLeft.map { $0 <= 3 } == true, "\(note)")
            } else {
                #expect(without.call != nil && Set(without.changes.counted) == Set(CheckLimits.tallies), "\(note)")
            }
        }
        #expect(seen.count >= 8, "\(seen.sorted())")
    }
}
