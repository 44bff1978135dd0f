import Foundation
import TestKit
import Testing
import Wire

/// What was counted, as an operator reads it beside a worker and after it.
@Suite("Contract 8: traffic, conversion, twilio calls", .timeLimit(.minutes(10)))
struct RollupCommandTests {
    private let number = "+14155550142"

    private struct Line {
        var labels: [String: String]
        var figures: [String: Any]

        func figure(_ name: String) -> Int? { figures[name] as? Int }
    }

    private func lines(_ stage: Stage, _ command: String) async throws -> [Line] {
        let run = try await stage.run("\(command) --json")
        #expect(run.status == 0, "\(command): \(run.errors)")
        return try run.lines.map { line in
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            return Line(
                labels: object["labels"] as? [String: String] ?? [:],
                figures: object["figures"] as? [String: Any] ?? [:])
        }
    }

    @Test("8 traffic, conversion, twilio calls: what a real sign-in counts, for people and as JSON")
    func told() async throws {
        let stage = try await Stage()
        let none = try await stage.run("traffic")
        #expect(none.status == 1 && none.errors.contains("nothing was counted"))
        let worker = try stage.worker()
        let login = ["user": "anna", "login": "registration"]
        let sent = try await stage.ask(.registerPhone, login.merging(["phone": number, "channel": "sms"]) { $1 })
        #expect(sent.outcome == .sent)
        let code = stage.code(number)
        let wrong = code == "111111" ? "222222" : "111111"
        #expect(try await stage.ask(.check, login.merging(["code": wrong]) { $1 }).outcome == .denied)
        #expect(try await stage.ask(.check, login.merging(["code": code]) { $1 }).outcome == .approved)
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)

        let traffic = try await lines(stage, "traffic --by job,outcome,country,channel")
        let told = Dictionary(
            traffic.map { ("\($0.labels["job"] ?? "") \($0.labels["outcome"] ?? "")", $0.figure("count")) },
            uniquingKeysWith: { first, _ in first })
        #expect(told == ["register.phone sent": 1, "check denied": 1, "check approved": 1])
        #expect(traffic.allSatisfy { $0.labels["country"] == "US" && $0.labels["channel"] == "sms" })

        let conversion = try #require(try await lines(stage, "conversion --by purpose,country").first)
        #expect(conversion.labels == ["purpose": "register", "country": "US"])
        let figures = ["codes", "resends", "entered", "wrong", "approved", "canceled", "unused"]
        #expect(figures.map { conversion.figure($0) } == [1, 0, 1, 1, 1, 0, 0])
        #expect(conversion.figures["open"] as? Bool == true)

        let calls = try await lines(stage, "twilio calls --by operation,result")
        let counts = Dictionary(
            calls.map { ($0.labels["operation"] ?? "", $0.figure("count")) }, uniquingKeysWith: { first, _ in first })
        #expect(counts == ["verification.start": 1, "verification.check": 2])
        #expect(calls.allSatisfy { $0.labels["result"] == "success" })

        for (command, head) in [
            ("traffic --per hour", "START"), ("conversion", "CHANNEL"), ("twilio calls --per day", "START"),
        ] {
            let run = try await stage.run(command)
            #expect(run.status == 0 && run.lines.first?.hasPrefix(head) == true, "\(command): \(run.output)")
            #expect(!run.output.contains("anna") && !run.output.contains("4155550142"))
        }
    }

    @Test("8 queues, dead groups: 1 when there is nothing, and what there is")
    func queues() async throws {
        let stage = try await Stage()
        #expect(try await stage.run("queues").status == 1)
        #expect(try await stage.run("dead groups").status == 1)
        let worker = try stage.worker()
        try await worker.waitUntilPrinted("ready")
        try await Wait.until("a look at the queues") { try await stage.run("queues").status == 0 }
        let queues = try await stage.run("queues --queue verify.send --json")
        #expect(queues.output.contains(#""queue":"verify.send""#) && queues.output.contains(#""samples":"#))
        #expect(try await stage.ask(.send, ["user": "anna", "channel": "pigeon"]).outcome == .invalid)
        try await Wait.until("the dead letter") { try await stage.run("dead groups").status == 0 }
        let groups = try await stage.run("dead groups")
        #expect(groups.lines.first?.hasPrefix("COUNT") == true && groups.output.contains("malformed"))
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test("8 traffic, conversion, twilio calls: 64 for what cannot be meant, and it says what can")
    func usage() async throws {
        let stage = try await Stage()
        for (command, hint) in [
            ("traffic --by pigeon", "channel, country"), ("conversion --by outcome", "purpose"),
            ("twilio calls --by country", "operation"), ("traffic --since yesterday", "7d"),
            ("traffic --since 1h --until 2h", "--until"), ("traffic --per week", "hour"),
        ] {
            let run = try await stage.run(command)
            #expect(run.status == 64 && run.errors.contains(hint), "\(command): \(run.errors)")
        }
    }
}
