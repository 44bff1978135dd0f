import Basics
import TestKit
import Testing

@testable import TwilioSimulator

@Suite("Authenticators, whatever is asked in whatever order") struct AuthenticatorPropertyTests {
    /// What the answers said.
    struct Ledger {
        var approved: [String: Int] = [:]
        var wrong: [String: Int] = [:]
        var usedSteps: [Int64] = []
        var challenges: [Timestamp] = []
        var over: Set<String> = []
    }

    @Test(arguments: 1...40) func `A factor is verified by a right code in time alone`(seed: UInt64) throws {
        var generator = Seeded(seed)
        var fixture = Fixture { $0.unverifiedFactorLifetime = .seconds(600) }
        let factor = try fixture.makeFactor().factor
        var wrong = 0
        var isVerified = false
        for _ in 0..<60 {
            let steps = Int.random(in: -4...4, using: &generator)
            let isRight = abs(steps) <= 1
            let code = isRight ? fixture.code(of: factor, steps) : fixture.wrongCode(of: factor)
            let age = fixture.now - factor.created
            do throws(APIFailure) {
                let after = try fixture.update(factor: factor.sid, "AuthPayload=\(code)")
                #expect(isVerified || age < .seconds(600) && wrong < 5)
                #expect((after.status == .verified) == (isVerified || isRight))
                if !isVerified, !isRight { wrong += 1 }
                isVerified = after.status == .verified
            } catch {
                #expect(!isVerified)
                #expect(error.code == (age >= .seconds(86_400) ? 20404 : age >= .seconds(600) ? 60318 : 60310))
                #expect(age >= .seconds(600) || wrong == 5)
            }
            if Int.random(in: 0..<4, using: &generator) == 0 {
                fixture.advance([1, 30, 300, 40_000][Int.random(in: 0..<4, using: &generator)])
            }
        }
        #expect(wrong <= 5)
    }

    @Test(arguments: 1...40) func `A challenge ends once, and the limits hold`(seed: UInt64) throws {
        var generator = Seeded(seed)
        var fixture = Fixture { $0.refusesReplay = seed.isMultiple(of: 2) }
        let factor = try fixture.verifiedFactor()
        fixture.advance(90)
        var ledger = Ledger()
        var made: [SimulatedChallenge] = []
        for _ in 0..<250 {
            let steps = [-2, -1, 0, 0, 1, 2].randomElement(using: &generator) ?? 0
            let code = Bool.random(using: &generator) ? fixture.code(of: factor, steps) : fixture.wrongCode(of: factor)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0...2:
                do throws(APIFailure) {
                    let challenge = try fixture.challenge(factor, Bool.random(using: &generator) ? code : nil)
                    made.append(challenge)
                    ledger.challenges.append(fixture.now)
                    note(challenge, code, in: &ledger, fixture)
                } catch { #expect(error.code == 60312) }
            case 3...4:
                guard let challenge = made.suffix(4).randomElement(using: &generator) else { break }
                answer(challenge, code, &fixture, &ledger)
            default: fixture.advance(Int.random(in: 0...120, using: &generator))
            }
        }
        #expect(ledger.wrong.values.allSatisfy { $0 <= 5 })
        #expect(ledger.approved.values.allSatisfy { $0 == 1 })
        #expect(fixture.twilio.statistics.challengesApproved == ledger.approved.count)
        #expect(fixture.twilio.statistics.challenges == made.count)
        for time in ledger.challenges {
            #expect(ledger.challenges.count { $0 >= time && $0 < time + .seconds(3600) } <= 50)
        }
        if fixture.twilio.codes.refuseReplay {
            #expect(zip(ledger.usedSteps, ledger.usedSteps.dropFirst()).allSatisfy { $0 < $1 })
        }
        let entity = try fixture.twilio.entity(service: fixture.service, Fixture.identity, now: fixture.now)
        #expect(entity.challenges.map(\.ordinal) == entity.challenges.map(\.ordinal).sorted())
    }

    private func answer(
        _ challenge: SimulatedChallenge, _ code: String, _ fixture: inout Fixture, _ ledger: inout Ledger
    ) {
        do throws(APIFailure) {
            let after = try fixture.answer(challenge, code)
            #expect(!ledger.over.contains(challenge.sid))
            #expect(fixture.now < challenge.expires)
            note(after, code, in: &ledger, fixture)
        } catch {
            let isApproved = ledger.approved[challenge.sid] != nil
            let isExpired = fixture.now >= challenge.expires
            #expect(error.code == (isApproved ? 60322 : isExpired ? 60323 : 60308))
            #expect(isApproved || isExpired || ledger.wrong[challenge.sid] == 5)
        }
    }

    /// Notes what became of it, and that a right code had been given if it was approved.
    private func note(
        _ challenge: SimulatedChallenge, _ code: String, in ledger: inout Ledger, _ fixture: Fixture
    ) {
        if challenge.responded == nil {
            ledger.wrong[challenge.sid] = challenge.wrongCodes
            return
        }
        ledger.approved[challenge.sid, default: 0] += 1
        ledger.over.insert(challenge.sid)
        guard let factor = try? fixture.factor(challenge.factorSID) else { return }
        let step = factor.password.step(of: code, at: fixture.now, skew: 1, used: nil)
        #expect(step != nil)
        if let step { ledger.usedSteps.append(step) }
    }
}
