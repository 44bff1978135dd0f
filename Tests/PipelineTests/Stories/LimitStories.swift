import Basics
import Pipeline
import SitePolicy
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: limits", .timeLimit(.minutes(10)))
struct LimitStories {
    private func time(_ text: String?) throws -> Timestamp { try #require(text.flatMap { Timestamp(rfc3339: $0) }) }

    @Test(
        "6 cooldown_seconds grows with each send, is kept to the millisecond, and an approval clears it",
        arguments: StoreKind.allCases)
    func cooldown(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            for (index, seconds) in [30, 40, 60, 90].enumerated() {
                let sent = try await desk.send("anna", "sign-in-\(index)")
                #expect(sent.outcome == .sent && sent.sendsLeft == 4 - index && sent.checksLeft == 5)
                let retryAt = try time(sent.retryAt)
                #expect(retryAt == site.now + .seconds(seconds))
                site.advance(retryAt - site.now - .milliseconds(1))
                let early = try await desk.send("anna", "too-early")
                #expect(early.outcome == .throttled && early.limit == .cooldown && early.retryAt == sent.retryAt)
                site.advance(.milliseconds(1))
            }
            #expect(try await desk.check(desk.code(), "anna", "sign-in-3").outcome == .approved)
            let next = try await desk.send("anna", "sign-in-9")
            #expect(next.outcome == .sent)
            #expect(try time(next.retryAt) == site.now + .seconds(30))
        }
    }

