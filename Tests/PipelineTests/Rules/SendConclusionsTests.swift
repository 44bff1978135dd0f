import Basics
import SitePolicy
import Store
import Testing
import TwilioVerify
import Wire

@testable import Pipeline

@Suite("Contract 3 and 4: how a send ends")
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

    @Test("3 sent: channel, to, expires_at, retry_at, sends_left, checks_left")
    func sent() throws {
        let answer = try scene.sending(.call).sent(scene.verification(), counted)
        #expect(answer.outcome == .sent)
        let reply = try answer.reply
        #expect(reply.channel == .code(.call))
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

    @Test("3 same_code: the same code went out again, its checks and its end stay")
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

    @Test("3 checks_left: afresh for a new code; one that had ended here only goes on counting")
    func newCode() throws {
        var situation = counted
        situation.code = scene.code { $0.checksBegun = 4 }
        #expect(try scene.sending().sent(scene.verification("VE2"), situation).reply.checksLeft == 5)
        situation.code = scene.code {
            $0.checksBegun = 4
            $0.ended = .reset
        }
        let again = try scene.sending().sent(scene.verification(), situation)
        #expect(again.changes.codes.map(\.ended) == [nil] && again.changes.codes.map(\.checksBegun) == [4])
        #expect(try again.reply.checksLeft == 1)
    }

    @Test("3 expires_at: from the code's making, by our clock and never from the future")
    func life() throws {
        func expires(_ seconds: Int, _ offset: Duration?) throws -> String? {
            try scene.sending().sent(scene.verification(after: seconds, offset: offset), counted).reply.expiresAt
        }
        #expect(try expires(-10, nil) == (scene.now + .seconds(590)).description)
        #expect(try expires(-10, .seconds(4)) == (scene.now + .seconds(594)).description)
        #expect(try expires(50, nil) == (scene.now + .seconds(600)).description)
    }

    @Test("4 expired / reset: an administrator reset the person meanwhile")
    func reset() throws {
        var situation = counted
        situation.wasReset = true
        let answer = try scene.sending().sent(scene.verification(), situation)
        #expect(answer.outcome == .expired)
        #expect(answer.reason == .reset)
        #expect(answer.changes.ties.isEmpty)
    }

    @Test("4 what Twilio refused is given back, and the outcome says why")
    func refused() throws {
        let table: [(TwilioMeaning, Outcome, Reason?)] = [
            (.fraudGuard, .blocked, .fraudGuard), (.countryNotAllowed, .blocked, .countryNotAllowed),
            (.landline, .blocked, .landline), (.optedOut, .blocked, .optedOut),
            (.unreachable, .blocked, .unreachable), (.channelDisabled, .notAllowed, .methodDisabled),
            (.maxSends, .throttled, nil), (.maxChecks, .throttled, nil), (.invalidTo, .invalid, .malformed),
            (.tooManyUserRequests, .throttled, nil), (.credentials, .unavailable, .providerRefused),
            (.serviceMissing, .unavailable, .providerRefused),
            (.providerFault, .unavailable, .providerRefused), (.other, .unavailable, .providerRefused),
            (.localeNotSupported, .unavailable, .providerRefused),
        ]
        for (meaning, outcome, reason) in table {
            let answer = try scene.sending().refused(failure(meaning), counted)
            #expect(answer.outcome == outcome, "\(meaning)")
            #expect(answer.reason == reason, "\(meaning)")
            #expect(answer.changes.paces[.user("u1")] == .some(Pace(streak: 1, notBefore: scene.now)), "\(meaning)")
            #expect(answer.changes.ties.isEmpty)
        }
    }

    @Test("3 alternatives: the other methods that work")
    func alternatives() throws {
        #expect(try scene.sending(.sms).refused(failure(.landline), counted).reply.alternatives == [.code(.call)])
        #expect(try scene.sending(.call).refused(failure(.unreachable), counted).reply.alternatives == [.code(.sms)])
        var situation = counted
        situation.options = ["2FA_VER_VOICE": "Disabled"]
        #expect(try scene.sending(.sms).refused(failure(.landline), situation).reply.alternatives == [])
    }

    @Test("4 throttled: Twilio's limit is the provider's, until the code dies")
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

    @Test("6 Limits: given back when nothing surely left, never below zero")
    func givenBack() throws {
        var situation = counted
        situation.paces = scene.paced(1, until: scene.now + .seconds(30))
        let paces = try scene.sending().notSent(.unavailable, situation).changes.paces
        #expect(paces == [.user("u1"): nil, .number(scene.number, isProven: true): nil])
        situation.paces = [:]
        #expect(try scene.sending().notSent(.unavailable, situation).changes.paces.isEmpty)
    }

    @Test("4 unavailable, late: nothing was sent")
    func notSent() throws {
        let outage = try scene.sending().notSent(.unavailable, counted)
        #expect(outage.outcome == .unavailable)
        #expect(outage.reason == .providerUnreachable)
        let late = try scene.sending().notSent(.late, counted)
        #expect(late.outcome == .late)
        #expect(late.reason == nil)
    }

    @Test("6 Limits: kept on uncertain, and 5 s after it the next", arguments: [1, 3, 8])
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

    @Test("3 retry_at: not with limits off")
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

    @Test("3 retry_at: when a repeat is allowed, whichever limit is the last in the way")
    func retryAt() throws {
        func retryAt(_ change: (inout Situation) -> Void, attempts: [String] = ["VL1"]) throws -> String? {
            var situation = counted
            change(&situation)
            return try scene.sending().sent(scene.verification(attempts: attempts), situation).reply.retryAt
        }
        let hour = try retryAt { $0.tallies = [.userSends: scene.tally(3, used: 3, age: 600)] }
        #expect(hour == (scene.now + .seconds(3000)).description)
        let five = try retryAt({ $0.code = scene.code() }, attempts: ["1", "2", "3", "4", "5"])
        #expect(five == scene.code().expiresAt.description)
        #expect(try retryAt { $0.paces = [:] } == scene.now.description)
    }

    @Test("3 sends_left, checks_left: provider's and ours, whichever is less")
    func budgets() throws {
        func reply(
            _ tallies: [Tally: TallyState], _ change: (inout PipelineSettings) -> Void = { _ in }
        ) throws -> Reply {
            var situation = counted
            situation.tallies = tallies
            return try scene.sending(settings: scene.settings(change)).sent(scene.verification(), situation).reply
        }
        let plain = try reply([:])
        #expect(plain.sendsLeft == 4 && plain.checksLeft == 5)
        let tight = try reply([
            .userSends: scene.tally(10, used: 8), .clientSends: scene.tally(20, used: 19),
            .wrongCodesOfUser: scene.tally(20, used: 17), .wrongCodesOfUserAndClient: scene.tally(10, used: 8),
        ])
        #expect(tight.sendsLeft == 1 && tight.checksLeft == 2)
        let own = try reply([:]) { ($0.limits.sendsPerCode, $0.limits.checksPerCode) = (2, 3) }
        #expect(own.sendsLeft == 1 && own.checksLeft == 3)
        let generous = try reply([:]) { ($0.limits.sendsPerCode, $0.limits.checksPerCode) = (9, 0) }
        #expect(generous.sendsLeft == 4 && generous.checksLeft == 5)
    }

    @Test("2 cancel: canceled while it was under way, the code is nobody's of this login")
    func canceled() throws {
        var situation = counted
        situation.isCanceled = true
        let answer = try scene.sending().sent(scene.verification(), situation)
        #expect(answer.outcome == .canceled)
        #expect(answer.changes.ties.map(\.ended) == [.notPending] && answer.changes.codes.map(\.ended) == [nil])
        #expect(try scene.sending().refused(failure(.landline), situation).outcome == .blocked)
    }

    @Test("4 method_disabled: Twilio's channel is off; 3 alternatives")
    func channelDisabled() throws {
        #expect(
            try scene.sending(.sms).refused(failure(.channelDisabled), counted).reply.alternatives == [.code(.call)])
    }
}
