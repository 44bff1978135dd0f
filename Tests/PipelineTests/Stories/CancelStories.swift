import Basics
import Pipeline
import SitePolicy
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: cancel", .timeLimit(.minutes(10)))
struct CancelStories {
    private func cancel(
        _ desk: Desk, _ login: String = "sign-in-1", job: String? = nil
    ) async throws -> Reply {
        var body: [String: JSONValue] = ["user": "anna", "login": .string(login)]
        body["job"] = job.map { .string($0) }
        return try await desk.ask(.cancel, body)
    }

    @Test(
        "2 cancel: what is pending ends, here and at Twilio; canceled also when nothing was",
        arguments: StoreKind.allCases)
    func pending(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            #expect(try await cancel(desk).outcome == .canceled)
            #expect(try await desk.send().outcome == .sent)
            #expect(try await cancel(desk).outcome == .canceled)
            #expect(site.twilio.status(of: Number.anna) == "canceled")
            #expect(try await desk.check(desk.code()).reason == .notPending)
            #expect(try await cancel(desk).outcome == .canceled)
            #expect(site.twilio.count(.cancel) == 1)
        }
    }

    @Test(
        "2 cancel: a send of this login that still waits is answered canceled and not sent",
        arguments: StoreKind.allCases)
    func waiting(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            let starts = site.twilio.count(.start)
            #expect(try await cancel(desk, job: "m-1").outcome == .canceled)
            #expect(try await cancel(desk, "sign-in-2", job: "m-2").outcome == .canceled)
            #expect(try await desk.send("anna", "sign-in-1", id: "m-1").outcome == .canceled)
            #expect(site.twilio.count(.start) == starts)
            // Another login's send is none of its business.
            #expect(try await desk.send("anna", "sign-in-1", id: "m-2").outcome == .sent)
        }
    }

    @Test(
        "2 cancel: a send that is under way is answered canceled, and its code is nobody's",
        arguments: StoreKind.allCases)
    func underWay(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await desk.register()
            site.twilio.hold(.start)
            async let sending = desk.send("anna", "sign-in-1", id: "m-1")
            await site.twilio.waitUntilHeld()
            #expect(try await cancel(desk, job: "m-1").outcome == .canceled)
            site.twilio.letGo()
            #expect(try await sending.outcome == .canceled)
            #expect(try await desk.check(desk.code()).reason == .notPending)
            #expect(try await desk.send("anna", "sign-in-1", id: "m-2").outcome == .sent)
            #expect(try await desk.check(desk.code()).outcome == .approved)
        }
    }

    @Test("6 Whose code: another login that waits for the same code keeps it", arguments: StoreKind.allCases)
    func others(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await desk.register()
            #expect(try await desk.send("anna", "sign-in-1").outcome == .sent)
            #expect(try await desk.send("anna", "sign-in-2").outcome == .sent)
            #expect(try await cancel(desk).outcome == .canceled)
            #expect(site.twilio.count(.cancel) == 0)
            #expect(try await desk.check(desk.code(), "anna", "sign-in-1").reason == .notPending)
            #expect(try await desk.check(desk.code(), "anna", "sign-in-2").outcome == .approved)
        }
    }

    @Test("4 canceled: also when Twilio cannot be told", arguments: StoreKind.allCases)
    func unreachable(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            #expect(try await desk.send().outcome == .sent)
            site.twilio.fail(.cancel, .answer(503, code: nil))
            #expect(try await cancel(desk).outcome == .canceled)
            #expect(try await desk.check(desk.code()).reason == .notPending)
        }
    }
}
