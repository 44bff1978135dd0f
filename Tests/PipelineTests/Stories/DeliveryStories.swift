import Basics
import Pipeline
import Store
import TestKit
import Testing
import TwilioVerify
import Wire

@Suite("Stories: what became of a message", .timeLimit(.minutes(10)))
struct DeliveryStories {
    private func delivery(_ desk: Desk, _ job: String, _ user: String = "anna") async throws -> Reply {
        try await desk.admin(.adminUserDelivery, ["user": .string(user), "job": .string(job)])
    }

    @Test(
        "8 admin.user.delivery: what the carrier said, with Twilio's code and what to do, and in the trail",
        arguments: StoreKind.allCases)
    func told(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            #expect(try await desk.startPhone(Number.anna, "anna", "sign-in-1", id: "m-1").outcome == .sent)
            let accepted = try #require(try await delivery(desk, "m-1").delivery)
            #expect(accepted.status == .accepted && accepted.errorCode == nil && accepted.advice?.isEmpty == false)
            #expect(accepted.channel == .code(.sms) && accepted.to == "+1········42")
            site.twilio.carrierSays("undelivered", code: 30005, of: Number.anna)
            let reply = try await delivery(desk, "m-1")
            let told = try #require(reply.delivery)
            #expect(reply.outcome == .done && told.status == .undelivered && told.errorCode == 30005)
            #expect(told.advice == ErrorCatalog.entry(for: 30005)?.advice)
            var query = AuditQuery()
            query.kind = .job(.adminUserDelivery)
            let trail = try await desk.store.audit(query)
            #expect(trail.map(\.user) == ["anna", "anna"] && trail.first?.detail.contains("undelivered") == true)
            #expect(!String(decoding: reply.encoded(), as: UTF8.self).contains("4155550142"))
            #expect(try await desk.check(desk.code(), "anna", "sign-in-1").outcome == .approved)
            #expect(try await delivery(desk, "m-1").delivery?.status == .delivered)
        }
    }

    @Test(
        "8 admin.user.delivery: no send of the person's, Twilio away, and no room for another look",
        arguments: StoreKind.allCases)
    func untold(_ kind: StoreKind) async throws {
        try await story(kind, { $0.attemptLimits = [ReadLimit(count: 2, per: .seconds(60))] }) { site, desk in
            #expect(try await desk.startPhone(Number.anna, "anna", "sign-in-1", id: "m-1").outcome == .sent)
            for (job, user) in [("m-9", "anna"), ("m-1", "bob")] {
                let reply = try await delivery(desk, job, user)
                #expect(reply.outcome == .invalid && reply.errors == [FieldProblem("job", "unknown_job")])
            }
            site.twilio.fail(.attempts, .neverArrived)
            let away = try await delivery(desk, "m-1")
            #expect(away.outcome == .unavailable && away.reason == .providerUnreachable)
            #expect(try await delivery(desk, "m-1").outcome == .done)
            let full = try await delivery(desk, "m-1")
            #expect(full.outcome == .throttled && full.limit == .site && full.retryAt != nil)
            #expect(site.twilio.count(.attempts) == 2)
            // A refused one never left: Twilio is not asked.
            site.twilio.fail(.start, .answer(400, code: 60410))
            #expect(try await desk.startPhone(Number.bob, "bob", "sign-in-2", id: "m-2").outcome == .blocked)
            #expect(try await delivery(desk, "m-2", "bob").delivery?.status == .unknown)
        }
    }
}
