import Basics
import Pipeline
import SitePolicy
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: lost answers about authenticators", .timeLimit(.minutes(10)))
struct LostFactorStories {
    @Test("The factor was made: found again by list, with our secret", arguments: StoreKind.allCases)
    func made(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            site.twilio.fail(.createFactor, .answerLost)
            let shown = try await desk.startApp()
            #expect(shown.outcome == .enrolling && shown.uri?.contains("issuer=") == true)
            #expect(site.twilio.count(.createFactor) == 1 && site.twilio.count(.factors) == 1)
            #expect(try await desk.checkApp(desk.scan(shown).code(at: site.now)).outcome == .approved)
        }
    }

    @Test(
        "Whether it was made cannot be found out: uncertain, and nothing is left of it", arguments: StoreKind.allCases)
    func unknown(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            site.twilio.fail(.createFactor, .answerLost)
            for _ in 0..<4 { site.twilio.fail(.factors, .answer(500, code: nil)) }
            site.twilio.slow(.factors, by: .seconds(2))
            let lost = try await desk.startApp()
            #expect(lost.outcome == .uncertain && lost.retryAt != nil && lost.secret == nil)
            #expect(try await desk.store.enrolment(of: "anna") == nil)
            site.twilio.slow(.factors, by: .zero)
            let app = try desk.scan(try await desk.startApp())
            #expect(site.twilio.factors.all.count == 2)
            site.advance(.seconds(61))
            try await desk.doChores()
            #expect(site.twilio.factors.all.count == 1)
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .approved)
        }
    }

    @Test("The first code was taken: approved, found out afterwards", arguments: StoreKind.allCases)
    func proven(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try desk.scan(try await desk.startApp())
            #expect(try await desk.checkApp(app.wrongCode(at: site.now)).outcome == .denied)
            site.twilio.fail(.verifyFactor, .answerLost)
            let approved = try await desk.checkApp(app.code(at: site.now))
            #expect(approved.outcome == .approved && approved.registered == .authenticator)
            #expect(site.twilio.count(.verifyFactor) == 2)
        }
    }

    @Test(
        "The first code never arrived: asked again while the factor is provably unverified",
        arguments: StoreKind.allCases)
    func provenAgain(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try desk.scan(try await desk.startApp())
            site.twilio.fail(.verifyFactor, .neverArrived)
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .approved)
            #expect(site.twilio.count(.verifyFactor) == 2)
        }
    }

    @Test(
        "A wrong first code, its answer lost: denied, and checks_left says what it may have cost",
        arguments: StoreKind.allCases)
    func provenWrong(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try desk.scan(try await desk.startApp())
            site.twilio.fail(.verifyFactor, .answerLost)
            let denied = try await desk.checkApp(app.wrongCode(at: site.now))
            #expect(denied.outcome == .denied && denied.checksLeft == 3)
        }
    }

    @Test(
        "6 An outage at the first code leaves the enrolment open, and the next code is asked about",
        arguments: StoreKind.allCases)
    func provenAfterOutage(_ kind: StoreKind) async throws {
        let outages: [(fault: FakeTwilio.Fault, outcome: Outcome)] = [
            (.answer(500, code: nil), .unavailable), (.neverArrived, .uncertain),
        ]
        for outage in outages {
            try await story(kind) { site, desk in
                let app = try desk.scan(try await desk.startApp())
                for _ in 0..<5 { site.twilio.fail(.verifyFactor, outage.fault) }
                let code = app.code(at: site.now)
                #expect(try await desk.checkApp(code).outcome == outage.outcome)
                #expect(site.twilio.count(.verifyFactor) == 5)
                #expect(try await desk.store.enrolment(of: "anna")?.isOpen(at: site.now) == true)
                site.advance(.seconds(10))
                // It was not taken, so it is as good as any.
                let approved = try await desk.checkApp(code)
                #expect(approved.outcome == .approved && approved.registered == .authenticator)
                #expect(site.twilio.count(.verifyFactor) == 6)
            }
        }
    }

    @Test(
        "6 The next code waits until the lost call can no longer be under way, and for a look at the factor",
        arguments: StoreKind.allCases)
    func provenLater(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try desk.scan(try await desk.startApp())
            for _ in 0..<5 { site.twilio.fail(.verifyFactor, .answer(502, code: nil)) }
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .unavailable)
            let looks = site.twilio.count(.factors)
            let hurried: [String: JSONValue] = [
                "user": "anna", "login": "sign-in-1", "code": .string(app.code(at: site.now)),
            ]
            let near = (site.now + .seconds(11)).description
            #expect(try await desk.ask(.check, hurried) { $0.deadline = near }.outcome == .unavailable)
            #expect(site.twilio.count(.verifyFactor) == 5 && site.twilio.count(.factors) == looks)
            site.advance(.seconds(10))
            // No look, no question: an outage of the list is one of the check, and costs nothing.
            for _ in 0..<4 { site.twilio.fail(.factors, .answer(500, code: nil)) }
            site.twilio.slow(.factors, by: .seconds(2))
            let unseen = try await desk.checkApp(app.code(at: site.now))
            #expect(unseen.outcome == .unavailable && site.twilio.count(.verifyFactor) == 5)
            site.twilio.heal()
            #expect(try await desk.checkApp(app.wrongCode(at: site.now)).checksLeft == 4)
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .approved)
        }
    }

    @Test(
        "6 Guesses: a first code that a gateway gave up registers nobody else's: a later one is not asked about",
        arguments: StoreKind.allCases)
    func provenBehindAGateway(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try desk.scan(try await desk.startApp())
            site.twilio.fail(.verifyFactor, .goesOn(503))
            site.twilio.fail(.verifyFactor, .answer(429, code: 20429, retryAfter: "60"))
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .throttled)
            site.twilio.arrive()
            site.advance(.seconds(20))
            site.twilio.fail(.verifyFactor, .neverArrived)
            let wrong = try await desk.checkApp(app.wrongCode(at: site.now))
            #expect(wrong.outcome == .expired && wrong.reason == .enrolmentExpired)
            #expect(try await desk.options().decision == "register")
        }
    }

    @Test(
        "6 Guesses: nor while a later one is under way: what the factor then shows is believed of neither",
        arguments: StoreKind.allCases)
    func provenMeanwhile(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try desk.scan(try await desk.startApp())
            site.twilio.fail(.verifyFactor, .goesOn(503))
            site.twilio.fail(.verifyFactor, .answer(429, code: 20429, retryAfter: "60"))
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .throttled)
            site.advance(.seconds(20))
            site.twilio.fail(.verifyFactor, .answerLost)
            site.twilio.hold(.verifyFactor)
            let code = app.wrongCode(at: site.now)
            async let checking = desk.checkApp(code)
            await site.twilio.waitUntilHeld()
            site.twilio.arrive()
            site.twilio.letGo()
            #expect(try await checking.outcome == .uncertain)
            #expect(try await desk.options().decision == "register")
            #expect(try await desk.checkApp(app.code(at: site.now)).reason == .enrolmentExpired)
        }
    }

    @Test(
        "6 Guesses: a challenge's answer that a gateway gave up stays on the books: its approval is nobody else's",
        arguments: StoreKind.allCases)
    func challengeBehindAGateway(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try await desk.registerApp()
            #expect(try await desk.checkApp(app.wrongCode(at: site.now)).outcome == .denied)
            site.twilio.fail(.answerChallenge, .goesOn(503))
            site.twilio.fail(.answerChallenge, .answer(429, code: 20429, retryAfter: "60"))
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .throttled)
            site.twilio.arrive()
            site.advance(.seconds(20))
            for operation in [FakeTwilio.Operation.answerChallenge, .createChallenge] {
                site.twilio.fail(operation, .neverArrived)
            }
            site.twilio.slow(.challenges, by: .seconds(2))
            let wrong = try await desk.checkApp(app.wrongCode(at: site.now), "anna", "sign-in-2")
            #expect(wrong.outcome == .uncertain)
            site.twilio.heal()
            site.advance(.seconds(60))
            #expect(try await desk.checkApp(app.code(at: site.now), "anna", "sign-in-2").outcome == .approved)
        }
    }

    @Test(
        "6 Guesses: nor does the next code answer the challenge of one that a dead worker has left behind",
        arguments: StoreKind.allCases)
    func challengeOfADeadWorker(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try await desk.registerApp()
            #expect(try await desk.checkApp(app.wrongCode(at: site.now)).outcome == .denied)
            let code = app.code(at: site.now)
            let left = try desk.envelope(
                .check, ["user": "anna", "login": "sign-in-1", "method": "authenticator", "code": .string(code)])
            let worker = try await site.worker()
            site.twilio.fail(.answerChallenge, .arrivesLater)
            site.twilio.hold(.challenges)
            let work = Task { try? await worker.process(left) }
            await site.twilio.waitUntilHeld()
            await site.crash(worker)
            // The list shows it pending still, so it is given back; its call is at Twilio.
            let asked = site.twilio.count(.answerChallenge)
            site.twilio.fail(.createChallenge, .neverArrived)
            site.twilio.slow(.challenges, by: .seconds(2))
            #expect(try await desk.checkApp(app.wrongCode(at: site.now), "anna", "sign-in-2").outcome == .uncertain)
            #expect(site.twilio.count(.answerChallenge) == asked)
            site.twilio.letGo()
            _ = await work.value
        }
    }

    @Test(
        "Whether the first code was taken cannot be found out: uncertain; no later code of it is believed",
        arguments: StoreKind.allCases)
    func provenUnknown(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try desk.scan(try await desk.startApp())
            site.twilio.fail(.verifyFactor, .answerLost)
            for _ in 0..<4 { site.twilio.fail(.factors, .answer(500, code: nil)) }
            site.twilio.slow(.factors, by: .seconds(2))
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .uncertain)
            #expect(try await desk.options().decision == "register")
            site.twilio.heal()
            site.advance(.seconds(10))
            // It was taken, and by which code the factor cannot tell: the person begins anew.
            #expect(try await desk.checkApp(app.code(at: site.now)).reason == .enrolmentExpired)
            #expect(site.twilio.count(.verifyFactor) == 1)
            site.advance(.seconds(61))
            try await desk.doChores()
            #expect(site.twilio.factors.all.isEmpty)
        }
    }

    @Test("A challenge was answered rightly: found by its own name in HiddenDetails", arguments: StoreKind.allCases)
    func challenged(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try await desk.registerApp()
            site.twilio.fail(.createChallenge, .answerLost)
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .approved)
            #expect(site.twilio.count(.createChallenge) == 1 && site.twilio.count(.challenges) == 1)
            site.advance(.seconds(60))
            #expect(try await desk.checkApp(app.wrongCode(at: site.now)).outcome == .denied)
            site.twilio.fail(.answerChallenge, .answerLost)
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .approved)
            #expect(site.twilio.count(.answerChallenge) == 1 && site.twilio.count(.challenges) == 2)
        }
    }

    @Test(
        "A challenge is still open: its code is asked about again, with the same challenge",
        arguments: StoreKind.allCases)
    func challengeOpen(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try await desk.registerApp()
            site.twilio.fail(.createChallenge, .answerLost)
            let denied = try await desk.checkApp(app.wrongCode(at: site.now))
            #expect(denied.outcome == .denied && denied.checksLeft == 3)
            #expect(site.twilio.count(.createChallenge) == 1 && site.twilio.count(.answerChallenge) == 1)
            site.twilio.fail(.answerChallenge, .neverArrived)
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .approved)
            #expect(site.twilio.count(.createChallenge) == 1)
        }
    }

    @Test(
        "A code that may still be under way stays reserved, however its repeat ends", arguments: StoreKind.allCases)
    func codeUnderWay(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try await desk.registerApp()
            #expect(try await desk.checkApp(app.wrongCode(at: site.now)).outcome == .denied)
            site.twilio.fail(.answerChallenge, .arrivesLater)
            site.twilio.fail(.answerChallenge, .answer(401, code: 20003))
            let code = app.code(at: site.now)
            #expect(try await desk.checkApp(code).outcome == .uncertain)
            site.twilio.arrive()
            #expect(try await desk.checkApp(code).reason == .codeUsed)
        }
    }

    @Test(
        "A challenge that cannot be found is uncertain: its code is not asked about again",
        arguments: StoreKind.allCases)
    func challengeUnknown(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try await desk.registerApp()
            site.twilio.fail(.createChallenge, .neverArrived)
            site.twilio.slow(.challenges, by: .seconds(2))
            let code = app.code(at: site.now)
            let lost = try await desk.checkApp(code)
            #expect(lost.outcome == .uncertain && site.twilio.count(.createChallenge) == 1)
            #expect(try await desk.checkApp(code).reason == .codeUsed)
            site.advance(.seconds(60))
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .approved)
        }
    }

    @Test(
        "An outage at any step is unavailable, costs no try and leaves no half registration",
        arguments: StoreKind.allCases)
    func outage(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            func unavailable(_ operation: FakeTwilio.Operation, _ ask: (String) async throws -> Reply) async throws {
                for fault in [FakeTwilio.Fault.unreachable, .answer(401, code: 20003)] {
                    site.twilio.fail(operation, fault)
                    site.twilio.slow(operation, by: .milliseconds(1500))
                    #expect(try await ask((site.now + .seconds(3)).description).outcome == .unavailable)
                    site.twilio.slow(operation, by: .zero)
                }
            }
            let login: [String: JSONValue] = ["user": "anna", "login": "sign-in-1"]
            try await unavailable(.createFactor) { deadline in
                try await desk.ask(.registerAuthenticator, login) { $0.deadline = deadline }
            }
            #expect(try await desk.store.enrolment(of: "anna") == nil && site.twilio.factors.all.isEmpty)
            let app = try desk.scan(try await desk.startApp())
            func type(_ code: String, _ deadline: String) async throws -> Reply {
                try await desk.ask(.check, login.merging(["code": .string(code)]) { $1 }) { $0.deadline = deadline }
            }
            try await unavailable(.verifyFactor) { try await type(app.code(at: site.now), $0) }
            #expect(try await desk.checkApp(app.wrongCode(at: site.now)).checksLeft == 4)
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .approved)
            site.advance(.seconds(60))
            try await unavailable(.createChallenge) { try await type(app.code(at: site.now), $0) }
            #expect(try await desk.checkApp(app.wrongCode(at: site.now)).checksLeft == 4)
            try await unavailable(.answerChallenge) { try await type(app.code(at: site.now), $0) }
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .approved)
        }
    }

    @Test(
        "Twilio answers with errors of its own: unavailable, no try, no half registration",
        arguments: StoreKind.allCases)
    func errors(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            func down(_ operations: FakeTwilio.Operation...) {
                for operation in operations {
                    for _ in 0..<6 { site.twilio.fail(operation, .answer(503, code: nil)) }
                    site.twilio.slow(operation, by: .seconds(1))
                }
            }
            down(.createFactor, .factors)
            let none = try await desk.startApp()
            #expect(none.outcome == .unavailable && none.reason == .providerUnreachable && none.secret == nil)
            #expect(try await desk.store.enrolment(of: "anna") == nil && site.twilio.factors.all.isEmpty)
            site.twilio.heal()
            let app = try desk.scan(try await desk.startApp())
            down(.verifyFactor)
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .unavailable)
            #expect(try await desk.options().decision == "register")
            site.twilio.heal()
            site.advance(.seconds(10))
            #expect(try await desk.checkApp(app.wrongCode(at: site.now)).checksLeft == 4)
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .approved)
            site.advance(.seconds(60))
            down(.createChallenge, .challenges)
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .unavailable)
            site.twilio.heal()
            site.advance(.seconds(60))
            #expect(try await desk.checkApp(app.wrongCode(at: site.now)).checksLeft == 4)
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .approved)
        }
    }

    @Test("A worker dies at any call: its redelivery finds out, one effect", arguments: StoreKind.allCases)
    func crash(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let login: [String: JSONValue] = ["user": "anna", "login": "sign-in-1"]
            let begin = try desk.envelope(.registerAuthenticator, login, id: "m-1")
            var ghost = try await site.die(of: begin, at: .createFactor)
            let shown = try await desk.ask(begin)
            #expect(shown.outcome == .enrolling && site.twilio.count(.createFactor) == 1)
            await ghost.lay()
            let app = try desk.scan(shown)
            let prove = try desk.envelope(
                .check, login.merging(["code": .string(app.code(at: site.now))]) { $1 }, id: "m-2")
            ghost = try await site.die(of: prove, at: .verifyFactor)
            #expect(try await desk.ask(prove).registered == .authenticator)
            await ghost.lay()
            site.advance(.seconds(60))
            let check = try desk.envelope(
                .check, login.merging(["code": .string(app.code(at: site.now))]) { $1 }, id: "m-3")
            ghost = try await site.die(of: check, at: .createChallenge)
            // Another job of the person sees the abandoned one through first.
            site.advance(.seconds(30))
            #expect(try await desk.checkApp(app.wrongCode(at: site.now), "anna", "sign-in-2").outcome == .denied)
            #expect(try await desk.ask(check).outcome == .approved)
            await ghost.lay()
            #expect(site.twilio.count(.createChallenge) == 2)
        }
    }
}
