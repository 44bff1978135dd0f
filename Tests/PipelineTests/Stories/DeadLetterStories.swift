import Basics
import Logging
import Store
import TestKit
import Testing
import Wire

@testable import Pipeline

@Suite("Stories: dead letters", .timeLimit(.minutes(10)))
struct DeadLetterStories {
    private func letters(_ desk: Desk) async throws -> [Reply.Letter] {
        try #require(try await desk.admin(.adminDeadShow).letters)
    }

    private func replayDue(_ desk: Desk) async throws {
        let replayer = desk.pipeline.replayer(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        for row in try await desk.store.takeDueLetters(limit: 9) { try await replayer.replay(row) }
    }

    @Test(
        "2 Malformed: answered invalid and dead-lettered at the first delivery; 5.6 without its code",
        arguments: StoreKind.allCases)
    func malformed(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let body: [String: JSONValue] = ["user": 7, "login": "sign-in-1", "code": "246810", "pin": "135799"]
            let job = try desk.envelope(.check, body, id: "m-1")
            let reply = try await desk.ask(job)
            #expect(reply.outcome == .invalid && reply.reason == .malformed)
            #expect(reply.errors == [FieldProblem("user", "wrong_type")])
            _ = try await desk.ask(job)
            let letters = try await letters(desk)
            #expect(
                letters.map(\.reason) == [.malformed] && letters.first?.job == "m-1" && letters.first?.key == "check")
            let kept = try #require(letters.first?.body)
            #expect(!kept.contains("246810") && !kept.contains("135799") && kept.contains("sign-in-1"))
        }
    }

    @Test(
        "2 unexpected, unauthenticated, reply_to_refused: dead-lettered and not answered", arguments: StoreKind.allCases
    )
    func buried(_ kind: StoreKind) async throws {
        let portal = FrontEnd(name: "portal", scope: .any, isAdmin: true)
        try await story(kind, { $0.frontEnds = ["portal": portal] }) { site, desk in
            let job = try desk.envelope(.send, ["user": "anna", "channel": "sms"], id: "m-1")
            let spoilers: [(DeadLetterReason, (inout Envelope) -> Void)] = [
                (.unexpected, { $0.exchange = "" }), (.unexpected, { $0.lane = .check }),
                (.unexpected, { $0.routingKey = "sends" }), (.unauthenticated, { $0.userID = nil }),
                (.unauthenticated, { $0.userID = "other" }), (.replyToRefused, { $0.replyTo = "verify.send" }),
            ]
            for (_, spoil) in spoilers {
                var message = job
                spoil(&message)
                let disposition = try await desk.process(message)
                #expect(disposition.publication == nil && disposition.key == nil)
            }
            #expect(try await letters(desk).map(\.reason) == spoilers.map(\.0))
            #expect(site.twilio.calls.isEmpty)
            #expect(try await desk.ask(.outcome, ["user": "anna", "job": "m-1"]).reason == .noRecord)
        }
    }

    @Test("2 Malformed: what a person typed is answered and counted, but not kept", arguments: StoreKind.allCases)
    func mistyped(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            let body: [String: JSONValue] = [
                "user": "anna", "login": "sign-in-1", "channel": "sms", "phone": "nonsense",
            ]
            let job = try desk.envelope(.registerPhone, body, id: "m-1")
            let first = try await desk.process(job)
            #expect(first.outcome == .invalid && first.mistypedFields == ["phone"] && first.deadLetter == nil)
            // A repeat is answered alike, and counted once.
            let repeated = try await desk.process(job)
            #expect(repeated.outcome == .invalid && repeated.mistypedFields == [])
            let code = try await desk.process(
                try desk.envelope(.check, ["user": "anna", "login": "sign-in-1", "code": "12"], id: "m-2"))
            #expect(code.outcome == .invalid && code.mistypedFields == ["code"])
            #expect(
                try await desk.admin(.adminUserSet, ["user": "anna", "phone": "911"], id: "m-3").outcome == .invalid)
            #expect(try await letters(desk) == [])
            #expect(site.twilio.calls.isEmpty)
        }
    }

    @Test("2 Malformed: also options that there are not", arguments: StoreKind.allCases)
    func malformedByRules(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            // Right at another time: nothing is wrong with the message.
            #expect(try await desk.check("123456", id: "m-3").errors?.first?.field == "method")
            let options: [String: JSONValue] = ["options": .object(["2FA_PROVIDER": "Carrier pigeon"])]
            #expect(try await desk.admin(.adminOptionsSet, options, id: "m-4").outcome == .invalid)
            let letters = try await letters(desk)
            #expect(letters.map(\.job) == ["m-4"] && letters.allSatisfy { $0.reason == .malformed })
        }
    }

    @Test("2 app_id is recorded, with the other properties of what was no job", arguments: StoreKind.allCases)
    func properties(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            var job = try desk.envelope(.send, ["user": "anna"], id: "m-1")
            (job.appID, job.type) = ("portal-2.1", "verify.send.v1")
            _ = try await desk.ask(job)
            _ = try await desk.admin(.adminDeadReplay, ["late": true])
            let row = try #require(try await desk.store.takeDueLetters(limit: 1).first)
            for property in [#""app_id":"portal-2.1""#, #""type":"verify.send.v1""#, #""exchange":"verify""#] {
                #expect(row.letter.properties.contains(property))
            }
        }
    }

    @Test("2 too_large, version_unsupported: their own reasons", arguments: StoreKind.allCases)
    func reasons(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            var job = try desk.envelope(.send, ["user": "anna", "channel": "sms"], id: "m-1")
            job.type = "verify.send.v2"
            #expect(try await desk.ask(job).reason == .versionUnsupported)
            (job.type, job.messageID, job.body) = (nil, "m-2", .tooLarge(99_999))
            let large = try await desk.ask(job)
            #expect(large.reason == .tooLarge && large.errors?.first?.reason == "too_large")
            #expect(try await letters(desk).map(\.reason) == [.versionUnsupported, .tooLarge])
        }
    }

    @Test(
        "2 Replay: key, body and front end from the store, under a fresh id that names the old one",
        arguments: StoreKind.allCases)
    func replay(_ kind: StoreKind) async throws {
        let site = try await Site(kind)
        let desks = FrontEnd(name: "desk", scope: .any, isAdmin: true)
        let closed = try await site.worker { $0.frontEnds = ["desk": desks] }
        let body: [String: JSONValue] = [
            "user": "emp00123", "login": "sign-in-1", "phone": .string(Number.anna), "channel": "sms",
        ]
        _ = try await closed.process(try closed.envelope(.registerPhone, body, id: "m-1"))
        #expect(site.twilio.calls.isEmpty)
        // Then the operator lets the portal in.
        let desk = try await site.worker()
        let counts = try await desk.admin(.adminDeadReplay, ["late": true]).counts
        #expect(counts == ["replaying": 1, "late": 0, "selected": 1])
        try await replayDue(desk)
        let outcome = try await desk.ask(.outcome, ["user": "emp00123", "job": "replay.1.1:m-1"])
        #expect(outcome.outcome == .sent && outcome.job == "replay.1.1:m-1")
        #expect(try await desk.check(desk.code(), "emp00123").registered == .phone)
        let letter = try #require(try await letters(desk).first)
        #expect(letter.state == .replayed && letter.replays == 1)
        #expect(!(letter.body ?? "").contains("4155550142"))
        await site.end()
    }

    @Test(
        "2 broker: what the broker dead-letters keeps its deadline, for a replay in time", arguments: StoreKind.allCases
    )
    func broker(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            for (id, seconds) in [("m-1", 3), ("m-2", 60)] {
                var message = try desk.envelope(.send, ["user": "anna", "channel": "sms"], id: id)
                (message.exchange, message.lane) = ("verify.dead", .admin)
                message.deadline = (site.now + .seconds(seconds)).description
                try await desk.pipeline.takeDeadLetter(message)
            }
            let taken = try await letters(desk)
            #expect(taken.map(\.reason) == [.broker, .broker] && taken.map(\.job) == ["m-1", "m-2"])
            site.advance(.seconds(5))
            #expect(try await desk.admin(.adminDeadReplay).counts == ["replaying": 1, "late": 1, "selected": 2])
        }
    }

    @Test(
        "2 Replay: late is who will be late when the turn comes, or is when it has come", arguments: StoreKind.allCases)
    func lateTurns(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            for number in 1...4 {
                var message = try desk.envelope(.send, ["user": "anna", "channel": "sms"], id: "m-\(number)")
                (message.exchange, message.lane) = ("verify.dead", .admin)
                message.deadline = (site.now + .seconds(4)).description
                try await desk.pipeline.takeDeadLetter(message)
            }
            // One a second: the fourth would have its turn one second before its end.
            let counts = try await desk.admin(.adminDeadReplay, ["rate": 1]).counts
            #expect(counts == ["replaying": 3, "late": 1, "selected": 4])
            try await replayDue(desk)
            site.advance(.seconds(3))
            try await replayDue(desk)
            #expect(try await letters(desk).map(\.state) == [.replayed, .waiting, .waiting, .waiting])
            let late = try await desk.admin(.adminDeadReplay, ["rate": 100, "late": true]).counts
            #expect(late?["replaying"] == 3)
            site.advance(.seconds(1))
            try await replayDue(desk)
            #expect(try await letters(desk).allSatisfy { $0.state == .replayed })
        }
    }

    @Test(
        "C16: one that is delivered again is kept once, where a worker ended before it could acknowledge it",
        arguments: StoreKind.allCases)
    func keptOnce(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            var dead = try desk.envelope(.send, ["user": "anna", "channel": "sms"], id: "m-1")
            (dead.exchange, dead.lane) = ("verify.dead", .admin)
            var unknown = try desk.envelope(.send, ["user": "anna"], id: "m-2")
            (unknown.routingKey, unknown.messageID) = ("sends", nil)
            for count in 0...2 {
                for index in [0, 1] {
                    var message = index == 0 ? dead : unknown
                    (message.redelivered, message.deliveryCount) = (count > 0, Int64(count))
                    if index == 0 {
                        try await desk.pipeline.takeDeadLetter(message)
                    } else {
                        _ = try await desk.process(message)
                    }
                }
            }
            #expect(try await letters(desk).map(\.reason) == [.broker, .unexpected])
            // Two messages alike, each delivered once, are two.
            try await desk.pipeline.takeDeadLetter(dead)
            #expect(try await letters(desk).count == 3)
        }
    }

    @Test("2 admin.dead.*: late ones wait, discarded ones come back", arguments: StoreKind.allCases)
    func operations(_ kind: StoreKind) async throws {
        try await story(kind) { site, desk in
            for id in ["m-1", "m-2"] { _ = try await desk.ask(.send, ["user": "anna"], id: id) }
            site.advance(.seconds(60))
            #expect(try await desk.admin(.adminDeadReplay).counts == ["replaying": 0, "late": 2, "selected": 2])
            let filter: JSONValue = .object(["reason": "malformed", "key": "send", "front_end": "portal"])
            let discarded = try await desk.admin(.adminDeadDiscard, ["filter": filter, "limit": 1])
            #expect(discarded.counts?["discarded"] == 1)
            #expect(try await desk.admin(.adminDeadList).counts?["waiting"] == 1)
            let restored = try await desk.admin(.adminDeadRestore, ["ids": .array([1])])
            #expect(restored.counts?["restored"] == 1)
            #expect(try await desk.admin(.adminDeadList).counts?["waiting"] == 2)
        }
    }
}
