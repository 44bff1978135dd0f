import Basics
import Pipeline
import SitePolicy
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: signing in with an authenticator", .timeLimit(.minutes(10)))
struct AuthenticatorStories {
    @Test("2 check: method authenticator, or the only registered method", arguments: StoreKind.allCases)
    func signsIn(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try await desk.registerApp()
            let named = try await desk.checkApp(app.code(at: site.now), "anna", "sign-in-2")
            #expect(named.outcome == .approved && named.registered == nil)
            site.advance(.seconds(60))
            let spaced = String(app.code(at: site.now).prefix(3)) + " " + String(app.code(at: site.now).suffix(3))
            #expect(try await desk.check(spaced, "anna", "sign-in-3").outcome == .approved)
            #expect(site.twilio.count(.createChallenge) == 2)
        }
    }

    @Test("5.1 one code works once, in any worker and login", arguments: StoreKind.allCases)
    func once(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try await desk.registerApp()
            let other = try await site.worker()
            let code = app.code(at: site.now)
            #expect(try await desk.checkApp(code, "anna", "sign-in-2", id: "m-1").outcome == .approved)
            for worker in [desk, other] {
                let again = try await worker.checkApp(code, "anna", "sign-in-3")
                #expect(again.outcome == .expired && again.reason == .codeUsed)
            }
            #expect(site.twilio.count(.createChallenge) == 1)
            #expect(try await other.checkApp(code, "anna", "sign-in-2", id: "m-1").outcome == .approved)
            // The code that proved the app counts as used too.
            site.advance(.seconds(301))
            #expect(try await desk.checkApp(app.code(at: site.now), "anna", "sign-in-4").outcome == .approved)
        }
    }

    @Test("50 parallel checks of one right code give exactly one approved", arguments: StoreKind.allCases)
    func parallel(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try await desk.registerApp()
            let workers = [desk, try await site.worker()]
            let code = app.code(at: site.now)
            let outcomes = try await withThrowingTaskGroup(of: Reply.self) { group in
                for index in 0..<50 {
                    group.addTask { try await workers[index % 2].checkApp(code, "anna", "sign-in-\(index)") }
                }
                return try await group.reduce(into: [Reply]()) { $0.append($1) }
            }
            #expect(outcomes.count { $0.outcome == .approved } == 1)
            #expect(outcomes.count { $0.outcome == .expired && $0.reason == .codeUsed } == 49)
            #expect(site.twilio.count(.createChallenge) == 1)
        }
    }

    @Test(
        "4 denied: wrong codes share a challenge, five tries; then code_tries until it has ended",
        arguments: StoreKind.allCases)
    func wrongCodes(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try await desk.registerApp()
            let began = site.now
            for left in [4, 3, 2, 1, 0] {
                let denied = try await desk.checkApp(app.wrongCode(at: site.now), "anna", "sign-in-2")
                #expect(denied.outcome == .denied && denied.checksLeft == left)
                site.advance(.seconds(10))
            }
            #expect(site.twilio.count(.createChallenge) == 1 && site.twilio.count(.answerChallenge) == 4)
            let stopped = try await desk.checkApp(app.code(at: site.now), "anna", "sign-in-2")
            #expect(stopped.outcome == .throttled && stopped.limit == .codeTries)
            #expect(stopped.retryAt == (began + .seconds(300)).description)
            #expect(site.twilio.count(.answerChallenge) == 4)
            site.advance(.seconds(250))
            #expect(try await desk.checkApp(app.code(at: site.now), "anna", "sign-in-2").outcome == .approved)
            #expect(site.twilio.count(.createChallenge) == 2)
        }
    }

    @Test("A wrong code leaves its challenge to the next, which may be right", arguments: StoreKind.allCases)
    func secondTry(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try await desk.registerApp()
            #expect(try await desk.checkApp(app.wrongCode(at: site.now)).outcome == .denied)
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .approved)
            #expect(site.twilio.count(.createChallenge) == 1 && site.twilio.count(.answerChallenge) == 1)
            // That one is over: the next code gets one of its own.
            site.advance(.seconds(60))
            #expect(try await desk.checkApp(app.wrongCode(at: site.now)).outcome == .denied)
            #expect(site.twilio.count(.createChallenge) == 2)
            // And so does one that comes when Twilio has let it end early.
            site.twilio.fail(.answerChallenge, .answer(403, code: 60323))
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .approved)
            #expect(site.twilio.count(.createChallenge) == 3)
        }
    }

    @Test(
        "Twilio's own limits come back as throttled or expired, and cost no try of ours", arguments: StoreKind.allCases)
    func limits(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try await desk.registerApp()
            site.twilio.fail(.createChallenge, .answer(429, code: 60312))
            let often = try await desk.checkApp(app.code(at: site.now))
            #expect(often.outcome == .throttled && often.limit == .provider)
            #expect(often.retryAt == (site.now + .seconds(3600)).description)
            #expect(try await desk.checkApp(app.wrongCode(at: site.now)).checksLeft == 4)
            site.twilio.fail(.answerChallenge, .answer(429, code: 60308))
            let tries = try await desk.checkApp(app.code(at: site.now))
            #expect(tries.outcome == .throttled && tries.limit == .codeTries)
            #expect(tries.retryAt == (site.now + .seconds(300)).description)
            site.advance(.seconds(300))
            site.twilio.fail(.createChallenge, .answer(403, code: 60318))
            let gone = try await desk.checkApp(app.code(at: site.now))
            #expect(gone.outcome == .expired && gone.reason == .enrolmentExpired)
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .approved)
        }
    }

    @Test(
        "A factor that Twilio has lost lets nobody in, and no password alone registers another",
        arguments: StoreKind.allCases)
    func lostFactor(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try await desk.registerApp()
            site.twilio.change { $0.forget() }
            let gone = try await desk.checkApp(app.code(at: site.now))
            #expect(gone.outcome == .expired && gone.reason == .enrolmentExpired)
            #expect(try await desk.startApp("anna", "sign-in-2").reason == .verifyFirst)
            site.twilio.fail(.createChallenge, .answer(404, code: 20404))
            site.twilio.fail(.service, .answer(404, code: 20404))
            #expect(try await desk.checkApp(app.code(at: site.now)).outcome == .unavailable)
        }
    }

    @Test("4 not_registered, not_yours; 6 wrong codes count for the person as any", arguments: StoreKind.allCases)
    func others(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.wrongCodesPerUserClientHour = 2 }) { site, desk in
            #expect(try await desk.checkApp("123456", "bob").reason == .notRegistered)
            let app = try await desk.registerApp()
            for _ in 0..<2 {
                let wrong = try await desk.check(
                    app.wrongCode(at: site.now), "anna", "sign-in-2", ["client": "10.0.0.1"])
                #expect(wrong.outcome == .denied)
            }
            let locked = try await desk.check(app.code(at: site.now), "anna", "sign-in-2", ["client": "10.0.0.1"])
            #expect(locked.outcome == .throttled && locked.limit == .userTries)
            #expect(try await desk.checkApp(app.code(at: site.now), "anna", "sign-in-3").outcome == .approved)
        }
    }

    @Test(
        "2 admin.user.reset: removed here at once, at Twilio now or later; harmless to repeat",
        arguments: StoreKind.allCases)
    func reset(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try await desk.registerApp()
            let begun = try desk.scan(try await desk.startAppConfirmed(app))
            site.twilio.fail(.deleteFactor, .answer(503, code: nil))
            let reset: [String: JSONValue] = ["user": "anna", "reason": "lost"]
            let first = try await desk.admin(.adminUserReset, reset)
            #expect(first.outcome == .done && first.providerPending == true)
            #expect(try await desk.checkApp(begun.code(at: site.now)).reason == .reset)
            #expect(try await desk.checkApp(app.code(at: site.now), "anna", "sign-in-9").reason == .notRegistered)
            #expect(try await desk.options().decision == "register")
            #expect(site.twilio.factors.all.count == 1)
            let again = try await desk.admin(.adminUserReset, reset)
            #expect(again.outcome == .done && again.providerPending == nil)
            site.advance(.seconds(61))
            try await desk.doChores()
            #expect(site.twilio.factors.all.isEmpty)
            try await desk.doChores()
        }
    }

    @Test(
        "2 admin.user.erase and rename: what is at Twilio goes, or stays with the person", arguments: StoreKind.allCases
    )
    func eraseAndRename(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try await desk.registerApp()
            let renamed = try await desk.admin(.adminUserRename, ["user": "anna", "to": "anne"])
            #expect(renamed.outcome == .done)
            #expect(try await desk.checkApp(app.code(at: site.now), "anne", "sign-in-2").outcome == .approved)
            let erased = try await desk.admin(.adminUserErase, ["user": "anne", "reason": "left"])
            #expect(erased.outcome == .done)
            site.advance(.seconds(61))
            try await desk.doChores()
            #expect(site.twilio.factors.all.isEmpty)
        }
    }
}
