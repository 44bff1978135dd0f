import Basics
import Pipeline
import SitePolicy
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: administrators", .timeLimit(.minutes(10)))
struct AdminStories {
    @Test("2 admin.user.bypass: one use, checked by check like any other code", arguments: StoreKind.allCases)
    func bypass(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            let body: [String: JSONValue] = ["user": "anna", "reason": "phone at home", "minutes": 30]
            let given = try await desk.admin(.adminUserBypass, body, id: "m-1")
            let code = try #require(given.code)
            #expect(try await desk.admin(.adminUserBypass, body, id: "m-1").code == code)
            #expect(given.expiresAt == (site.now + .seconds(1800)).description)
            let calls = site.twilio.calls.count
            #expect(try await desk.check(code, "bob").outcome == .invalid)
            #expect(try await desk.check(code == "00000001" ? "00000002" : "00000001").outcome == .denied)
            #expect(try await desk.check(code).outcome == .approved)
            #expect(try await desk.check(code).reason == .notPending)
            #expect(site.twilio.calls.count == calls)
            let second = try #require(try await desk.admin(.adminUserBypass, body).code)
            site.advance(.seconds(1800))
            #expect(try await desk.check(second).reason == .notPending)
        }
    }

    @Test("6 site.tickets: register.* asks for one that was handed out, once", arguments: StoreKind.allCases)
    func tickets(_ kind: StoreKind) async throws {
        try await story(kind, { ($0.ticketsRequired, $0.limits.cooldownSeconds) = (true, []) }) { site, desk in
            #expect(try await desk.startPhone(Number.anna).reason == .ticketRequired)
            let set = try await desk.admin(.adminUserSet, ["user": "anna", "ticket": true], id: "m-1")
            let ticket = try #require(set.ticket)
            #expect(try await desk.admin(.adminUserSet, ["user": "anna", "ticket": true], id: "m-1").ticket == ticket)
            let shown: [String: JSONValue] = ["ticket": .string(ticket)]
            #expect(try await desk.startPhone(Number.bob, "bob", "x-sign-in", shown).reason == .ticketRequired)
            #expect(try await desk.startPhone(Number.anna, "anna", "sign-in-1", shown).outcome == .sent)
            // Not used up by a send, nor by a wrong code.
            #expect(try await desk.check(desk.wrong()).outcome == .denied)
            #expect(try await desk.startPhone(Number.anna, "anna", "sign-in-1", shown).outcome == .sent)
            #expect(try await desk.check(desk.code()).registered == .phone)
            let reset = try await desk.admin(.adminUserReset, ["user": "anna", "reason": "r", "ticket": true])
            #expect(try await desk.startPhone(Number.anna, "anna", "sign-in-2", shown).reason == .ticketRequired)
            let next: [String: JSONValue] = ["ticket": .string(try #require(reset.ticket))]
            site.advance(.seconds(72 * 3600))
            #expect(try await desk.startPhone(Number.anna, "anna", "sign-in-2", next).reason == .ticketRequired)
        }
    }

    @Test("2 admin.user.set, .list, .rename: profiles that go along", arguments: StoreKind.allCases)
    func profiles(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let set = try await desk.admin(
                .adminUserSet, ["user": "anna", "required": true, "phone": .string(Number.anna)])
            #expect(set.profile?.known == true && set.profile?.phone == "+1········42")
            let nonsense = try await desk.admin(.adminUserSet, ["user": "anna", "phone": "nonsense"])
            #expect(nonsense.errors?.first?.field == "phone")
            #expect(try await desk.send().outcome == .sent)
            _ = try await desk.admin(.adminUserSet, ["user": "bob"])
            let page = try await desk.admin(.adminUserList, ["limit": 1])
            #expect(page.users?.map(\.user) == ["anna"] && page.next == "anna")
            let rest = try await desk.admin(.adminUserList, ["limit": 1, "after": "anna"])
            #expect(rest.users?.map(\.user) == ["bob"] && rest.next == nil)
            let taken = try await desk.admin(.adminUserRename, ["user": "anna", "to": "bob"])
            #expect(taken.errors?.first?.reason == "exists")
            #expect(try await desk.admin(.adminUserRename, ["user": "anna", "to": "anne"]).outcome == .done)
            #expect(try await desk.admin(.adminUserGet, ["user": "anne"]).profile?.phone == "+1········42")
            #expect(try await desk.admin(.adminUserGet, ["user": "anna"]).profile?.known == false)
            #expect(try await desk.check(desk.code(), "anne").outcome == .approved)
            let explained = try await desk.admin(.adminExplain, ["user": "anne", "application": "web"])
            #expect(explained.decision == "verify" && explained.limits?.isEmpty == false)
        }
    }

    @Test("2 admin.user.unlock: limits and tries of the person, at once", arguments: StoreKind.allCases)
    func unlock(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            #expect(try await desk.send().outcome == .sent)
            #expect(try await desk.send().limit == .cooldown)
            #expect(try await desk.admin(.adminUserUnlock, ["user": "anna"]).outcome == .done)
            #expect(try await desk.send().outcome == .sent)
        }
    }
}
