import Basics
import SitePolicy
import Store
import Testing
import TwilioVerify
import Wire

@testable import Pipeline

@Suite("Contract 4 and 5: how a check ends")
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

    @Test("4 approved: code and tie end, the cooldown is cleared")
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

    @Test("6 Registration: the phone that the code was for, once")
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

    @Test("6 Registration: a login registers nothing")
    func loginRegistersNothing() throws {
        let answer = try scene.checking(.login).approved(situation { $0.user = scene.user { $0.phone = nil } })
        #expect(answer.changes.users.map(\.phone) == [nil])
        #expect(try answer.reply.registered == nil)
    }

    @Test("4 expired / reset: nobody is let in who was reset meanwhile")
    func reset() throws {
        let answer = try scene.checking(.register).approved(situation { $0.wasReset = true })
        #expect(answer.outcome == .expired)
        #expect(answer.reason == .reset)
        #expect(answer.changes.users.isEmpty)
        #expect(answer.changes.codes.map(\.ended) == [.codeUsed])
    }

    @Test("6 Whose code: a newer code and tie stay")
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
        "4 denied: counted; 3 checks_left, repeats counted too",
        arguments: [(1, 0, 4), (3, 0, 2), (3, 1, 1), (5, 3, 0)])
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

    @Test("2 code: one that Twilio refuses for its length is denied and counted")
    func wrongForm() throws {
        let answer = try scene.checking().refused(failure(.wrongCode), situation())
        #expect(answer.outcome == .denied)
        #expect(answer.changes.codes.map(\.checksDenied) == [1])
    }

    @Test("4 throttled / code_tries: Twilio has counted five")
    func maxChecks() throws {
        let answer = try scene.checking().refused(failure(.maxChecks), situation())
        #expect(answer.outcome == .throttled)
        #expect(try answer.reply.limit == .codeTries)
        #expect(try answer.reply.retryAt == scene.code().expiresAt.description)
    }

    @Test("4 expired / code_expired: Twilio has it no longer")
    func notFound() throws {
        let answer = try scene.checking().refused(failure(.notFound), situation())
        #expect(answer.outcome == .expired)
        #expect(answer.reason == .codeExpired)
        #expect(answer.changes.codes.map(\.ended) == [.codeExpired])
        #expect(answer.changes.ties.map(\.ended) == [.codeExpired])
    }

    @Test(
        "5.5 an outage or a refused account is never a wrong code",
        arguments: [TwilioMeaning.credentials, .serviceMissing, .providerFault, .other])
    func outage(meaning: TwilioMeaning) throws {
        let answer = try scene.checking().refused(failure(meaning), situation())
        #expect(answer.outcome == .unavailable)
        #expect(answer.reason == .providerRefused)
        #expect(answer.changes.codes.map(\.checksBegun) == [0])
        #expect(answer.changes.codes.map(\.checksDenied) == [0])
    }

    @Test("4 tries counted: not for what never reached Twilio")
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

    @Test("4 tries counted: what may still be under way keeps its try, however its repeat ends")
    func underWay() throws {
        let begun = try scene.checking().repeated(by: scene.checking().intent, isOver: false)
        let answers = [
            begun.notChecked(.unavailable, situation()), begun.notChecked(.late, situation()),
            begun.refused(failure(.credentials), situation()), begun.refused(failure(.rateLimited), situation()),
            begun.refused(failure(.tooManyUserRequests), situation()),
            begun.repeated(by: begun.intent, isOver: true).notChecked(.throttled, situation()),
        ]
        for answer in answers {
            #expect(answer.outcome == .uncertain && answer.changes.isEmpty, "\(answer.outcome)")
        }
        let over = try scene.checking().repeated(by: begun.intent, isOver: true)
        #expect(over.notChecked(.unavailable, situation()).outcome == .unavailable)
        #expect(begun.refused(failure(.wrongCode), situation()).outcome == .denied)
        #expect(begun.refused(failure(.maxChecks), situation()).outcome == .throttled)
    }

    @Test("6 Guesses: an outage gives the try back, and keeps the check on the books of its code")
    func outageOnTheBooks() throws {
        let over = try scene.checking().repeated(by: scene.checking().intent, isOver: true)
        for answer in [
            over.notChecked(.unavailable, situation()), over.refused(failure(.credentials), situation()),
            over.refused(failure(.tooManyUserRequests), situation()),
        ] {
            let code = try #require(answer.changes.codes.first)
            #expect(code.tries == 0 && code.checksBegun == 1 && !code.isSettled, "\(answer.outcome)")
            #expect(answer.changes.uncounted.count == 2)
            // What Twilio shows of this code from then on may be the lost check's doing.
            let next = situation {
                $0.code = code
                $0.code?.checksBegun += 1
            }
            #expect(try scene.checking().converted(next).outcome == .uncertain)
        }
    }

    @Test("5.5 found out afterwards: ours only if every other check is recorded as denied")
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

    @Test("5.5 found out afterwards: not after a reset")
    func convertedAfterReset() throws {
        let answer = try scene.checking().converted(situation { $0.wasReset = true })
        #expect(answer.reason == .reset)
    }

    @Test("4 uncertain: ends the code only when it is known to be gone")
    func uncertain() throws {
        let gone = try scene.checking().uncertain(gone: true, situation())
        #expect(gone.outcome == .uncertain)
        #expect(gone.changes.codes.map(\.ended) == [.codeUsed])
        let open = try scene.checking().uncertain(gone: false, situation())
        #expect(open.outcome == .uncertain)
        #expect(open.changes.isEmpty)
        #expect(try open.reply.retryAt == scene.now.description)
    }

    @Test("6 Limits: approved for this login and client; the try is given back")
    func remembered() throws {
        let answer = try scene.checking().approved(situation())
        #expect(answer.changes.approvals == [LoginKey(scene.login)] && answer.changes.approvedClients == ["10.0.0.1"])
        #expect(Set(answer.changes.uncounted) == [.wrongCodesOfUser, .wrongCodesOfUserAndClient])
        #expect(answer.changes.usedTickets.isEmpty)
    }

    @Test("6 cooldown_seconds: cleared by an approval, the unproven one by a registration's only")
    func clears() throws {
        let login = try scene.checking(.login).approved(situation()).changes.paces
        #expect(login == [.user("u1"): nil, .number(scene.number, isProven: true): nil])
        let register = try scene.checking(.register).approved(situation { $0.user = nil }).changes.paces
        #expect(register.keys.contains(.number(scene.number, isProven: false)) && register.count == 3)
    }

    @Test("4 tries counted: of all outcomes, denied and uncertain alone keep theirs")
    func counted() throws {
        let checking = try scene.checking()
        let given: [Answer] = [
            checking.approved(situation()), checking.expired(.codeExpired, situation()),
            checking.refused(failure(.maxChecks), situation()), checking.refused(failure(.credentials), situation()),
            checking.refused(failure(.tooManyUserRequests), situation()), checking.notChecked(.late, situation()),
            checking.notChecked(.unavailable, situation()), checking.approved(situation { $0.wasReset = true }),
        ]
        for answer in given { #expect(answer.changes.uncounted.count == 2, "\(answer.outcome)") }
        let kept = [
            checking.denied(situation()), checking.uncertain(gone: true, situation()),
            checking.uncertain(gone: false, situation()), checking.refused(failure(.wrongCode), situation()),
        ]
        for answer in kept { #expect(answer.changes.uncounted.isEmpty, "\(answer.outcome)") }
    }

    @Test("3 checks_left: the code's or the person's, whichever is less")
    func checksLeft() throws {
        func left(_ tallies: [Tally: TallyState]) throws -> Int? {
            try scene.checking().denied(situation { $0.tallies = tallies }).reply.checksLeft
        }
        #expect(try left([:]) == 4)
        #expect(try left([.wrongCodesOfUser: scene.tally(20, used: 18)]) == 2)
        #expect(try left([.wrongCodesOfUserAndClient: scene.tally(10, used: 10)]) == 0)
    }

    @Test(
        "4 throttled / provider: asked too much, until Twilio says; not begun", arguments: [nil, Duration.seconds(40)])
    func rateLimited(retryAfter: Duration?) throws {
        var limited = failure(.rateLimited)
        limited.retryAfter = retryAfter
        let answer = try scene.checking().refused(limited, situation())
        #expect(answer.outcome == .throttled && answer.changes.codes.map(\.checksBegun) == [0])
        #expect(try answer.reply.limit == .provider)
        #expect(try answer.reply.retryAt == (scene.now + (retryAfter ?? .seconds(5))).description)
    }

    @Test("4 throttled: Twilio's hourly limit is the provider's, not a wrong code")
    func providerLimit() throws {
        let answer = try scene.checking().refused(failure(.tooManyUserRequests), situation())
        #expect(answer.outcome == .throttled && answer.changes.codes.map(\.checksBegun) == [0])
        #expect(try answer.reply.limit == .provider && answer.reply.retryAt != nil)
    }

    @Test("4 unavailable: refused, throttled by us, or no time: notChecked says which")
    func notMade() throws {
        let crowded = try scene.checking().notChecked(.throttled, situation())
        #expect(try crowded.reply.limit == .site && crowded.reply.retryAt != nil)
    }
}
