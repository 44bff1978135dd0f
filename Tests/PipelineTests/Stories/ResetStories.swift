import Basics
import Pipeline
import SitePolicy
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: reset and erased while something is under way", .timeLimit(.minutes(10)))
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

    @Test(
        "6 What lets a person in: what was handed out or begun before a reset is worth nothing after it",
        arguments: StoreKind.allCases)
    func handedOut(_ kind: StoreKind) async throws {
        try await story(kind, { ($0.ticketsRequired, $0.limits.cooldownSeconds) = (true, []) }) { site, desk in
            let bypass: [String: JSONValue] = [
                "user": "anna", "reason": "talked into it", "minutes": 60, "create": true,
            ]
            let code = try #require(try await desk.admin(.adminUserBypass, bypass).code)
            let set = try await desk.admin(.adminUserSet, ["user": "anna", "ticket": true])
            let ticket: [String: JSONValue] = ["ticket": .string(try #require(set.ticket))]
            let app = try desk.scan(try await desk.startApp("anna", "sign-in-2", ticket))
            #expect(try await desk.startPhone(Number.eve, "anna", "sign-in-1", ticket).outcome == .sent)
            let sent = try desk.code(Number.eve)
            let reset = try await desk.admin(.adminUserReset, ["user": "anna", "reason": "r", "ticket": true])
            #expect(reset.outcome == .done)
            #expect(try await desk.check(code, "anna", "sign-in-3").outcome == .invalid)
            #expect(try await desk.check(sent, "anna", "sign-in-1").reason == .reset)
            #expect(try await desk.checkApp(app.code(at: site.now), "anna", "sign-in-2").reason == .reset)
            #expect(try await desk.startPhone(Number.eve, "anna", "sign-in-1", ticket).reason == .ticketRequired)
            #expect(try await desk.startApp("anna", "sign-in-2", ticket).reason == .ticketRequired)
            let new: [String: JSONValue] = ["ticket": .string(try #require(reset.ticket))]
            #expect(try await desk.startPhone(Number.anna, "anna", "sign-in-4", new).outcome == .sent)
            #expect(try await desk.check(desk.code(), "anna", "sign-in-4").registered == .phone)
        }
    }

    @Test(
        "6 What lets a person in: nothing that the new name was given before is the renamed person's",
        arguments: StoreKind.allCases)
    func renamed(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            #expect(try await desk.startPhone(Number.eve, "anna.new", "sign-in-1").outcome == .sent)
            let waiting = try await desk.startApp("anna.new", "sign-in-2")
            site.twilio.hold(.check)
            let sent = try desk.code(Number.eve)
            async let checking = desk.check(sent, "anna.new", "sign-in-1")
            await site.twilio.waitUntilHeld()
            try await desk.register()
            #expect(try await desk.admin(.adminUserRename, ["user": "anna", "to": "anna.new"]).outcome == .done)
            site.twilio.letGo()
            #expect(try await checking.reason == .reset)
            let app = try desk.scan(waiting)
            #expect(try await desk.checkApp(app.code(at: site.now), "anna.new", "sign-in-2").reason == .notRegistered)
            #expect(try await desk.admin(.adminUserGet, ["user": "anna.new"]).profile?.phone == "+1········42")
            site.advance(.seconds(16))
            try await desk.doChores()
            #expect(site.twilio.factors.all.isEmpty)
        }
    }

    @Test(
        "6 Registration: a ticket completes one registration, whichever is completed first",
        arguments: StoreKind.allCases)
    func oneTicket(_ kind: StoreKind) async throws {
        for isPhoneFirst in [true, false] {
            try await story(kind, { $0.ticketsRequired = true }) { site, desk in
                let set = try await desk.admin(.adminUserSet, ["user": "anna", "ticket": true])
                let ticket: [String: JSONValue] = ["ticket": .string(try #require(set.ticket))]
                let app = try desk.scan(try await desk.startApp("anna", "sign-in-1", ticket))
                #expect(try await desk.startPhone(Number.anna, "anna", "sign-in-1", ticket).outcome == .sent)
                func checkPhone() async throws -> Reply {
                    try await desk.check(desk.code(), "anna", "sign-in-1", ["method": "phone"])
                }
                func checkApp() async throws -> Reply { try await desk.checkApp(app.code(at: site.now)) }
                let first = try await isPhoneFirst ? checkPhone() : checkApp()
                #expect(first.outcome == .approved && first.registered != nil)
                let calls = site.twilio.calls.count
                // Approved in the same sign-in, so all that is missing is the ticket.
                let second = try await isPhoneFirst ? checkApp() : checkPhone()
                #expect(second.outcome == .notAllowed && second.reason == .ticketRequired)
                #expect(site.twilio.calls.count == calls)
                let profile = try await desk.admin(.adminUserGet, ["user": "anna"]).profile
                #expect((profile?.phone != nil) == isPhoneFirst && profile?.authenticator == !isPhoneFirst)
            }
        }
    }

    @Test(
        "6 Registration: nor does it when both codes are at Twilio at once", arguments: StoreKind.allCases)
    func oneTicketAtOnce(_ kind: StoreKind) async throws {
        try await story(kind, { $0.ticketsRequired = true }) { site, desk in
            let set = try await desk.admin(.adminUserSet, ["user": "anna", "ticket": true])
            let ticket: [String: JSONValue] = ["ticket": .string(try #require(set.ticket))]
            let app = try desk.scan(try await desk.startApp("anna", "sign-in-1", ticket))
            #expect(try await desk.startPhone(Number.anna, "anna", "sign-in-2", ticket).outcome == .sent)
            site.twilio.hold(.check)
            let code = try desk.code()
            async let checking = desk.check(code, "anna", "sign-in-2", ["method": "phone"])
            await site.twilio.waitUntilHeld()
            // A replaced ticket counts as gone as well.
            _ = try await desk.admin(.adminUserSet, ["user": "anna", "ticket": true])
            site.twilio.letGo()
            let second = try await checking
            #expect(second.outcome == .notAllowed && second.reason == .ticketRequired)
            #expect(try await desk.checkApp(app.code(at: site.now)).reason == .ticketRequired)
            #expect(try await desk.options().decision == "register")
        }
    }
}
