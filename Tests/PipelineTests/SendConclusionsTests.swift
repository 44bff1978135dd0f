import Basics
import SitePolicy
import Store
import Testing
import TwilioVerify
import Wire

@testable import Pipeline

@Suite("SendConclusions")
struct SendConclusionsTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private var counted: Situation {
        scene.situation { $0.paces = scene.paced(2, until: scene.now + .seconds(40)) }
    }

    private func failure(_ meaning: TwilioMeaning) -> CallFailure {
        CallFailure(effect: .refused, result: .clientError, meaning: meaning)
    }

    @Test("tell of a code that is on its way, and tie it to the login")
    func sent() throws {
        let answer = try scene.sending(.call).sent(scene.verification(), counted)
        #expect(answer.outcome == .sent)
        let reply = try answer.reply
        #expect(reply.channel == .call)
        #expect(reply.to == "+1········42")
        #expect(reply.sameCode == nil)
        #expect(reply.expiresAt == (scene.now + .seconds(600)).description)
        #expect(reply.retryAt == (scene.now + .seconds(40)).description)
        #expect(reply.sendsLeft == 4)
        #expect(reply.checksLeft == 5)
        #expect(answer.changes.ties == [scene.pending()])
        #expect(answer.changes.codes.map(\.sid) == ["VE1"])
        #expect(answer.changes.codes.map(\.attempts) == [["VL1"]])
    }

    @Test("keep the checks and the end of a code that went out again")
    func sameCode() throws {
        var situation = counted
        situation.code = scene.code { $0.checksBegun = 2 }
        let answer = try scene.sending().sent(scene.verification(attempts: ["VL1", "VL2"]), situation)
        let reply = try answer.reply
        #expect(reply.sameCode == true)
        #expect(reply.sendsLeft == 3)
        #expect(reply.checksLeft == 3)
        #expect(reply.expiresAt == scene.code().expiresAt.description)
        #expect(answer.changes.codes.map(\.checksBegun) == [2])
    }

    @Test("count afresh for a new code, and for one that had ended")
    func newCode() throws {
        var situation = counted
        situation.code = scene.code { $0.checksBegun = 4 }
        #expect(try scene.sending().sent(scene.verification("VE2"), situation).reply.checksLeft == 5)
        situation.code = scene.code {
            $0.checksBegun = 4
            $0.ended = .reset
        }
        #expect(try scene.sending().sent(scene.verification(), situation).changes.codes.map(\.ended) == [nil])
    }

    @Test("count a code's life from its making, by our clock and never from the future")
    func life() throws {
        func expires(_ seconds: Int, _ offset: Duration?) throws -> String? {
            try scene.sending().sent(scene.verification(after: seconds, offset: offset), counted).reply.expiresAt
        }
        #expect(try expires(-10, nil) == (scene.now + .seconds(590)).description)
        #expect(try expires(-10, .seconds(4)) == (scene.now + .seconds(594)).description)
        #expect(try expires(50, nil) == (scene.now + .seconds(600)).description)
    }

    @Test("end as reset, without a tie, when an administrator reset the person meanwhile")
    func reset() throws {
        var situation = counted
        situation.wasReset = true
        let answer = try scene.sending().sent(scene.verification(), situation)
        #expect(answer.outcome == .expired)
        #expect(answer.reason == .reset)
        #expect(answer.changes.ties.isEmpty)
    }

    @Test("give a send back that Twilio refused, and say why")
    func refused() throws {
        let table: [(TwilioMeaning, Outcome, Reason?)] = [
            (.fraudGuard, .blocked, .fraudGuard), (.countryNotAllowed, .blocked, .countryNotAllowed),
            (.landline, .blocked, .landline), (.optedOut, .blocked, .optedOut),
            (.unreachable, .blocked, .unreachable), (.channelDisabled, .notAllowed, .methodDisabled),
            (.maxSends, .throttled, nil), (.maxChecks, .throttled, nil), (.invalidTo, .invalid, .malformed),
            (.credentials, .unavailable, .providerRefused), (.serviceMissing, .unavailable, .providerRefused),
            (.providerFault, .unavailable, .providerRefused), (.other, .unavailable, .providerRefused),
        ]
        for (meaning, outcome, reason) in table {
            let answer = try scene.sending().refused(failure(meaning), counted)
            #expect(answer.outcome == outcome, "\(meaning)")
            #expect(answer.reason == reason, "\(meaning)")
            #expect(answer.changes.paces[.user("u1")] == .some(Pace(streak: 1, notBefore: scene.now)), "\(meaning)")
            #expect(answer.changes.ties.isEmpty)
        }
    }

    @Test("name the other methods of a number that is blocked for one")
    func alternatives() throws {
        #expect(try scene.sending(.sms).refused(failure(.landline), counted).reply.alternatives == [.call])
        #expect(try scene.sending(.call).refused(failure(.unreachable), counted).reply.alternatives == [.sms])
        var situation = counted
        situation.options = ["2FA_VER_VOICE": "Disabled"]
        #expect(try scene.sending(.sms).refused(failure(.landline), situation).reply.alternatives == [])
    }

    @Test("name the provider's limit and its end")
    func providerLimit() throws {
        var situation = counted
        #expect(
            try scene.sending().refused(failure(.maxSends), situation).reply.retryAt
                == (scene.now + .seconds(600)).description)
        situation.code = scene.code()
        let reply = try scene.sending().refused(failure(.maxSends), situation).reply
        #expect(reply.limit == .provider)
        #expect(reply.retryAt == scene.code().expiresAt.description)
    }

    @Test("forget the only send when it is given back, and never count below zero")
    func givenBack() throws {
        var situation = counted
        situation.paces = scene.paced(1, until: scene.now + .seconds(30))
        let paces = try scene.sending().notSent(.unavailable, situation).changes.paces
        #expect(paces == [.user("u1"): nil, .number(scene.number, isProven: true): nil])
        situation.paces = [:]
        #expect(try scene.sending().notSent(.unavailable, situation).changes.paces.isEmpty)
    }

    @Test("call an outage unavailable, and a late job late")
    func notSent() throws {
        let outage = try scene.sending().notSent(.unavailable, counted)
        #expect(outage.outcome == .unavailable)
        #expect(outage.reason == .providerUnreachable)
        let late = try scene.sending().notSent(.late, counted)
        #expect(late.outcome == .late)
        #expect(late.reason == nil)
    }

    @Test("keep an uncertain send counted, and let the person ask again after 5 s", arguments: [1, 3, 8])
    func uncertain(streak: Int) throws {
        var situation = counted
        situation.paces = scene.paced(streak, until: scene.now + .seconds(100))
        let answer = try scene.sending().uncertain(situation)
        #expect(answer.outcome == .uncertain)
        #expect(try answer.reply.retryAt == (scene.now + .seconds(5)).description)
        let pace = Pace(streak: streak, notBefore: scene.now + .seconds(5))
        #expect(answer.changes.paces == [.user("u1"): pace, .number(scene.number, isProven: true): pace])
        #expect(answer.changes.uncounted.isEmpty)
    }

    @Test("name no time of repeat with limits off")
    func limitsOff() throws {
        var limits = LimitSettings()
        limits.enabled = false
        #expect(
            try scene.sending(settings: scene.settings { $0.limits = limits }).sent(scene.verification(), counted).reply
                .retryAt == nil)
        #expect(
            try scene.sending(settings: scene.settings { $0.limits = limits }).uncertain(counted).reply.retryAt
                == scene.now.description)
    }
}
