import Basics
import Pipeline
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: repeats", .timeLimit(.minutes(10)))
struct RepeatStories {
    @Test(
        "5.2 the same id with the same body has one effect, answered to the repeat's own address",
        arguments: StoreKind.allCases)
    func repeats(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            let starts = site.twilio.count(.start)
            var job = try desk.envelope(.send, ["user": "anna", "channel": "sms"], id: "m-1")
            (job.correlationID, job.traceparent) = ([1, 2], "00-a-b-01")
            let first = try await desk.process(job)
            #expect(first.fresh != nil && first.publication?.correlationID == [1, 2])
            #expect(first.publication?.messageID == "r:m-1" && first.publication?.type == "verify.send.result.v1")
            #expect(first.publication?.traceparent == "00-a-b-01")
            (job.correlationID, job.replyTo, job.redelivered) = (nil, "verify.reply.portal.2", true)
            let again = try await desk.process(job)
            #expect(again.fresh == nil && again.publication?.body == first.publication?.body)
            #expect(again.publication?.correlationID == Array("m-1".utf8))
            #expect(again.publication?.address == .queue("verify.reply.portal.2"))
            job.replyTo = nil
            let silent = try await desk.process(job)
            #expect(silent.publication == nil && silent.outcome == .sent)
            #expect(site.twilio.count(.start) == starts + 1)
        }
    }

    @Test("2 message_id: the idempotency key per user_id", arguments: StoreKind.allCases)
    func frontEnds(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            var job = try desk.envelope(.send, ["user": "anna", "channel": "sms"], id: "m-1")
            #expect(try await desk.process(job).fresh != nil)
            job.userID = "desk"
            #expect(try await desk.process(job).fresh != nil)
            job.userID = nil
            #expect(try await desk.process(job).fresh != nil)
        }
    }

    @Test(
        "5.2 another body or key is message_id_reused, well formed or not; the first outcome stands",
        arguments: StoreKind.allCases)
    func reused(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            let first = try await desk.send("anna", "sign-in-1", id: "m-1")
            for reply in [
                try await desk.send("anna", "sign-in-2", id: "m-1"), try await desk.check("123456", id: "m-1"),
                try await desk.ask(.send, ["user": "anna", "channel": "fax"], id: "m-1"),
                try await desk.startPhone("no number", id: "m-1"),
                try await desk.admin(.adminUserUnlock, ["user": "anna"], id: "m-1"),
            ] {
                #expect(reply.outcome == .invalid && reply.reason == .messageIDReused)
                #expect(reply.errors == [FieldProblem("message_id", "reused")])
                #expect(reply.job == "m-1")
            }
            #expect(try await desk.send("anna", "sign-in-1", id: "m-1").retryAt == first.retryAt)
            // White space is another body too: they are compared byte for byte.
            let spaced = Array(#"{"channel": "sms","login":"sign-in-1","user":"anna"}"#.utf8)
            #expect(try await desk.ask(desk.envelope(.send, bytes: spaced, id: "m-1")).reason == .messageIDReused)
        }
    }

    @Test("5.2 every outcome is final for its id, also throttled, denied and invalid", arguments: StoreKind.allCases)
    func final(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            _ = try await desk.send("anna", "sign-in-1", id: "sent")
            let wrong: [String: JSONValue] = ["user": "anna", "login": "sign-in-1", "code": .string(desk.wrong())]
            let jobs = [
                try desk.envelope(.send, ["user": "anna", "channel": "sms"], id: "throttled"),
                try desk.envelope(.check, wrong, id: "denied"),
                try desk.envelope(.send, ["user": "anna"], id: "invalid"),
                try desk.envelope(.registerPhone, ["user": "bob", "phone": "911", "channel": "sms"], id: "short"),
            ]
            var bodies: [[UInt8]?] = []
            for job in jobs { bodies.append(try await desk.process(job).publication?.body) }
            site.advance(.seconds(3600))
            let calls = site.twilio.calls.count
            for (job, body) in zip(jobs, bodies) { #expect(try await desk.process(job).publication?.body == body) }
            #expect(site.twilio.calls.count == calls)
        }
    }

    @Test(
        "5.2 exception: approved is repeated until its deadline + 60 s, and is already_used after",
        arguments: StoreKind.allCases)
    func approved(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            _ = try await desk.send()
            let body: [String: JSONValue] = ["user": "anna", "login": "sign-in-1", "code": .string(try desk.code())]
            let job = try desk.envelope(.check, body, id: "m-1")
            let held = try #require(try await desk.process(job).publication)
            let first: [UInt8]? = held.body
            site.advance(.seconds(90))
            #expect(held.body(at: site.now) == first)
            #expect(try await desk.process(job).publication?.body == first)
            #expect(try await desk.ask(.outcome, ["user": "anna", "job": "m-1"]).outcome == .approved)
            site.advance(.milliseconds(1))
            for late in [try await desk.ask(job), try await desk.ask(.outcome, ["user": "anna", "job": "m-1"])] {
                #expect(late.outcome == .expired && late.reason == .alreadyUsed)
                #expect(late.job == "m-1" && late.user == "anna" && late.application == .web)
            }
            // Nor is one given that was held up before it could be published.
            #expect(try Reply.decode(held.body(at: site.now)).reason == .alreadyUsed)
        }
    }

    @Test("5.2 a job whose timestamp is older than 48 hours is late, record or not", arguments: StoreKind.allCases)
    func tooOld(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            var job = try desk.envelope(.send, ["user": "anna", "login": "sign-in-1", "channel": "sms"], id: "m-1")
            job.timestamp = UInt64(site.now.wholeSeconds)
            #expect(try await desk.ask(job).outcome == .sent)
            site.advance(.seconds(48 * 3600 - 1))
            job.receivedAt = site.now
            #expect(try await desk.ask(job).outcome == .sent)
            site.advance(.seconds(1))
            job.receivedAt = site.now
            let late = try await desk.process(job)
            #expect(late.outcome == .late && late.key == nil && late.fresh == nil)
            #expect(site.twilio.attempts(to: Number.anna) == 1)
        }
    }

    @Test("2 outcome: that job's reply, no_record for another user, front end or id", arguments: StoreKind.allCases)
    func outcome(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            let sent = try await desk.process(
                try desk.envelope(.send, ["user": "anna", "channel": "sms"], id: "m-1"))
            let asked = try await desk.process(try desk.envelope(.outcome, ["user": "anna", "job": "m-1"], id: "m-2"))
            #expect(asked.publication?.body == sent.publication?.body && asked.key == nil)
            #expect(asked.publication?.type == "verify.outcome.result.v1" && asked.publication?.messageID == "r:m-2")
            for (user, id, from) in [("bob", "m-1", "portal"), ("anna", "m-9", "portal"), ("anna", "m-1", "desk")] {
                let reply = try await desk.ask(.outcome, ["user": .string(user), "job": .string(id)]) {
                    $0.userID = from
                }
                #expect(reply.outcome == .unknownJob && reply.reason == .noRecord)
            }
            // Compared exactly: this looks the same and is another name.
            _ = try await desk.send("zo\u{EB}", id: "m-3")
            let other = try await desk.ask(.outcome, ["user": "zoe\u{308}", "job": "m-3"])
            #expect(other.reason == .noRecord)
        }
    }

    @Test("2 reply_to: absent, the outcome is recorded and can be asked for", arguments: StoreKind.allCases)
    func silent(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            var job = try desk.envelope(.send, ["user": "anna", "channel": "sms"], id: "m-1")
            job.replyTo = nil
            #expect(try await desk.process(job).publication == nil)
            let asked = try await desk.ask(.outcome, ["user": "anna", "job": "m-1"])
            #expect(asked.outcome == .sent && asked.job == "m-1" && asked.to == "+1········42")
        }
    }

    @Test("2 outcome: in_progress while it is at a worker", arguments: StoreKind.allCases)
    func inProgress(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            site.twilio.hold(.start)
            async let sending = desk.send("anna", "sign-in-1", id: "m-1")
            await site.twilio.waitUntilHeld()
            let asked = try await desk.ask(.outcome, ["user": "anna", "job": "m-1"])
            #expect(asked.outcome == .unknownJob && asked.reason == .inProgress)
            #expect(try await desk.ask(.outcome, ["user": "bob", "job": "m-1"]).reason == .noRecord)
            site.twilio.letGo()
            #expect(try await sending.outcome == .sent)
            #expect(try await desk.ask(.outcome, ["user": "anna", "job": "m-1"]).outcome == .sent)
        }
    }

    @Test("5.2 two workers at once: one effect, both answer it", arguments: StoreKind.allCases)
    func twoWorkers(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            let other = try await site.worker()
            let starts = site.twilio.count(.start)
            site.twilio.hold(.start)
            let job = try desk.envelope(.send, ["user": "anna", "channel": "sms"], id: "m-1")
            async let first = desk.process(job)
            await site.twilio.waitUntilHeld()
            async let second = other.process(job)
            site.twilio.letGo()
            let bodies = [try await first.publication?.body, try await second.publication?.body]
            #expect(bodies[0] == bodies[1] && bodies[0] != nil)
            #expect(site.twilio.count(.start) == starts + 1)
        }
    }

    @Test("5.2 options and outcome only read: neither recorded nor deduplicated", arguments: StoreKind.allCases)
    func readers(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let before = try await desk.ask(.options, ["user": "anna"], id: "m-1")
            try await desk.register()
            let after = try await desk.ask(.options, ["user": "anna"], id: "m-1")
            #expect(before.decision == "register" && after.decision == "verify")
            #expect(try await desk.ask(.outcome, ["user": "anna", "job": "m-1"], id: "m-1").reason == .noRecord)
            // Not even what is wrong with them is recorded.
            for kind in [JobKind.options, .outcome] {
                #expect(try await desk.ask(kind, ["user": 7], id: "m-1").reason == .malformed)
            }
            #expect(try await desk.send("anna", "sign-in-1", id: "m-1").outcome == .sent)
        }
    }

    @Test("5.2 a job whose timestamp is older than 48 hours is late", arguments: StoreKind.allCases)
    func old(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let published = site.now - .seconds(48 * 3600)
            let reply = try await desk.ask(.send, ["user": "anna", "channel": "sms"], id: "m-1") {
                $0.timestamp = UInt64(published.wholeSeconds)
            }
            #expect(reply.outcome == .late && reply.job == "m-1" && reply.user == "anna")
        }
    }
}
