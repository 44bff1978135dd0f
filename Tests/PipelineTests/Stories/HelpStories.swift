import Basics
import Pipeline
import SitePolicy
import Store
import TestKit
import Testing
import Wire

/// What people and administrators are told when something stands in the way.
@Suite("Stories: what helps", .timeLimit(.minutes(10)))
struct HelpStories {
    @Test(
        "2 admin.user.unlock: five wrong codes stay at Twilio, options shows it, a bypass code lets the person in",
        arguments: StoreKind.allCases)
    func codeTries(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            let sent = try await desk.send()
            for _ in 0..<5 { #expect(try await desk.check(desk.wrong()).outcome == .denied) }
            let methods = try #require(try await desk.options().methods)
            #expect(methods.map(\.usable) == [false, false] && methods.map(\.limit) == [.codeTries, .codeTries])
            #expect(methods.map(\.retryAt) == [sent.expiresAt, sent.expiresAt])
            let unlocked = try await desk.admin(.adminUserUnlock, ["user": "anna"])
            #expect(unlocked.outcome == .done && unlocked.counts?["wrong_codes_per_user_hour"] == 5)
            #expect(unlocked.limits?.map(\.name) == ["checks_per_code"] && unlocked.retryAt == sent.expiresAt)
            let explained = try await desk.admin(.adminExplain, ["user": "anna", "application": "web"])
            #expect(explained.limits?.first { $0.name == "checks_per_code" }?.retryAt == sent.expiresAt)
            #expect(try await desk.options().methods?.first?.usable == false)
            let again = try await desk.send()
            #expect(again.limit == .codeTries && again.retryAt == sent.expiresAt)
            let bypass = try await desk.admin(.adminUserBypass, ["user": "anna", "reason": "r", "minutes": 5])
            #expect(try await desk.check(try #require(bypass.code)).outcome == .approved)
        }
    }

    @Test(
        "2 admin.user.unlock: used-up sends are ended at Twilio, and another code goes out",
        arguments: StoreKind.allCases)
    func usedUpSends(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await desk.register()
            for _ in 0..<5 { #expect(try await desk.send().outcome == .sent) }
            #expect(try await desk.send().limit == .phone)
            let first = try desk.code()
            let unlocked = try await desk.admin(.adminUserUnlock, ["user": "anna"])
            #expect(unlocked.counts?["codes"] == 1 && unlocked.limits == nil && unlocked.providerPending == nil)
            #expect(site.twilio.status(of: Number.anna) == "canceled")
            #expect(try await desk.check(first).outcome == .expired)
            #expect(try await desk.send().outcome == .sent)
            #expect(try await desk.check(desk.code()).outcome == .approved)
        }
    }

    @Test(
        "6 cooldown_seconds: a cancel gives no pause back; the send says when, as the first answer did",
        arguments: StoreKind.allCases)
    func goingBack(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            let sent = try await desk.send()
            #expect(
                try await desk.ask(.cancel, ["user": "anna", "login": "sign-in-1"]).outcome == .canceled)
            let again = try await desk.send()
            #expect(again.limit == .cooldown && again.retryAt == sent.retryAt)
            #expect(try await desk.options().methods?.first?.retryAt == sent.retryAt)
            let pause = try #require(sent.retryAt.flatMap { Timestamp(rfc3339: $0) })
            site.advance(pause - site.now)
            let next = try await desk.send()
            #expect(next.outcome == .sent && next.sameCode == nil)
        }
    }

    @Test(
        "3 alternatives: a landline and a disabled channel at a registration leave what really remains",
        arguments: StoreKind.allCases)
    func registration(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let options: [String: JSONValue] = ["2FA_VER_SMS": "Disabled"]
            _ = try await desk.admin(.adminOptionsSet, ["options": .object(options)])
            let disabled = try await desk.startPhone(Number.anna)
            #expect(disabled.reason == .methodDisabled && disabled.alternatives == [.code(.call), .authenticator])
            #expect(try await desk.options().registerChannels == [.call])
            _ = try await desk.admin(.adminOptionsSet, ["options": .object(["2FA_VER_VOICE": "Disabled"])])
            #expect(try await desk.startPhone(Number.anna).alternatives == [.authenticator])
            #expect(try await desk.options().registerChannels == [])
        }
    }

    @Test(
        "8 admin.audit.list: page by page without the store's file, and nothing of it is kept",
        arguments: StoreKind.allCases)
    func trail(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            for name in ["ana", "bob", "cleo"] {
                #expect(try await desk.admin(.adminUserSet, ["user": .string(name)]).outcome == .done)
            }
            let first = try await desk.admin(.adminAuditList, ["limit": 2], id: "page")
            #expect(first.entries?.map(\.user) == ["cleo", "bob"])
            #expect(first.entries?.allSatisfy { $0.key == "admin.user.set" && $0.administrator == "root" } == true)
            let next = try #require(first.next)
            let second = try await desk.admin(.adminAuditList, ["limit": 2, "after": .string(next)])
            #expect(second.entries?.map(\.user) == ["ana"] && second.next == nil)
            // Asking is in the trail too, and the same id reads anew.
            let again = try await desk.admin(.adminAuditList, ["limit": 5], id: "page")
            #expect(again.entries?.prefix(2).map(\.key) == ["admin.audit.list", "admin.audit.list"])
            #expect(try await desk.admin(.adminAuditList, ["user": "bob"]).entries?.map(\.user) == ["bob"])
            #expect(try await desk.admin(.adminAuditList, ["by": "nobody"]).entries == [])
            let key = JobKey(frontEnd: "portal", messageID: "page")
            guard case .unknown = try await desk.store.state(of: key) else {
                Issue.record("a copy of the trail is kept")
                return
            }
        }
    }
}
