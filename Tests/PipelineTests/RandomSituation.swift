import Basics
import SitePolicy
import Store
import TestKit
import TwilioVerify
import Wire

@testable import Pipeline

/// Random situations of one person, number and login, ordinary and strange ones.
struct RandomSituation {
    let scene: Scene
    var generator: Seeded

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &generator)]
    }
    private mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &generator) == 0 }
    private mutating func time(_ range: ClosedRange<Int>) -> Timestamp {
        scene.now + .seconds(Int.random(in: range, using: &generator))
    }

    mutating func settings() -> PipelineSettings {
        var settings = scene.settings()
        settings.limits.enabled = !chance(4)
        settings.ticketsRequired = chance(4)
        settings.limits.sendsPerCode = pick([0, 2, 5, 9])
        settings.limits.checksPerCode = pick([0, 3, 5])
        if chance(3) { settings.limits.countries[.call] = ["DE"] }
        return settings
    }

    mutating func situation() -> Situation {
        var situation = Situation(now: scene.now)
        for name in SiteOptions.defaults.keys.sorted() where chance(5) {
            situation.options[name] = pick(SiteOptions.values(of: name) ?? [])
        }
        situation.user = chance(4) ? nil : user()
        situation.place = pick([situation.user?.phone?.place, scene.place, nil])
        (situation.code, situation.pending) = (chance(2) ? code() : nil, chance(2) ? tie() : nil)
        (situation.pendingElsewhere, situation.isCanceled, situation.wasReset) = (chance(3), chance(8), chance(8))
        for tally in Tally.allCases where chance(2) {
            let limit = Int.random(in: 1...6, using: &generator)
            let used = Int.random(in: 0...limit, using: &generator)
            situation.tallies[tally] = scene.tally(limit, used: used, age: 600, window: tally.window)
        }
        let keys: [PaceKey] = [
            .user("u1"), .number(scene.number, isProven: true), .number(scene.number, isProven: false),
        ]
        for key in keys where chance(3) {
            situation.paces[key] = Pace(streak: pick([1, 5]), notBefore: time(-60...60))
        }
        (situation.approvedAt, situation.clientApprovedAt) = (
            chance(3) ? time(-900...0) : nil, chance(3) ? time(-9...0) : nil
        )
        situation.ticket = chance(2) ? [1] : nil
        situation.begunTickets = chance(2) ? [[1]] : []
        situation.bypass = pick([.none, .none, .wrong(triesLeft: number(0...4)), .right])
        situation.enrolment = chance(2) ? enrolment() : nil
        situation.challenge = chance(2) ? challenge() : nil
        situation.isCodeReserved = chance(4)
        situation.strangers = pick([[], [.login], [.register], [.login, .register]])
        return situation
    }

    private mutating func user() -> UserRecord {
        scene.user {
            if chance(3) { $0.phone = nil }
            if chance(3) { $0.phone?.place.region = pick([nil, "DE"]) }
            if chance(4) { $0.phone?.place.isLandline = true }
            if chance(3) { $0.authenticator = Authenticator(factorSID: "YF", identity: "i", registeredAt: scene.now) }
        }
    }

    private mutating func code() -> LiveCode {
        scene.code {
            ($0.sid, $0.ended) = (pick(["VE1", "VE2"]), chance(3) ? pick([.codeUsed, .codeExpired, .reset]) : nil)
            $0.expiresAt = time(-60...600)
            $0.attempts = (0..<Int.random(in: 0...5, using: &generator)).map { "VL\($0)" }
            $0.checksBegun = Int.random(in: 0...6, using: &generator)
            $0.checksDenied = Int.random(in: 0...$0.checksBegun, using: &generator)
        }
    }

    private mutating func tie() -> PendingCode {
        var tie = scene.pending(
            pick([.login, .register]), sid: pick(["VE1", "VE2"]), ended: chance(3) ? .replaced : nil)
        (tie.ticket, tie.wasConfirmed) = (chance(2) ? [1] : nil, chance(2))
        return tie
    }

    private mutating func enrolment() -> Enrolment {
        let enrolment = scene.enrolment {
            if chance(4) { $0.login.login = "another-sign-in" }
            if chance(8) { $0.factorSID = nil }
            ($0.expiresAt, $0.wasConfirmed, $0.ticket) = (time(-60...400), chance(2), chance(2) ? [1] : nil)
            $0.checksBegun = number(0...3)
            $0.checksDenied = number(0...$0.checksBegun)
        }
        return chance(4) ? enrolment.ended(pick([.triesUsedUp, .reset])) : enrolment
    }

    private mutating func challenge() -> OpenChallenge {
        let begun = number(0...5)
        return OpenChallenge(
            sid: "YC1", expiresAt: time(1...300), tries: number(0...5), checksBegun: begun,
            checksDenied: number(0...begun))
    }

    mutating func failure() -> CallFailure {
        CallFailure(effect: .refused, result: .clientError, meaning: pick(TwilioMeaning.allCases))
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    mutating func channel() -> Wire.Channel { pick(Wire.Channel.allCases) }
    mutating func purpose() -> Purpose { pick([.login, .register]) }
    mutating func method() -> Factor? { pick([nil, .phone, .authenticator]) }
}
