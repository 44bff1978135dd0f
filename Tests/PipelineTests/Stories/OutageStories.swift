import Basics
import Pipeline
import SitePolicy
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: an outage of one of Twilio's operations", .timeLimit(.minutes(2)))
struct OutageStories {
    /// Sends that Twilio answers badly, until it is left alone.
    private func fail(_ site: Site, _ desk: Desk) async throws {
        for _ in 0..<20 {
            site.twilio.fail(.start, .answer(401, code: 20003))
            site.advance(.seconds(1))
            let reason = try await desk.send().reason
            site.twilio.forgetFaults()
            if reason == .providerUnreachable { return }
            #expect(reason == .providerRefused)
        }
        Issue.record("it never opened")
    }

    @Test(
        "4 unavailable: answered at once, nothing counted; checks, options and calls go on",
        arguments: StoreKind.allCases)
    func sends(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await desk.register()
            #expect(try await desk.send().sendsLeft == 4)
            try await fail(site, desk)
            let starts = site.twilio.count(.start)
            let cut = try await desk.send()
            #expect(cut.outcome == .unavailable && cut.reason == .providerUnreachable)
            #expect(site.twilio.count(.start) == starts)
            #expect(try await desk.options().methods?.map(\.usable) == [true, true])
            #expect(try await desk.send("anna", "sign-in-1", ["channel": "call"]).outcome == .sent)
            #expect(try await desk.check(desk.code()).outcome == .approved)
        }
    }

    @Test(
        "after a pause one job tries, and the others follow; what failed was given back", arguments: StoreKind.allCases)
    func recovery(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await desk.register()
            try await fail(site, desk)
            #expect(try await desk.send().reason == .providerUnreachable)
            site.advance(.seconds(7))
            site.twilio.fail(.start, .answer(401, code: 20003))
            #expect(try await desk.send().reason == .providerRefused)
            #expect(try await desk.send().reason == .providerUnreachable)
            site.advance(.seconds(13))
            #expect(try await desk.send().sendsLeft == 4)
            #expect(try await desk.send().sendsLeft == 3)
        }
    }
}
