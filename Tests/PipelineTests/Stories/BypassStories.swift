import Basics
import Pipeline
import SitePolicy
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: guessing at a bypass code", .timeLimit(.minutes(10)))
struct BypassStories {
    private func handOut(_ desk: Desk) async throws -> String {
        let body: [String: JSONValue] = ["user": "anna", "reason": "phone at home", "minutes": 1440]
        return try #require(try await desk.admin(.adminUserBypass, body).code)
    }

    private func other(than code: String) -> String { code == "00000001" ? "00000002" : "00000001" }

    /// Five wrong guesses, the right code after them, and that it is worth nothing.
    private func guess(
        _ desk: Desk, at code: String, then outcome: Outcome, _ check: (String) async throws -> Reply
    ) async throws {
        for left in [4, 3, 2, 1, 0] {
            let denied = try await check(other(than: code))
            #expect(denied.outcome == .denied && denied.checksLeft == left)
        }
        #expect(try await check(code).outcome == outcome)
    }

    @Test(
        "2 admin.user.bypass: five guesses while the method is switched off, and it is dead",
        arguments: StoreKind.allCases)
    func methodDisabled(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            let code = try await handOut(desk)
            _ = try await desk.admin(.adminOptionsSet, ["options": .object(["2FA_VER_TOTP": "Disabled"])])
            try await guess(desk, at: code, then: .notAllowed) { try await desk.checkApp($0) }
            #expect(try await desk.check(code).reason == .notPending)
            // A new one replaces it.
            #expect(try await desk.check(handOut(desk)).outcome == .approved)
        }
    }

    @Test(
        "2 admin.user.bypass: nor does it help that a sent code's tries are used up", arguments: StoreKind.allCases)
    func triesUsedUp(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await desk.register()
            #expect(try await desk.send().outcome == .sent)
            for _ in 0..<5 { #expect(try await desk.check(desk.wrong()).outcome == .denied) }
            try await guess(desk, at: handOut(desk), then: .throttled) { try await desk.check($0) }
        }
    }

    @Test("2 admin.user.bypass: nor that an app's challenge is", arguments: StoreKind.allCases)
    func challengeUsedUp(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let app = try await desk.registerApp()
            for _ in 0..<5 { #expect(try await desk.checkApp(app.wrongCode(at: site.now)).outcome == .denied) }
            try await guess(desk, at: handOut(desk), then: .throttled) { try await desk.checkApp($0) }
        }
    }

    @Test(
        "6 Guesses: each wrong guess costs one of its tries, though Twilio found the code right or could not be asked",
        arguments: StoreKind.allCases)
    func atTwilio(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await desk.register()
            let code = try await handOut(desk)
            for _ in 0..<4 {
                site.twilio.fail(.check, .answer(401, code: 20003))
                #expect(try await desk.send().outcome == .sent)
                #expect(try await desk.check(desk.code()).outcome == .unavailable)
            }
            #expect(try await desk.check(desk.code()).outcome == .approved)
            #expect(try await desk.check(code).outcome == .expired)
        }
    }

    @Test("6 Guesses: counted with the person's wrong codes, whatever there is to check", arguments: StoreKind.allCases)
    func counted(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.wrongCodesPerUserHour = 3 }) { site, desk in
            try await desk.register()
            let code = try await handOut(desk)
            for left in [2, 1, 0] { #expect(try await desk.check(other(than: code)).checksLeft == left) }
            let locked = try await desk.check(code)
            #expect(locked.outcome == .throttled && locked.limit == .userTries)
            _ = try await desk.admin(.adminUserUnlock, ["user": "anna"])
            // What is answered alike for every code costs it nothing.
            #expect(try await desk.check(code).outcome == .approved)
        }
    }
}
