import Basics
import GRDB
import SitePolicy
import Store
import StoreSQLite
import TestKit
import Testing
import Wire

@testable import Pipeline

@Suite("Stories: a record that cannot be read", .timeLimit(.minutes(10)))
struct UnreadableStories {
    private func damage(_ site: Site, _ sql: String) async throws {
        var other = Configuration()
        other.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: site.world.configuration.path, configuration: other)
        try await queue.write { try $0.execute(sql: sql) }
    }

    private func reasons(_ desk: Desk) async throws -> [DeadLetterReason] {
        try #require(try await desk.admin(.adminDeadList).letters).map(\.reason)
    }

    @Test("8 record_unreadable: the job that needs it is answered and dead-lettered, others as ever")
    func person() async throws {
        try await story(.sqlite) { site, desk in
            try await desk.register()
            try await desk.register(Number.bob, "bob")
            try await damage(site, "UPDATE user SET phone = x'0102' WHERE name = 'anna'")
            let reply = try await desk.send("anna", id: "m-1")
            #expect(reply.outcome == .unavailable && reply.reason == .recordUnreadable)
            #expect(try await desk.send("anna", id: "m-1").reason == .recordUnreadable)
            #expect(try await desk.options("anna").reason == .recordUnreadable)
            #expect(try await reasons(desk) == [.recordUnreadable, .recordUnreadable])
            #expect(try await desk.send("bob").outcome == .sent)
            let list = try await desk.admin(.adminUserList)
            #expect(list.users?.map(\.user) == ["bob"] && list.counts == ["unreadable": 1])
        }
    }

    @Test("8 record_unreadable: found after the call, the intent ends, and its number is free again")
    func afterTheCall() async throws {
        try await story(.sqlite, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await desk.register()
            site.twilio.hold(.start)
            async let sending = desk.send("anna", id: "m-1")
            await site.twilio.waitUntilHeld()
            try await damage(site, "UPDATE user SET factor_sid = x'FF', factor_identity = x'FF', generation = 'x'")
            site.twilio.letGo()
            let reply = try await sending
            #expect(reply.outcome == .unavailable && reply.reason == .recordUnreadable)
            #expect(try await reasons(desk) == [.recordUnreadable])
            try await damage(site, "UPDATE user SET factor_sid = NULL, factor_identity = NULL, generation = 0")
            #expect(try await desk.send("anna", id: "m-2").outcome == .sent)
        }
    }

    @Test("8 a job's own record that cannot be read is left as it is, and the job is not done again")
    func ownRecord() async throws {
        try await story(.sqlite, { $0.limits.cooldownSeconds = [] }) { site, desk in
            try await desk.register()
            #expect(try await desk.send("anna", id: "m-1").outcome == .sent)
            let calls = site.twilio.calls.count
            try await damage(site, "UPDATE job SET outcome = 'teleported' WHERE message_id = 'm-1'")
            let reply = try await desk.send("anna", id: "m-1")
            #expect(reply.outcome == .unavailable && reply.reason == .recordUnreadable)
            #expect(site.twilio.calls.count == calls)
            try await damage(site, "UPDATE job SET outcome = 'sent' WHERE message_id = 'm-1'")
            #expect(try await desk.send("anna", id: "m-1").outcome == .sent)
        }
    }
}
