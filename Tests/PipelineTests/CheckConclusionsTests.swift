import Basics
import SitePolicy
import Store
import Testing
import TwilioVerify
import Wire

@testable import Pipeline

@Suite("CheckConclusions")
struct CheckConclusionsTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private func situation(_ change: (inout Situation) -> Void = { _ in }) -> Situation {
        scene.situation {
            $0.pending = scene.pending()
            $0.code = scene.code { $0.checksBegun = 1 }
            change(&$0)
        }
    }

    private func failure(_ meaning: TwilioMeaning) -> CallFailure {
        CallFailure(effect: .refused, result: .clientError, meaning: meaning)
    }

    @Test("let the person in, end code and tie, and clear the cooldown")
    func approved() throws {
        let answer = scene.checking().approved(
            situation {
                $0.user?.sendStreak = 3
                $0.user?.lastSendAt = scene.now
            })
        #expect(answer.outcome == .approved)
        #expect(try answer.reply.registered == nil)
        let user = try #require(answer.changes.users.first)
        #expect(user.lastApprovedAt == scene.now)
        #expect(user.sendStreak == 0)
        #expect(user.lastSendAt == nil)
        #expect(answer.changes.codes.map(\.ended) == [.codeUsed])
        #expect(answer.changes.ties.map(\.ended) == [.codeUsed])
    }

    @Test("register the phone that the code was for, once")
    func registers() throws {
        let answer = scene.checking(.register).approved(situation { $0.user = nil })
        #expect(try answer.reply.registered == .phone)
        #expect(answer.changes.users.map(\.phone) == [scene.number])
        #expect(answer.changes.users.map(\.phoneRegisteredAt) == [scene.now])
        let other = scene.checking(.register).approved(situation { $0.user = scene.user { $0.phone = scene.other } })
        #expect(try other.reply.registered == nil)
        #expect(other.changes.users.map(\.phone) == [scene.other])
    }

    @Test("register nothing at a login")
    func loginRegistersNothing() throws {
        let answer = scene.checking(.login).approved(situation { $0.user = scene.user { $0.phone = nil } })
        #expect(answer.changes.users.map(\.phone) == [nil])
        #expect(try answer.reply.registered == nil)
    }

    @Test("let nobody in who was reset meanwhile")
    func reset() {
        let answer = scene.checking(.register).approved(situation { $0.user?.generation = 1 })
        #expect(answer.outcome == .expired)
        #expect(answer.reason == .reset)
        #expect(answer.changes.users.isEmpty)
        #expect(answer.changes.codes.map(\.ended) == [.reset])
        let later = scene.checking(generation: 1).approved(situation { $0.user?.generation = 1 })
        #expect(later.outcome == .approved)
        #expect(scene.checking(generation: 1).approved(situation { $0.user = nil }).outcome == .expired)
    }

    @Test("leave a newer code and tie alone")
    func newer() {
        let answer = scene.checking().approved(
            situation {
                $0.code?.sid = "VE2"
                $0.pending?.sid = "VE2"
            })
        #expect(answer.outcome == .approved)
        #expect(answer.changes.codes.isEmpty)
        #expect(answer.changes.ties.isEmpty)
    }

    @Test(
        "count a wrong code and say how many tries are left", arguments: [(1, 0, 4), (3, 0, 2), (3, 1, 1), (5, 3, 0)])
    func denied(begun: Int, repeats: Int, left: Int) throws {
        let answer = scene.checking(repeats: repeats).denied(
            situation {
                $0.code?.checksBegun = begun
                $0.code?.checksDenied = begun - 1
            })
        #expect(answer.outcome == .denied)
        #expect(try answer.reply.checksLeft == left)
        #expect(answer.changes.codes.map(\.checksDenied) == [begun])
        #expect(answer.changes.ties.isEmpty)
    }

    @Test("count a code that Twilio refuses for its form like a wrong one")
    func wrongForm() {
        let answer = scene.checking().refused(failure(.wrongCode), situation())
        #expect(answer.outcome == .denied)
        #expect(answer.changes.codes.map(\.checksDenied) == [1])
    }

    @Test("throttle when Twilio has counted five tries")
    func maxChecks() throws {
        let answer = scene.checking().refused(failure(.maxChecks), situation())
        #expect(answer.outcome == .throttled)
        #expect(try answer.reply.limit == .codeTries)
        #expect(try answer.reply.retryAt == scene.code().expiresAt.description)
    }

    @Test("end a code that Twilio no longer has")
    func notFound() {
        let answer = scene.checking().refused(failure(.notFound), situation())
        #expect(answer.outcome == .expired)
        #expect(answer.reason == .codeExpired)
        #expect(answer.changes.codes.map(\.ended) == [.codeExpired])
        #expect(answer.changes.ties.map(\.ended) == [.codeExpired])
    }

    @Test(
        "never report an outage or a refused account as a wrong code",
        arguments: [TwilioMeaning.credentials, .serviceMissing, .rateLimited, .providerFault, .other])
    func outage(meaning: TwilioMeaning) {
        let answer = scene.checking().refused(failure(meaning), situation())
        #expect(answer.outcome == .unavailable)
        #expect(answer.reason == .providerRefused)
        #expect(answer.changes.codes.map(\.checksBegun) == [0])
        #expect(answer.changes.codes.map(\.checksDenied) == [0])
    }

    @Test("give a check back that never reached Twilio")
    func notChecked() {
        let outage = scene.checking().notChecked(.unavailable, situation())
        #expect(outage.outcome == .unavailable)
        #expect(outage.reason == .providerUnreachable)
        #expect(outage.changes.codes.map(\.checksBegun) == [0])
        let late = scene.checking().notChecked(.late, situation())
        #expect(late.outcome == .late)
        #expect(late.reason == nil)
        let none = scene.checking().notChecked(.late, situation { $0.code?.checksBegun = 0 })
        #expect(none.changes.codes.isEmpty)
    }

    @Test("take a conversion for ours only when every other check is recorded as denied")
    func converted() {
        func outcome(_ begun: Int, _ denied: Int, sid: String = "VE1") -> Outcome {
            scene.checking().converted(
                situation {
                    $0.code?.checksBegun = begun
                    $0.code?.checksDenied = denied
                    $0.code?.sid = sid
                }
            ).outcome
        }
        #expect(outcome(1, 0) == .approved)
        #expect(outcome(3, 2) == .approved)
        #expect(outcome(2, 0) == .uncertain)
        #expect(outcome(3, 1) == .uncertain)
        #expect(outcome(1, 1) == .uncertain)
        #expect(outcome(1, 0, sid: "VE2") == .uncertain)
        #expect(scene.checking().converted(situation { $0.code = nil }).outcome == .uncertain)
    }

    @Test("let nobody in by a conversion after a reset")
    func convertedAfterReset() {
        let answer = scene.checking().converted(situation { $0.user?.generation = 7 })
        #expect(answer.reason == .reset)
    }

    @Test("end the code of an uncertain check only when it is known to be gone")
    func uncertain() throws {
        let gone = scene.checking().uncertain(gone: true, situation())
        #expect(gone.outcome == .uncertain)
        #expect(gone.changes.codes.map(\.ended) == [.codeUsed])
        let open = scene.checking().uncertain(gone: false, situation())
        #expect(open.outcome == .uncertain)
        #expect(open.changes.isEmpty)
        #expect(try open.reply.retryAt == scene.now.description)
    }
}
