import Basics
import Pipeline
import SitePolicy
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: answers that are lost", .timeLimit(.minutes(10)))
struct LostAnswerStories {
    @Test(
        "5.3 a send whose answer is lost is found out by reading, and never made again", arguments: StoreKind.allCases)
    func sendLost(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            let starts = site.twilio.count(.start)
            site.twilio.fail(.start, .answerLost)
            let sent = try await desk.send()
            #expect(sent.outcome == .sent && sent.sendsLeft == 4 && sent.expiresAt != nil)
            #expect(site.twilio.count(.start) == starts + 1 && site.twilio.count(.fetch) == 1)
            #expect(try await desk.check(desk.code()).outcome == .approved)
        }
    }

    @Test("5.3 what cannot be found out is uncertain, never sent again on a guess", arguments: StoreKind.allCases)
    func sendUncertain(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            let starts = site.twilio.count(.start)
            site.twilio.fail(.start, .neverArrived)
            site.twilio.slow(.fetch, by: .seconds(3))
            let job = try desk.envelope(.send, ["user": "anna", "channel": "sms"], id: "m-1")
            let uncertain = try await desk.ask(job)
            #expect(uncertain.outcome == .uncertain && site.twilio.count(.start) == starts + 1)
            #expect(try await desk.ask(job).retryAt == uncertain.retryAt)
            #expect(site.twilio.count(.start) == starts + 1 && site.twilio.attempts(to: Number.anna) == 1)
        }
    }

    @Test("5.3 an attempt that was known before proves nothing", arguments: StoreKind.allCases)
    func knownAttempt(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await desk.register()
            #expect(try await desk.send().outcome == .sent)
            site.twilio.fail(.start, .neverArrived)
            site.twilio.slow(.fetch, by: .seconds(6))
            #expect(try await desk.send().outcome == .uncertain)
            // The code that was sent before is still this login's.
            #expect(try await desk.check(desk.code()).outcome == .approved)
        }
    }

    @Test(
        "5.3 nor does one of a code that is over here and not at Twilio, however short ago",
        arguments: StoreKind.allCases)
    func attemptOfAnEndedCode(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await desk.register()
            #expect(try await desk.send().outcome == .sent)
            site.twilio.fail(.cancel, .answer(500, code: nil))
            #expect(try await desk.ask(.cancel, ["user": "anna", "login": "sign-in-1"]).outcome == .canceled)
            site.twilio.fail(.start, .neverArrived)
            site.twilio.slow(.fetch, by: .seconds(6))
            #expect(try await desk.send("anna", "sign-in-2").outcome == .uncertain)
        }
    }

    @Test(
        "4 unavailable: surely nothing left, and no time to try again; 5.5 never a wrong code",
        arguments: StoreKind.allCases)
    func unreachable(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            site.twilio.fail(.start, .unreachable)
            site.twilio.slow(.start, by: .milliseconds(1))
            let near = (site.now + .seconds(2)).description
            let out = try await desk.ask(.send, ["user": "anna", "login": "sign-in-1", "channel": "sms"]) {
                $0.deadline = near
            }
            #expect(out.outcome == .unavailable && out.reason == .providerUnreachable)
            #expect(try await desk.send().outcome == .sent)
            site.twilio.fail(.check, .answer(401, code: 20003))
            let refused = try await desk.check(desk.code())
            #expect(refused.outcome == .unavailable && refused.reason == .providerRefused)
            let right = try await desk.check(desk.code())
            #expect(right.outcome == .approved)
        }
    }

    @Test("Design 2: surely nothing happened, and there is time: tried again", arguments: StoreKind.allCases)
    func triedAgain(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            site.twilio.fail(.start, .unreachable)
            site.twilio.fail(.start, .answer(429, code: 20429))
            #expect(try await desk.send().outcome == .sent)
            site.twilio.fail(.check, .unreachable)
            #expect(try await desk.check(desk.code()).outcome == .approved)
            #expect(site.twilio.attempts(to: Number.anna) == 1)
        }
    }

    @Test(
        "4 throttled / provider: Twilio's limit lasts until the deadline; given back, and Retry-After told",
        arguments: StoreKind.allCases)
    func limited(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            site.twilio.fail(.start, .answer(429, code: 20429, retryAfter: "45"))
            let send = try await desk.send()
            #expect(send.outcome == .throttled && send.limit == .provider)
            #expect(send.retryAt == (site.now + .seconds(45)).description)
            #expect(try await desk.send().sendsLeft == 4)
            site.twilio.fail(.check, .answer(429, code: 20429, retryAfter: "60"))
            let check = try await desk.check(desk.code())
            #expect(check.outcome == .throttled && check.limit == .provider)
            #expect(check.retryAt == (site.now + .seconds(60)).description)
            #expect(try await desk.check(desk.wrong()).checksLeft == 4)
        }
    }

    @Test(
        "5.3 a check is repeated only while the verification is provably pending, and checks_left says so",
        arguments: StoreKind.allCases)
    func checkRepeated(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            #expect(try await desk.send().outcome == .sent)
            site.twilio.fail(.check, .answerLost)
            let denied = try await desk.check(desk.wrong())
            #expect(denied.outcome == .denied && denied.checksLeft == 3 && site.twilio.count(.check) == 3)
            site.twilio.fail(.check, .neverArrived)
            #expect(try await desk.check(desk.code()).outcome == .approved)
        }
    }

    @Test(
        "5.5 an answer that contradicts itself is neither a wrong code nor an approval: it is found out",
        arguments: StoreKind.allCases)
    func contradictory(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            #expect(try await desk.send().outcome == .sent)
            site.twilio.fail(.check, .contradictory)
            let wrong = try await desk.check(desk.wrong())
            // Still pending, so it was asked again, and that answer counts: two tries are gone.
            #expect(wrong.outcome == .denied && wrong.checksLeft == 3)
            #expect(try await desk.check(desk.code()).outcome == .approved)
        }
    }

    @Test(
        "5.5 approved, found out afterwards: our verification converted, every other check denied",
        arguments: StoreKind.allCases)
    func checkConverted(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            #expect(try await desk.send().outcome == .sent)
            #expect(try await desk.check(desk.wrong()).outcome == .denied)
            site.twilio.fail(.check, .answerLost)
            #expect(try await desk.check(desk.code()).outcome == .approved)
            #expect(site.twilio.count(.attempts) == 1)
        }
    }

    @Test("5.5 uncertain, where another check may have been the one that was right", arguments: StoreKind.allCases)
    func checkUncertain(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            #expect(try await desk.send().outcome == .sent)
            // One that nobody knows the end of: it may have been the right one.
            site.twilio.fail(.check, .neverArrived)
            for _ in 0..<3 { site.twilio.fail(.fetch, .answer(500, code: nil)) }
            site.twilio.slow(.fetch, by: .seconds(2))
            #expect(try await desk.check(desk.wrong()).outcome == .uncertain)
            site.twilio.fail(.check, .answerLost)
            let second = try await desk.check(desk.code())
            #expect(second.outcome == .uncertain && second.retryAt != nil)
        }
    }

    @Test(
        "5.5 a check that may still be under way costs its try, however its repeat ends: no later one is taken for it",
        arguments: StoreKind.allCases)
    func checkUnderWay(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            #expect(try await desk.send().outcome == .sent)
            site.twilio.fail(.check, .arrivesLater)
            site.twilio.fail(.check, .answer(401, code: 20003))
            #expect(try await desk.check(desk.code()).outcome == .uncertain)
            let wrong = desk.wrong()
            site.twilio.arrive()
            site.twilio.fail(.check, .answerLost)
            #expect(try await desk.check(wrong).outcome == .uncertain)
        }
    }

    @Test(
        "5.5 a check that Twilio itself could not answer, and whose verification is pending, is an outage: no try",
        arguments: StoreKind.allCases)
    func checkOverWithoutAnswer(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            #expect(try await desk.send().outcome == .sent)
            site.twilio.fail(.check, .answer(503, code: nil))
            site.twilio.fail(.check, .answer(401, code: 20003))
            #expect(try await desk.check(desk.code()).outcome == .unavailable)
            #expect(try await desk.check(desk.wrong()).checksLeft == 4)
        }
    }

    @Test(
        "6 Guesses: a check that a gateway gave up stays on the books: what it does later is nobody else's approval",
        arguments: StoreKind.allCases)
    func checkBehindAGateway(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await desk.register()
            #expect(try await desk.send("anna", "sign-in-1").outcome == .sent)
            #expect(try await desk.send("anna", "sign-in-2").sameCode == true)
            site.twilio.fail(.check, .goesOn(503))
            site.twilio.fail(.check, .answer(429, code: 20429, retryAfter: "60"))
            let limited = try await desk.check(desk.code(), "anna", "sign-in-1")
            #expect(limited.outcome == .throttled && limited.limit == .provider)
            let wrong = desk.wrong()
            site.twilio.arrive()
            #expect(site.twilio.status(of: Number.anna) == "approved")
            site.twilio.fail(.check, .neverArrived)
            #expect(try await desk.check(wrong, "anna", "sign-in-2").outcome == .uncertain)
        }
    }

    @Test(
        "6 Guesses: nor is a code's count forgotten that ended here only, and that Twilio sends again",
        arguments: StoreKind.allCases)
    func checkOfAnEndedCode(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await desk.register()
            #expect(try await desk.send("anna", "sign-in-1").outcome == .sent)
            let code = try desk.code()
            site.twilio.fail(.check, .arrivesLater)
            for _ in 0..<4 { site.twilio.fail(.fetch, .answer(500, code: nil)) }
            site.twilio.slow(.fetch, by: .seconds(2))
            #expect(try await desk.check(code, "anna", "sign-in-1").outcome == .uncertain)
            site.twilio.heal()
            site.twilio.fail(.cancel, .answer(500, code: nil))
            #expect(try await desk.ask(.cancel, ["user": "anna", "login": "sign-in-1"]).outcome == .canceled)
            let again = try await desk.send("anna", "sign-in-2")
            #expect(again.outcome == .sent && again.checksLeft == 4)
            let wrong = desk.wrong()
            site.twilio.arrive()
            site.twilio.fail(.check, .neverArrived)
            #expect(try await desk.check(wrong, "anna", "sign-in-2").outcome == .uncertain)
        }
    }

    @Test(
        "5.3 a start's answer about another number, or about a code that is over, is no code on its way",
        arguments: StoreKind.allCases)
    func startOfAnother(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await desk.register()
            for fault in [
                FakeTwilio.Fault.altered(Number.anna, Number.eve), .altered("\"pending\"", "\"canceled\""),
            ] {
                site.twilio.fail(.start, fault)
                // Found out: Twilio does show a send to the number.
                let fetches = site.twilio.count(.fetch)
                #expect(try await desk.send().outcome == .sent)
                #expect(site.twilio.count(.fetch) == fetches + 1)
                site.twilio.fail(.start, fault)
                for _ in 0..<4 { site.twilio.fail(.fetch, .answer(404, code: 20404)) }
                site.twilio.slow(.fetch, by: .seconds(2))
                #expect(try await desk.send("anna", "sign-in-2").outcome == .uncertain)
                site.twilio.heal()
                #expect(try await desk.check(desk.code(), "anna", "sign-in-2").reason == .notYours)
            }
        }
    }

    @Test(
        "4 expired / code_expired: Twilio has it no longer, and the service is there; else unavailable",
        arguments: StoreKind.allCases)
    func missing(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await desk.register()
            #expect(try await desk.send().outcome == .sent)
            site.twilio.fail(.check, .answer(404, code: 20404))
            site.twilio.fail(.service, .answer(404, code: 20404))
            #expect(try await desk.check(desk.code()).outcome == .unavailable)
            site.twilio.fail(.check, .answer(404, code: 20404))
            #expect(try await desk.check(desk.code()).reason == .codeExpired)
        }
    }
}
