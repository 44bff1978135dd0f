import Basics
import Foundation
import Glibc
import TestKit
import Testing
import TwilioSimulator
import Wire

/// `store check/backup/rekey/copy` and `outcomes show` beside a worker, as an operator calls them.
@Suite("Contract 7: commands for the store", .timeLimit(.minutes(10))) struct KeepingCommandTests {
    private func run(_ stage: Stage, _ arguments: String...) async throws -> (code: Int32, output: String) {
        let name = "\(stage.folder)/\(RandomID.hex(bytes: 4))"
        let process = try ChildProcess(
            WorkerProcess.program, arguments, environment: stage.environment,
            .init(output: name + ".out", errors: name + ".err"))
        let code = await process.waitUntilEnd()
        let texts = [".out", ".err"].map { (try? String(contentsOfFile: name + $0, encoding: .utf8)) ?? "" }
        return (try #require(code), texts.joined())
    }

    @Test("a store is checked and backed up beside a worker, gets new keys and another place without one")
    func commands() async throws {
        let stage = try await Stage()
        let worker = try stage.watchedWorker()
        try await worker.waitUntilReady()
        let id = RandomID.uuid()
        let reply = try await stage.ask(
            .registerPhone, ["user": "anna", "phone": "+14155550142", "channel": "sms"], id: id)
        #expect(reply.outcome == .sent)

        let check = try await run(stage, "store", "check")
        #expect(check.code == 0, "\(check.output)")
        #expect(check.output.contains("is sound") && check.output.contains("sealed values"))
        let backup = "\(stage.folder)/backup.db"
        #expect(try await run(stage, "store", "backup", backup).code == 0)
        #expect(try await run(stage, "store", "backup", backup).code == 78)
        let backedUpAt = await worker.metric("verify_courier_store_last_backup_timestamp_seconds")
        #expect(backedUpAt ?? 0 > 1_700_000_000)

        while true {
            let show = try await run(stage, "outcomes", "show", id)
            #expect(show.code == 0)
            guard show.output.contains("reply_confirmed") else { continue }
            let names = ["received", "begun  by worker", "concluded  sent", "reply_confirmed", "+1········42"]
            let places = names.compactMap { show.output.range(of: $0)?.lowerBound }
            #expect(places.count == names.count && places == places.sorted(), "\(show.output)")
            break
        }
        #expect(try await run(stage, "outcomes", "show", "nothing").code == 1)

        let refusal = try await run(stage, "store", "rekey")
        #expect(refusal.code == 69 && refusal.output.contains("Stop the workers first"))
        worker.process.kill(SIGTERM)
        #expect(await worker.process.waitUntilEnd() == 0)
        let rekeyed = try await run(stage, "store", "rekey")
        #expect(rekeyed.code == 0 && rekeyed.output.contains("with key 2"), "\(rekeyed.output)")
        #expect(try await run(stage, "store", "migrate").output.contains("up to date"))
        #expect(try await run(stage, "store", "copy", "--to", "sqlite:\(stage.folder)/moved.db").code == 0)
        #expect(try await run(stage, "store", "copy", "--to", "postgresql://x").code == 78)

        // The login goes on at the new place, under the new keys.
        let second = try stage.watchedWorker(more: ["VERIFY_COURIER_STORE_URL": "sqlite:\(stage.folder)/moved.db"])
        try await second.waitUntilReady()
        let code = try #require(stage.simulator.outbox().last?.code)
        #expect(try await stage.ask(.check, ["user": "anna", "code": code]).outcome == .approved)
    }
}
