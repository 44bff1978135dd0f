import Basics
import Pipeline
import Store
import TestKit
import Testing
import Wire

@Suite("Stories: workers that die", .timeLimit(.minutes(10)))
struct CrashStories {
    @Test("5.3 a crash after the call: found out by reading, one effect", arguments: StoreKind.allCases)
    func send(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            let starts = site.twilio.count(.start)
            let job = try desk.envelope(.send, ["user": "anna", "login": "sign-in-1", "channel": "sms"], id: "m-1")
            let ghost = try await site.die(of: job, at: .start)
            #expect(try await desk.ask(job).outcome == .sent)
            await ghost.lay()
            #expect(site.twilio.count(.start) == starts + 1)
            #expect(try await desk.check(desk.code()).outcome == .approved)
        }
    }

    @Test("5.5 a crash after the check: approved, found out afterwards", arguments: StoreKind.allCases)
    func check(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            _ = try await desk.send()
            let body: [String: JSONValue] = ["user": "anna", "login": "sign-in-1", "code": .string(try desk.code())]
            let job = try desk.envelope(.check, body, id: "m-1")
            let checks = site.twilio.count(.check)
            let ghost = try await site.die(of: job, at: .check)
            #expect(try await desk.ask(job).outcome == .approved)
            await ghost.lay()
            #expect(site.twilio.count(.check) == checks + 1)
        }
    }

    @Test(
        "Design 2: another job on the number sees an abandoned send through, then goes its own way",
        arguments: StoreKind.allCases)
    func otherJob(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            let job = try desk.envelope(.send, ["user": "anna", "login": "sign-in-1", "channel": "sms"], id: "m-1")
            let ghost = try await site.die(of: job, at: .start)
            site.advance(.seconds(30))
            let other = try await desk.process(
                try desk.envelope(.send, ["user": "anna", "login": "sign-in-2", "channel": "sms"]))
            #expect(try Reply.decode(try #require(other.publication).body).sameCode == true)
            // So that events are told of both.
            #expect(other.resumed.map(\.key.messageID) == ["m-1"] && other.fresh != nil)
            #expect(try await desk.ask(job).outcome == .sent)
            await ghost.lay()
            #expect(try await desk.check(desk.code(), "anna", "sign-in-1").outcome == .approved)
        }
    }

    @Test(
        "Design 2: a check of another's job cannot be repeated: it is given back to its own redelivery",
        arguments: StoreKind.allCases)
    func foreignCheck(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            _ = try await desk.send()
            let wrong: [String: JSONValue] = ["user": "anna", "login": "sign-in-1", "code": .string(desk.wrong())]
            let job = try desk.envelope(.check, wrong, id: "m-1")
            let ghost = try await site.die(of: job, at: .check)
            #expect(try await desk.check(desk.code()).outcome == .approved)
            await ghost.lay()
            #expect(try await desk.ask(job).reason == .codeUsed)
        }
    }

    @Test(
        "2 poison: begun five times by workers that died at it, unavailable / poison and a dead letter",
        arguments: StoreKind.allCases)
    func poison(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            let job = try desk.envelope(.send, ["user": "anna", "login": "sign-in-1", "channel": "sms"], id: "m-1")
            site.twilio.fail(.start, .neverArrived)
            var ghosts: [Ghost] = []
            for _ in 1...5 { ghosts.append(try await site.die(of: job, at: .fetch)) }
            let calls = site.twilio.calls.count
            let reply = try await desk.ask(job)
            #expect(reply.outcome == .unavailable && reply.reason == .poison && reply.job == "m-1")
            #expect(site.twilio.calls.count == calls)
            let letters = try await desk.admin(.adminDeadList)
            #expect(letters.letters?.map(\.reason) == [.poison] && letters.letters?.first?.job == "m-1")
            for ghost in ghosts { await ghost.lay() }
            #expect(try await desk.ask(job).reason == .poison)
        }
    }

    @Test("2 poison: redelivered with x-delivery-count 50 and no record", arguments: StoreKind.allCases)
    func deliveryCount(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            try await desk.register()
            var job = try desk.envelope(.send, ["user": "anna", "channel": "sms"], id: "m-1")
            (job.redelivered, job.deliveryCount) = (true, 49)
            #expect(try await desk.ask(job).outcome == .sent)
            // With a record it is answered by it, however often it comes.
            job.deliveryCount = 77
            #expect(try await desk.ask(job).outcome == .sent)
            // The count is trusted on a redelivery only.
            (job.messageID, job.redelivered) = ("m-2", false)
            #expect(try await desk.ask(job).outcome == .throttled)
            (job.messageID, job.redelivered, job.deliveryCount) = ("m-3", true, 50)
            let poison = try await desk.ask(job)
            #expect(poison.outcome == .unavailable && poison.reason == .poison)
            var reset = try desk.envelope(.adminUserUnlock, ["user": "anna", "operator": "root"], id: "m-4")
            (reset.redelivered, reset.deliveryCount) = (true, 50)
            #expect(try await desk.ask(reset).reason == .poison)
            let trail = try await desk.store.audit(AuditQuery())
            #expect(trail.map(\.reason) == [.poison] && trail.map(\.administrator) == ["root"])
        }
    }
}
