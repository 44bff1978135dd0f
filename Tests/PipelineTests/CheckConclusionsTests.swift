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
        let answer = try scene.checking().approved(
            situation { $0.paces = scene.paced(3, until: scene.now + .seconds(9)) })
        #expect(answer.outcome == .approved)
        #expect(try answer.reply.registered == nil)
        let user = try #require(answer.changes.users.first)
        #expect(user.lastApprovedAt == scene.now)
        #expect(answer.changes.paces == [.user("u1"): nil, .number(scene.number, isProven: true): nil])
        #expect(answer.changes.codes.map(\.ended) == [.codeUsed])
        #expect(answer.changes.ties.map(\.ended) == [.codeUsed])
    }

    @Test("register the phone that the code was for, once")
    func registers() throws {
        let answer = try scene.checking(.register).approved(situation { $0.user = nil })
        #expect(try answer.reply.registered == .phone)
        #expect(answer.changes.users.map(\.phone) == [scene.phone(scene.number)])
        let other = try scene.checking(.register).approved(
            situation { $0.user = scene.user { $0.phone = scene.phone(scene.other) } })
        #expect(other.outcome == .notAllowed)
        #expect(other.reason == .contactAdministrator)
        #expect(other.changes.users.isEmpty)
    }

    @Test("register nothing at a login")
    func loginRegistersNothing() throws {
        let answer = try scene.checking(.login).approved(situation { $0.user = scene.user { $0.phone = nil } })
        #expect(answer.changes.users.map(\.phone) == [nil])
        #expect(try answer.reply.registered == nil)
    }

    @Test("let nobody in who was reset meanwhile")
    func reset() throws {
        let answer = try scene.checking(.register).approved(situation { $0.wasReset = true })
        #expect(answer.outcome == .expired)
        #expect(answer.reason == .reset)
        #expect(answer.changes.users.isEmpty)
        #expect(answer.changes.codes.map(\.ended) == [.codeUsed])
    }

    @Test("leave a newer code and tie alone")
    func newer() throws {
        let answer = try scene.checking().approved(
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
        let answer = try scene.checking(repeats: repeats).denied(
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
    func wrongForm() throws {
        let answer = try scene.checking().refused(failure(.wrongCode), situation())
        #expect(answer.outcome == .denied)
        #expect(answer.changes.codes.map(\.checksDenied) == [1])
    }

    @Test("throttle when Twilio has counted five tries")
    func maxChecks() throws {
        let answer = try scene.checking().refused(failure(.maxChecks), situation())
        #expect(answer.outcome == .throttled)
        #expect(try answer.reply.limit == .codeTries)
        #expect(try answer.reply.retryAt == scene.code().expiresAt.description)
    }

    @Test("end a code that Twilio no longer has")
    func notFound() throws {
        let answer = try scene.checking().refused(failure(.notFound), situation())
        #expect(answer.outcome == .expired)
        #expect(answer.reason == .codeExpired)
        #expect(answer.changes.codes.map(\.ended) == [.codeExpired])
        #expect(answer.changes.ties.map(\.ended) == [.codeExpired])
    }

    @Test(
        "never report an outage or a refused account as a wrong code",
        arguments: [TwilioMeaning.credentials, .serviceMissing, .rateLimited, .providerFault, .other])
    func outage(meaning: TwilioMeaning) throws {
        let answer = try scene.checking().refused(failure(meaning), situation())
        #expect(answer.outcome == .unavailable)
        #expect(answer.reason == .providerRefused)
        #expect(answer.changes.codes.map(\.checksBegun) == [0])
        #expect(answer.changes.codes.map(\.checksDenied) == [0])
    }

    @Test("give a check back that never reached Twilio")
    func notChecked() throws {
        let outage = try scene.checking().notChecked(.unavailable, situation())
        #expect(outage.outcome == .unavailable)
        #expect(outage.reason == .providerUnreachable)
        #expect(outage.changes.codes.map(\.checksBegun) == [0])
        let late = try scene.checking().notChecked(.late, situation())
        #expect(late.outcome == .late)
        #expect(late.reason == nil)
        let none = try scene.checking().notChecked(.late, situation { $0.code?.checksBegun = 0 })
        #expect(none.changes.codes.isEmpty)
    }

    @Test("take a conversion for ours only when every other check is recorded as denied")
    func converted() throws {
        func outcome(_ begun: Int, _ denied: Int, sid: String = "VE1") throws -> Outcome {
            try scene.checking().converted(
                situation {
                    $0.code?.checksBegun = begun
                    $0.code?.checksDenied = denied
                    $0.code?.sid = sid
                }
            ).outcome
        }
        #expect(try outcome(1, 0) == .approved)
        #expect(try outcome(3, 2) == .approved)
        #expect(try outcome(2, 0) == .uncertain)
        #expect(try outcome(3, 1) == .uncertain)
        #expect(try outcome(1, 1) == .uncertain)
        #expect(try outcome(1, 0, sid: "VE2") == .uncertain)
        #expect(try scene.checking().converted(situation { $0.code = nil }).outcome == .uncertain)
    }

    @Test("let nobody in by a conversion after a reset")
    func convertedAfterReset() throws {
        let answer = try scene.checking().converted(situation { $0.wasReset = true })
        #expect(answer.reason == .reset)
    }

    @Test("end the code of an uncertain check only when it is known to be gone")
    func uncertain() throws {
        let gone = try scene.checking().uncertain(gone: true, situation())
        #expect(gone.outcome == .uncertain)
        #expect(gone.changes.codes.map(\.ended) == [.codeUsed])
        let open = try scene.checking().uncertain(gone: false, situation())
        #expect(open.outcome == .uncertain)
        #expect(open.changes.isEmpty)
        #expect(try open.reply.retryAt == scene.now.description)
    }
}
