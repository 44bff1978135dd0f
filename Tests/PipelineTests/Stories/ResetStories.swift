import Basics
import Pipeline
import SitePolicy
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: reset and erased while something is under way", .timeLimit(.minutes(2)))
struct ResetStories {
    @Test(
        "4 expired / reset: a check that was under way when its person was reset lets nobody in",
        arguments: StoreKind.allCases)
    func check(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            _ = try await desk.send()
            let code = try desk.code()
            site.twilio.hold(.check)
            async let checking = desk.check(code)
            await site.twilio.waitUntilHeld()
            let reset = try await desk.admin(.adminUserReset, ["user": "anna", "reason": "lost"])
            #expect(reset.outcome == .done)
            site.twilio.letGo()
            let answer = try await checking
            #expect(answer.outcome == .expired && answer.reason == .reset)
            #expect(try await desk.options().decision == "register")
            #expect(try await desk.admin(.adminUserGet, ["user": "anna"]).profile?.phone == nil)
        }
    }

    @Test("4 expired / reset: a registration's check neither", arguments: StoreKind.allCases)
    func registration(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            _ = try await desk.startPhone(Number.anna)
            let code = try desk.code()
            site.twilio.hold(.check)
            async let checking = desk.check(code)
            await site.twilio.waitUntilHeld()
            _ = try await desk.admin(.adminUserReset, ["user": "anna", "reason": "not theirs"])
            site.twilio.letGo()
            #expect(try await checking.reason == .reset)
            #expect(try await desk.admin(.adminUserGet, ["user": "anna"]).profile?.phone == nil)
        }
    }

    @Test("4 expired / reset: a send that was under way ties nobody", arguments: StoreKind.allCases)
    func send(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            site.twilio.hold(.start)
            async let sending = desk.send()
            await site.twilio.waitUntilHeld()
            _ = try await desk.admin(.adminUserReset, ["user": "anna", "reason": "lost"])
            site.twilio.letGo()
            #expect(try await sending.reason == .reset)
            #expect(try await desk.check(desk.code()).outcome == .invalid)
        }
    }

    @Test(
        "2 admin.user.reset: pending codes end here and at Twilio; provider_pending if Twilio cannot be told",
        arguments: StoreKind.allCases)
    func reset(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await desk.register()
            for _ in 0..<5 { _ = try await desk.send() }
            let done = try await desk.admin(.adminUserReset, ["user": "anna", "reason": "r"])
            #expect(done.outcome == .done && done.providerPending == nil)
            #expect(site.twilio.status(of: Number.anna) == "canceled")
            #expect(try await desk.check(desk.code()).reason == .reset)
            // The code that was ended stands in nobody's way.
            #expect(try await desk.startPhone(Number.anna, "anna", "sign-in-9").outcome == .sent)
            #expect(try await desk.check(desk.code(), "anna", "sign-in-9").outcome == .approved)
            _ = try await desk.send()
            site.twilio.fail(.cancel, .answer(503, code: nil))
            let pending = try await desk.admin(.adminUserReset, ["user": "anna", "reason": "r"])
            #expect(pending.outcome == .done && pending.providerPending == true)
            #expect(try await desk.check(desk.code()).reason == .reset)
        }
    }

    @Test("2 admin.user.erase: a check that was under way brings nobody back", arguments: StoreKind.allCases)
    func erase(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            _ = try await desk.send()
            let code = try desk.code()
            site.twilio.hold(.check)
            async let checking = desk.check(code, id: "m-1")
            await site.twilio.waitUntilHeld()
            let erased = try await desk.admin(.adminUserErase, ["user": "anna", "reason": "left"], id: "m-2")
            #expect(erased.outcome == .done && erased.user == "anna")
            site.twilio.letGo()
            let answer = try await checking
            #expect(answer.outcome == .expired && answer.reason == .reset && answer.user == "anna")
            let profile = try await desk.admin(.adminUserGet, ["user": "anna"]).profile
            #expect(profile == Reply.Profile(user: "anna", known: false, required: false, authenticator: false))
            #expect(try await desk.ask(.outcome, ["user": "anna", "job": "m-1"]).reason == .noRecord)
            let history = try await desk.store.history(HistoryQuery())
            #expect(history.filter { $0.user == "anna" }.map(\.kind) == [.adminUserGet])
            #expect(history.allSatisfy { $0.masked == nil })
            // Whoever repeats a job knows the name, and is told it.
            let repeated = try await desk.admin(.adminUserErase, ["user": "anna", "reason": "left"], id: "m-2")
            #expect(repeated.user == "anna" && repeated.at == erased.at)
        }
    }
}