    @Test("3 retry_at: after the fifth send of a code, when it dies", arguments: StoreKind.allCases)
    func fifth(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [1] }) { site, desk in
            try await desk.register()
            var last: Reply?
            for _ in 0..<5 {
                last = try await desk.send()
                site.advance(.seconds(1))
            }
            let fifth = try #require(last)
            #expect(fifth.outcome == .sent && fifth.sendsLeft == 0 && fifth.sameCode == true)
            #expect(fifth.retryAt == fifth.expiresAt)
            let sixth = try await desk.send()
            #expect(sixth.limit == .phone && sixth.retryAt == fifth.retryAt)
            site.advance(try time(fifth.retryAt) - site.now)
            #expect(try await desk.send().outcome == .sent)
        }
    }

    @Test("6 Limits: given back when nothing surely left", arguments: StoreKind.allCases)
    func givenBack(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            for _ in 0..<3 {
                site.twilio.fail(.start, .answer(400, code: 60410))
                let blocked = try await desk.send()
                #expect(
                    blocked.outcome == .blocked && blocked.reason == .fraudGuard
                        && blocked.alternatives == [.code(.call)])
            }
            let sent = try await desk.send()
            #expect(sent.outcome == .sent && sent.sendsLeft == 4)
            #expect(try time(sent.retryAt) == site.now + .seconds(30))
        }
    }

    @Test("6 Limits: kept on uncertain, 5 s after it the next", arguments: StoreKind.allCases)
    func uncertain(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            site.twilio.fail(.start, .neverArrived)
            site.twilio.slow(.fetch, by: .seconds(6))
            let uncertain = try await desk.send()
            #expect(uncertain.outcome == .uncertain && uncertain.reason == .answerLost)
            let retryAt = try time(uncertain.retryAt)
            #expect(retryAt == site.now + .seconds(5))
            site.advance(.milliseconds(4999))
            #expect(try await desk.send().limit == .cooldown)
            site.advance(.milliseconds(1))
            let next = try await desk.send()
            #expect(next.outcome == .sent)
            #expect(try time(next.retryAt) == site.now + .seconds(40))
        }
    }

    @Test(
        "6 wrong codes: a stranger locks the person out, the known client keeps five tries",
        arguments: StoreKind.allCases)
    func lockOut(_ kind: StoreKind) async throws {
        try await story(kind, { ($0.limits.wrongCodesPerUserHour, $0.limits.cooldownSeconds) = (6, []) }) {
            site, desk in
            let home: [String: JSONValue] = ["client": "home"]
            let far: [String: JSONValue] = ["client": "far away"]
            _ = try await desk.startPhone(Number.anna, "anna", "sign-in-1", home)
            #expect(try await desk.check(desk.code(), "anna", "sign-in-1", home).outcome == .approved)
            for index in 0..<6 {
                // Anybody can ask for codes of a person whose password they know.
                if index % 3 == 0 { _ = try await desk.send("anna", "stranger-\(index)", far) }
                let denied = try await desk.check(desk.wrong(), "anna", "stranger-\(index - index % 3)", far)
                #expect(denied.outcome == .denied && denied.checksLeft == min(4 - index % 3, 5 - index))
                if index == 2 { site.advance(.seconds(600)) }
            }
            let locked = try await desk.check(desk.code(), "anna", "stranger-3", far)
            #expect(locked.outcome == .throttled && locked.limit == .userTries)
            site.advance(.seconds(600))
            #expect(try await desk.send("anna", "at-home-1", home).checksLeft == 5)
            for left in [4, 3, 2, 1] {
                let denied = try await desk.check(desk.wrong(), "anna", "at-home-1", home)
                #expect(denied.outcome == .denied && denied.checksLeft == left)
            }
            #expect(try await desk.check(desk.code(), "anna", "at-home-1", home).outcome == .approved)
            let profile = try await desk.admin(.adminUserGet, ["user": "anna"]).profile
            #expect(profile?.lockedUntil != nil)
            _ = try await desk.admin(.adminUserUnlock, ["user": "anna"])
            #expect(try await desk.admin(.adminUserGet, ["user": "anna"]).profile?.lockedUntil == nil)
        }
    }

    @Test("6 sends_per_user_hour: over all workers and numbers, exact", arguments: StoreKind.allCases)
    func hour(_ kind: StoreKind) async throws {
        try await story(kind, { ($0.limits.sendsPerUserHour, $0.limits.cooldownSeconds) = (3, []) }) { site, desk in
            let other = try await site.worker { ($0.limits.sendsPerUserHour, $0.limits.cooldownSeconds) = (3, []) }
            let first = site.now
            #expect(try await desk.startPhone(Number.anna).sendsLeft == 2)
            site.advance(.seconds(10))
            #expect(try await other.startPhone(Number.bob).sendsLeft == 1)
            site.advance(.seconds(10))
            let third = try await desk.startPhone(Number.eve)
            #expect(third.sendsLeft == 0)
            #expect(try time(third.retryAt) == first + .seconds(3600))
            let fourth = try await other.startPhone(Number.eve)
            #expect(fourth.limit == .user && fourth.retryAt == third.retryAt)
            site.advance(try time(third.retryAt) - site.now - .milliseconds(1))
            #expect(try await desk.startPhone(Number.eve).outcome == .throttled)
            site.advance(.milliseconds(1))
            #expect(try await desk.startPhone(Number.eve).outcome == .sent)
        }
    }

    @Test(
        "6 enrolments_per_user_hour: new secrets count, the same one shown again and one that was never made do not",
        arguments: StoreKind.allCases)
    func enrolments(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let first = site.now
            for index in 1...5 {
                let login = "sign-in-\(index)"
                #expect(try await desk.startApp("anna", login).outcome == .enrolling)
                #expect(try await desk.startApp("anna", login).outcome == .enrolling)
                guard index < 5 else { break }
                site.twilio.fail(.createFactor, .answer(401, code: 20003))
                #expect(try await desk.startApp("anna", "outage-\(index)").outcome == .unavailable)
                site.advance(.seconds(10))
            }
            #expect(site.twilio.count(.createFactor) == 9)
            let sixth = try await desk.startApp("anna", "sign-in-6")
            #expect(sixth.outcome == .throttled && sixth.limit == .user)
            #expect(try time(sixth.retryAt) == first + .seconds(3600))
            #expect(try await desk.startApp("anna", "sign-in-5").outcome == .enrolling)
            #expect(try await desk.startApp("bob", "sign-in-1").outcome == .enrolling)
            site.advance(try time(sixth.retryAt) - site.now)
            #expect(try await desk.startApp("anna", "sign-in-6").outcome == .enrolling)
        }
    }

    @Test("6 enrolments_per_client_hour: over all people", arguments: StoreKind.allCases)
    func enrolmentsOfClient(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.enrolmentsPerClientHour = 3 }) { site, desk in
            let far: [String: JSONValue] = ["client": "far away"]
            for user in ["anna", "bob", "eve"] {
                #expect(try await desk.startApp(user, "sign-in-1", far).outcome == .enrolling)
            }
            let fourth = try await desk.startApp("zoe", "sign-in-1", far)
            #expect(fourth.outcome == .throttled && fourth.limit == .client && fourth.retryAt != nil)
            #expect(try await desk.startApp("zoe", "sign-in-1", ["client": "home"]).outcome == .enrolling)
        }
    }

    @Test("7 limits.enabled false: ours hold nobody back, Twilio's still do", arguments: StoreKind.allCases)
    func off(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.enabled = false }) { site, desk in
            try await desk.register()
            for left in (0...4).reversed() {
                let sent = try await desk.send()
                #expect(sent.outcome == .sent && sent.retryAt == nil && sent.sendsLeft == left)
            }
            let sixth = try await desk.send()
            #expect(sixth.outcome == .throttled && sixth.limit == .provider && sixth.retryAt != nil)
        }
    }
}
