import Basics
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: a person signs in", .timeLimit(.minutes(10)))
struct LoginStories {
    @Test("2 to 6: options, register.phone, check, and from then on verify", arguments: StoreKind.allCases)
    func register(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let before = try await desk.options()
            #expect(before.decision == "register" && before.because == ["application_all", "not_registered"])
            #expect(before.register == [.phone, .authenticator] && before.methods == [])
            let sent = try await desk.startPhone("(415) 555-0142", "anna", "sign-in-1", ["region": "US"])
            #expect(sent.outcome == .sent && sent.to == "+1········42" && sent.channel == .code(.sms))
            #expect(try await desk.options().decision == "register")
            let wrong = try await desk.check(desk.wrong())
            #expect(wrong.outcome == .denied && wrong.checksLeft == 4)
            let code = try desk.code()
            let right = try await desk.check("\(code.prefix(3)) - \(code.suffix(3))")
            #expect(right.outcome == .approved && right.registered == .phone)
            let after = try await desk.options("anna", "sign-in-2")
            #expect(after.decision == "verify" && after.methods?.map(\.method) == [.code(.sms), .code(.call)])
            #expect(after.methods?.compactMap(\.to) == ["+1········42", "+1········42"])
        }
    }

    @Test("6 Decision: by the login type of the application that asks", arguments: StoreKind.allCases)
    func applications(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let web = try await desk.ask(.options, ["user": "anna", "application": "web"])
            #expect(web.decision == "register" && web.because?.first == "application_all" && web.application == .web)
            let windows = try await desk.ask(.options, ["user": "anna", "application": "windows"])
            #expect(windows.decision == "not_required" && windows.application == .windows)
            #expect(windows.because == ["application_flagged", "unknown_user"])
        }
    }

    @Test(
        "4: approved once; the same code again is code_used, another login's check not_pending",
        arguments: StoreKind.allCases)
    func once(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            let sent = try await desk.send("anna", "sign-in-1")
            #expect(sent.outcome == .sent && sent.sameCode == nil)
            let code = try desk.code()
            #expect(try await desk.check(code, "anna", "sign-in-9").reason == .notYours)
            let approved = try await desk.check(code)
            #expect(approved.outcome == .approved && approved.registered == nil)
            #expect(try await desk.check(code).reason == .codeUsed)
            #expect(try await desk.check(code, "anna", "sign-in-9").reason == .notPending)
            #expect(site.twilio.count(.check) == 2)
        }
    }

    @Test(
        "P12 what a person is shown of an account that is not there and of one without a factor is the same",
        arguments: StoreKind.allCases)
    func nobody(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            #expect(try await desk.admin(.adminUserSet, ["user": "bert"]).outcome == .done)
            func shown(_ user: String) async throws -> [String] {
                let options = try await desk.options(user)
                let replies = [options, try await desk.send(user), try await desk.check("123456", user)]
                return replies.map {
                    "\($0.outcome) \($0.reason.map { "\($0)" } ?? "") \($0.message) \($0.decision ?? "") \($0.register ?? [])"
                }
            }
            let nobody = try await shown("nobody")
            #expect(try await shown("bert") == nobody && nobody.count == 3)
        }
    }

    @Test("6 A registered phone is changed by a reset only", arguments: StoreKind.allCases)
    func secondNumber(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            #expect(try await desk.startPhone(Number.anna).reason == .alreadyRegistered)
            let other = try await desk.startPhone(Number.bob)
            #expect(other.outcome == .notAllowed && other.reason == .contactAdministrator)
            let reset = try await desk.admin(.adminUserReset, ["user": "anna", "reason": "new phone"])
            #expect(reset.outcome == .done)
            #expect(try await desk.startPhone(Number.bob).outcome == .sent)
            #expect(try await desk.check(desk.code(Number.bob)).registered == .phone)
        }
    }

    @Test(
        "6 verify_first: another method only after an approved check of this very login", arguments: StoreKind.allCases)
    func verifyFirst(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            // An authenticator that was registered before.
            var user = UserRecord(name: "anna")
            user.authenticator = Authenticator(factorSID: "YF1", identity: "i", registeredAt: site.now)
            user.isKnown = true
            let answer = Answer(outcome: .done, reason: nil, body: [], changes: [.user(user)])
            _ = try await desk.store.refuse(nil, answer: answer)
            #expect(try await desk.startPhone(Number.anna).reason == .verifyFirst)
            let bypass = try await desk.admin(.adminUserBypass, ["user": "anna", "reason": "r", "minutes": 5])
            #expect(try await desk.check(#require(bypass.code), "anna", "sign-in-1").outcome == .approved)
            #expect(try await desk.startPhone(Number.anna, "anna", "sign-in-2").reason == .verifyFirst)
            let windows: [String: JSONValue] = ["application": "windows"]
            #expect(try await desk.startPhone(Number.anna, "anna", "sign-in-1", windows).reason == .verifyFirst)
            site.advance(.seconds(600))
            #expect(try await desk.startPhone(Number.anna, "anna", "sign-in-1").outcome == .sent)
            site.advance(.milliseconds(1))
            #expect(try await desk.startPhone(Number.anna, "anna", "sign-in-1").reason == .verifyFirst)
            // The code that is on its way was confirmed when it was asked for.
            #expect(try await desk.check(desk.code()).registered == .phone)
        }
    }

    @Test("4 expired: replaced by a newer code, run out, tries used up", arguments: StoreKind.allCases)
    func ends(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            #expect(try await desk.send("anna", "sign-in-1").outcome == .sent)
            site.advance(.seconds(600))
            #expect(try await desk.check(desk.code()).reason == .codeExpired)
            #expect(try await desk.send("anna", "sign-in-2").outcome == .sent)
            #expect(try await desk.check(desk.code(), "anna", "sign-in-1").reason == .replaced)
            for left in (0...4).reversed() {
                let denied = try await desk.check(desk.wrong(), "anna", "sign-in-2")
                #expect(denied.outcome == .denied && denied.checksLeft == left)
            }
            let locked = try await desk.check(desk.code(), "anna", "sign-in-2")
            #expect(locked.outcome == .throttled && locked.limit == .codeTries)
            site.advance(.seconds(600))
            #expect(try await desk.check(desk.code(), "anna", "sign-in-2").reason == .triesUsedUp)
            #expect(site.twilio.count(.check) == 6)
        }
    }

    @Test(
        "6 Options hold from the next job on; a code already sent can still be checked", arguments: StoreKind.allCases)
    func options(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            #expect(try await desk.send().outcome == .sent)
            let off: JSONValue = .object(["2FA_VER_SMS": "Disabled", "2FA_VER_VOICE": "Disabled"])
            let set = try await desk.admin(.adminOptionsSet, ["options": off])
            #expect(set.effect?.usersWithoutMethod == 1)
            #expect(try await desk.options().decision == "contact_administrator")
            #expect(try await desk.send("anna", "sign-in-2").reason == .methodDisabled)
            #expect(try await desk.startPhone(Number.bob, "bob").reason == .methodDisabled)
            let code = try desk.code()
            let none = try await desk.admin(.adminOptionsSet, ["options": .object(["2FA_PROVIDER": "None"])])
            #expect(none.outcome == .done)
            #expect(try await desk.check(code).reason == .providerNone)
            #expect(try await desk.options().because == ["provider_none"])
            _ = try await desk.admin(.adminOptionsSet, ["options": .object(["2FA_PROVIDER": .null])])
            #expect(try await desk.check(code).outcome == .approved)
        }
    }

    @Test("4 late: less than 2 s before the deadline nothing is begun", arguments: StoreKind.allCases)
    func late(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            let calls = site.twilio.calls.count
            let near = (site.now + .milliseconds(1999)).description
            for (job, body) in [
                (JobKind.options, [:]), (.send, ["channel": "sms"]), (.check, ["code": "123456"]), (.cancel, [:]),
                (.outcome, ["job": "m-1"]), (.adminUserUnlock, ["operator": "root"]),
                (.registerPhone, ["phone": "+14155550199", "channel": "call"]),
            ] as [(JobKind, [String: JSONValue])] {
                let reply = try await desk.ask(job, body.merging(["user": "anna"]) { $1 }) { $0.deadline = near }
                #expect(reply.outcome == .late, "\(job)")
            }
            #expect(site.twilio.calls.count == calls)
        }
    }
}
