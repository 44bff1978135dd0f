import Basics
import Foundation
import GRDB
import TestKit
import Testing
import TwilioSimulator
import VerifyClient
import Wire

@Suite("Contract 2 and 6: what a worker does beside its jobs", .timeLimit(.minutes(10)))
struct HousekeepingTests {
    @Test("2 Dead-lettering: a worker forgets letters after 7 days, and none before")
    func retention() async throws {
        let stage = try await Stage()
        let first = try stage.worker()
        for id in ["old", "younger"] {
            let reply = try await stage.client.request(
                .send, body: Array("{}".utf8), messageID: id, patience: .seconds(110))
            #expect(try Reply.decode(reply).outcome == .invalid)
        }
        first.kill(SIGTERM)
        #expect(await first.waitUntilEnd() == 0)
        let day = 86_400_000
        let store = try DatabaseQueue(path: "\(stage.folder)/store.db")
        try await store.write { db in
            try db.execute(sql: "UPDATE dead_letter SET at = at - ? WHERE message_id = 'old'", arguments: [7 * day])
            try db.execute(
                sql: "UPDATE dead_letter SET at = at - ? WHERE message_id = 'younger'", arguments: [7 * day - 600_000])
        }
        let second = try stage.worker()
        try await Wait.until("the old letter to go") { try await stage.deadLetters().count <= 1 }
        #expect(try await stage.deadLetters().map(\.messageID) == ["younger"])
        second.kill(SIGTERM)
        #expect(await second.waitUntilEnd() == 0)
    }

    @Test("6 The token is read again when its file changes: provider_refused until then, and no restart")
    func token() async throws {
        let folder = try await BareSite()
        let file = "\(folder.folder)/token"
        func write(_ token: String) throws {
            try Data(token.utf8).write(to: URL(fileURLWithPath: file))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        }
        try write("not-the-token")
        let name = "VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN"
        let stage = try await Stage([name: "", "\(name)_FILE": file])
        let worker = try stage.worker()
        func register(_ user: Int) async throws -> Reply {
            try await stage.ask(
                .registerPhone, ["user": "u\(user)", "phone": "+1415555\(1000 + user)", "channel": "sms"])
        }
        let refused = try await register(0)
        #expect(refused.outcome == .unavailable && refused.reason == .providerRefused)
        let token = SimulatorConfiguration().authToken.revealed
        try write(token)
        var user = 1
        try await Wait.until("the new token to be used") {
            defer { user += 1 }
            return try await register(user).outcome == .sent
        }
        #expect(stage.simulator.outbox().count == 1)
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
        #expect(!worker.output.contains(token) && !worker.output.contains("not-the-token"))
    }
}
