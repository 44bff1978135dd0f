import Basics
import Logging
import SitePolicy
import Store
import TestKit
import Testing
import Wire

@testable import Pipeline

@Suite("Stories: what a reset could not end at Twilio", .timeLimit(.minutes(10)))
struct ChoreStories {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A login's code that a reset could not end at Twilio.
    private func leave(_ site: Site, _ desk: Desk) async throws {
        try await desk.register()
        for _ in 0..<5 { _ = try await desk.send() }
        site.twilio.fail(.cancel, .answer(503, code: nil))
        let reset = try await desk.admin(.adminUserReset, ["user": "anna", "reason": "r"])
        #expect(reset.outcome == .done && reset.providerPending == true)
    }

    private func turn(_ site: Site, _ desk: Desk, after pause: Duration = .seconds(60)) async throws {
        site.advance(pause)
        try await desk.pipeline.choreRunner(logger: logger).turn()
    }

    @Test("2 admin.user.reset: what was pending at Twilio is completed later", arguments: StoreKind.allCases)
    func completed(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await leave(site, desk)
            site.twilio.fail(.cancel, .unreachable)
            try await turn(site, desk)
            #expect(site.twilio.status(of: Number.anna) == "pending")
            #expect(try await desk.startPhone(Number.anna, "anna", "sign-in-8").limit == .phone)
            try await turn(site, desk)
            #expect(site.twilio.status(of: Number.anna) == "canceled")
            // It stands in nobody's way any more, and nothing is tried again.
            #expect(try await desk.startPhone(Number.anna, "anna", "sign-in-9").outcome == .sent)
            let cancels = site.twilio.count(.cancel)
            try await turn(site, desk, after: .seconds(7200))
            #expect(site.twilio.count(.cancel) == cancels)
        }
    }

    @Test("what Twilio knows no more is done; a wrong password is none of its answers", arguments: StoreKind.allCases)
    func over(_ kind: StoreKind) async throws {
        try await story(kind, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await leave(site, desk)
            site.twilio.fail(.cancel, .answer(401, code: 20003))
            try await turn(site, desk)
            try await turn(site, desk, after: .seconds(700))
            let cancels = site.twilio.count(.cancel)
            try await turn(site, desk, after: .seconds(7200))
            #expect(site.twilio.count(.cancel) == cancels && cancels == 3)
        }
    }
}
