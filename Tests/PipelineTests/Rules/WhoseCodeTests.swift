import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Contract 6: whose code")
struct WhoseCodeTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private func plan(_ decision: Decision) -> PlannedSend? {
        guard case .send(let send)? = decision.call else { return nil }
        return send
    }

    @Test("6 Twilio keeps one verification per number: the owner's own live code goes out again")
    func shared() {
        #expect(plan(scene.send(scene.pendingSituation()))?.cancels == nil)
        let elsewhere = scene.pendingSituation { ($0.pending, $0.pendingElsewhere) = (nil, true) }
        #expect(plan(scene.send(elsewhere))?.knownSID == "VE1" && plan(scene.send(elsewhere))?.cancels == nil)
        let coOwner = scene.pendingSituation { ($0.pending, $0.strangers) = (nil, [.login]) }
        #expect(plan(scene.send(coOwner))?.knownSID == "VE1" && plan(scene.send(coOwner))?.cancels == nil)
    }

    @Test("6 A login send of the owner cancels another user's pending registration of that number")
    func strangersRegistration() {
        let situation = scene.pendingSituation { ($0.pending, $0.strangers) = (nil, [.register]) }
        #expect(plan(scene.send(situation))?.cancels == "VE1")
    }

    @Test("6 The owner is never held up: not by a stranger's five sends, nor by their five wrong codes")
    func neverHeldUp() {
        for strangers in [Set([Purpose.register]), []] {
            let situation = scene.pendingSituation {
                ($0.pending, $0.strangers) = (nil, strangers)
                $0.code = scene.code {
                    $0.attempts = ["1", "2", "3", "4", "5"]
                    ($0.checksBegun, $0.checksDenied) = (5, 5)
                }
            }
            #expect(plan(scene.send(situation))?.cancels == "VE1", "\(strangers)")
        }
    }

    @Test("6 The owner is not held up by a code that nobody is tied to any more")
    func untied() {
        let own = [
            nil, scene.pending(.login, sid: "VE0"), scene.pending(.register),
        ]
        for pending in own {
            let situation = scene.pendingSituation { $0.pending = pending }
            #expect(plan(scene.send(situation))?.cancels == "VE1")
        }
    }

    @Test("6 Nobody ends an owner's code: a stranger's registration waits until it dies")
    func ownersCode() throws {
        let situation = scene.pendingSituation { ($0.user, $0.pending, $0.strangers) = (nil, nil, [.login]) }
        let answer = try #require(scene.send(situation, purpose: .register).answer)
        #expect(answer.outcome == .throttled)
        #expect(try answer.reply.limit == .phone && answer.reply.retryAt == scene.code().expiresAt.description)
    }

    @Test("6 Two registrations of one number share its code")
    func sharedRegistration() {
        let situation = scene.pendingSituation { ($0.user, $0.pending, $0.strangers) = (nil, nil, [.register]) }
        let plan = plan(scene.send(situation, purpose: .register))
        #expect(plan?.knownSID == "VE1" && plan?.cancels == nil)
    }

    @Test("6 Used-up tries: a client that is known gets a new code, another waits until the old one dies")
    func usedUp() throws {
        func decision(_ change: (inout Situation) -> Void) -> Decision {
            scene.send(
                scene.pendingSituation {
                    $0.code?.checksBegun = 5
                    change(&$0)
                })
        }
        let unknown = try #require(decision { _ in }.answer)
        #expect(try unknown.reply.limit == .codeTries && unknown.reply.retryAt == scene.code().expiresAt.description)
        #expect(plan(decision { $0.clientApprovedAt = scene.now - .seconds(29 * 86_400) })?.cancels == "VE1")
        #expect(decision { $0.clientApprovedAt = scene.now - .seconds(30 * 86_400) }.call == nil)
        // The code is also somebody else's, who may still have it.
        let coOwner = decision { ($0.clientApprovedAt, $0.strangers) = (scene.now, [.login]) }
        #expect(coOwner.call == nil)
    }

    @Test("6 Only a tied login may check a code: not_yours otherwise")
    func notYours() {
        let situation = scene.pendingSituation { ($0.pending, $0.pendingElsewhere) = (nil, true) }
        let answer = scene.check(situation).answer
        #expect(answer?.outcome == .expired && answer?.reason == .notYours)
    }

    @Test("6 A send ties its application and login to the code", arguments: [Purpose.login, .register])
    func ties(purpose: Purpose) throws {
        let changes = try scene.sending(purpose: purpose, ticket: [7]).sent(scene.verification(), scene.situation())
            .changes
        var tie = scene.pending(purpose)
        tie.ticket = [7]
        #expect(changes.ties == [tie])
    }
}
