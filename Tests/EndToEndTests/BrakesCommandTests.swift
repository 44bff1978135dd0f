import Basics
import Foundation
import TestKit
import Testing
import Wire

/// `brakes`, as an operator calls it beside a worker, and what front ends see of it.
@Suite("Contract 8: the command brakes", .timeLimit(.minutes(10)))
struct BrakesCommandTests {
    private static let anna = "+14155550142"
    private static let stranger = "+14155550143"

    private func register(_ stage: Stage, _ user: String, _ number: String) async throws -> Reply {
        try await stage.ask(
            .registerPhone, ["user": user, "login": "registering-\(user)", "phone": number, "channel": "sms"])
    }

    private func signIn(_ stage: Stage, _ user: String, _ number: String) async throws -> Reply {
        let login = ["user": user, "login": "sign-in-\(RandomID.hex(bytes: 6))"]
        let sent = try await stage.ask(.send, login.merging(["channel": "sms"]) { $1 })
        guard sent.outcome == .sent else { return sent }
        return try await stage.ask(.check, login.merging(["code": stage.code(number)]) { $1 })
    }

    @Test("8 brakes set, brakes lift: with one on, a number that is not proven is refused and a proven person gets in")
    func course() async throws {
        let stage = try await Stage()
        let worker = try stage.watchedWorker()
        try await worker.waitUntilReady()
        #expect(try await stage.run("brakes").status == 1)
        #expect(try await register(stage, "anna", Self.anna).outcome == .sent)
        let code = ["user": "anna", "login": "registering-anna", "code": stage.code(Self.anna)]
        #expect(try await stage.ask(.check, code).registered == .phone)

        let set = try await stage.run("brakes set country us --until 1h --why pumping --operator mara")
        #expect(
            set.status == 0 && set.output.contains("country US") && set.output.contains("unproven"), "\(set.errors)")
        try await worker.waitForMetric(#"verify_courier_brakes{stop="country",whom="unproven"}"#, 1)
        let refused = try await register(stage, "mallory", Self.stranger)
        #expect(refused.outcome == .blocked && refused.reason == .countryNotAllowed && refused.retryAt != nil)
        #expect(try await signIn(stage, "anna", Self.anna).outcome == .approved)

        #expect(try await stage.run("brakes set sends --everyone --until 15m --why bill --operator mara").status == 0)
        let held = try await signIn(stage, "anna", Self.anna)
        #expect(held.outcome == .unavailable && held.reason == .paused && held.retryAt != nil)
        let list = try await stage.run("brakes")
        #expect(list.status == 0 && list.lines.count == 3 && list.output.contains("everyone"))
        #expect(try await stage.run("brakes lift sends --why over --operator olga").status == 0)
        #expect(try await stage.run("brakes lift sends --why over").status == 1)
        #expect(try await signIn(stage, "anna", Self.anna).outcome == .approved)
        #expect(try await stage.run("brakes lift all --why over --operator olga").status == 0)
        #expect(try await register(stage, "mallory", Self.stranger).outcome == .sent)

        let trail = try await stage.run("admin audit --json")
        #expect(trail.lines.filter { $0.contains("brakes.set") && $0.contains("mara") }.count == 2)
        #expect(trail.lines.filter { $0.contains("brakes.lift") && $0.contains("olga") }.count == 2)
        worker.process.kill(SIGTERM)
        #expect(await worker.process.waitUntilEnd() == 0)
    }

    @Test("8 brakes: 64 for what cannot be meant, and it says what can")
    func usage() async throws {
        let stage = try await Stage()
        for (arguments, words) in [
            ("set", "what"), ("set texts --until 1h --why x", "sends, channel, country, prefix"),
            ("set channel fax --until 1h --why x", "sms or call"), ("set country UK --until 1h --why x", "GB"),
            ("set country --until 1h --why x", "two letters"), ("set prefix 1809 --until 1h --why x", "+1809"),
            ("set prefix +14155550142 --until 1h --why x", "seven digits"),
            ("set sends sms --until 1h --why x", "leave out"),
            ("set sends --why x", "--until"), ("set sends --until 1h", "--why"),
            ("set sends --until 25h --why x", "24 hours"), ("set sends --until soon --why x", "30m"),
            ("set all --until 1h --why x", "sends, channel"), ("lift cars --why x", "all"), ("lift all", "--why"),
        ] {
            let run = try await stage.run("brakes \(arguments)")
            #expect(run.status == 64 && run.errors.contains(words), "\(arguments): \(run.errors)")
        }
        #expect(try await stage.run("admin audit").output.isEmpty)
    }
}
