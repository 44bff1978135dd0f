import Basics
import Pipeline
import SitePolicy
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: an outage of one of Twilio's operations", .timeLimit(.minutes(10)))
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

    @Test("8 the job's record carries the code that Twilio refused with", arguments: StoreKind.allCases)
    func providerCode(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await desk.register()
            site.twilio.fail(.start, .answer(401, code: 20003))
            let refused = try await desk.send(id: "refused")
            #expect(refused.reason == .providerRefused)
            #expect(refused.message.contains("cannot be reached") == false)
            site.twilio.fail(.start, .answer(403, code: nil))
            _ = try await desk.send(id: "without-code")
            #expect(try await desk.send(id: "sent").outcome == .sent)
            site.twilio.fail(.check, .answer(404, code: 20404))
            #expect(try await desk.check("123456", id: "gone").reason == .codeExpired)
            var codes: [String: Int?] = [:]
            for entry in try await desk.store.history(HistoryQuery()) { codes[entry.messageID] = entry.providerCode }
            #expect(codes["refused"] == 20003 && codes["without-code"] == 403 && codes["gone"] == 20404)
            #expect(codes["sent"] == .some(nil))
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
