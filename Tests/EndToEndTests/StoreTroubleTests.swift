import Basics
import Foundation
import Glibc
import Store
import TestKit
import Testing
import TwilioSimulator
import Wire

/// The store's bad days, over a worker process (H30, H31, H32): nothing is answered while it lasts, nothing is lost,
/// and work goes on by itself.
@Suite("Contract 4: the store is away", .serialized, .timeLimit(.minutes(10))) struct StoreTroubleTests {
    private func ready(_ more: (Stage) -> [String: String] = { _ in [:] }) async throws -> (Stage, WatchedWorker) {
        let stage = try await Stage()
        let worker = try stage.watchedWorker(more: more(stage))
        try await worker.waitUntilReady()
        return (stage, worker)
    }

    private func register(_ stage: Stage, _ user: String) async throws -> Reply {
        try await stage.ask(
            .registerPhone,
            ["user": user, "phone": "+1415555\(user.suffix(4))", "channel": "sms", "login": "login-\(user)"])
    }

    /// Publishes jobs that must wait, lets the trouble pass, and looks that each is answered and sent once.
    private func expectPause(
        _ stage: Stage, _ worker: WatchedWorker, saying text: String, jobs: Int = 8,
        over: () async throws -> Void
    ) async throws {
        let answered = Locked(0)
        let before = stage.simulator.outbox().count
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            for number in 0..<jobs {
                group.addTask {
                    let reply = try await register(stage, "user-\(2000 + number)")
                    answered.withLock { $0 += 1 }
                    return reply.outcome
                }
            }
            try await worker.waitUntilReady(false, saying: text)
            #expect(await worker.metric("verify_courier_store_usable") == 0)
            try await worker.process.waitForOutput("the store cannot be used: no jobs are taken")
            for queue in ["verify.send", "verify.check", "verify.dead"] {
                try await worker.waitForMetric(#"verify_courier_queue_consumed{queue="\#(queue)"}"#, 0)
            }
            let sentBefore = stage.simulator.outbox().count
            let answersBefore = answered.withLock { $0 }
            // However often one looks, nothing more goes out, and nobody gets an answer.
            for _ in 0..<20 { try await worker.waitUntilReady(false) }
            #expect(stage.simulator.outbox().count == sentBefore)
            #expect(answered.withLock { $0 } == answersBefore)
            #expect(await worker.get("/live").status == 200)
            try await over()
            try await worker.waitUntilReady()
            for try await outcome in group { #expect(outcome == .sent) }
        }
        #expect(stage.simulator.outbox().count - before == jobs)
        worker.process.kill(SIGTERM)
        #expect(await worker.process.waitUntilEnd() == 0)
        #expect(worker.process.output.contains("the store can be used again"))
    }

    @Test("H30 files can grow no more: no job is taken until they can")
    func full() async throws {
        let (stage, worker) = try await ready()
        _ = try await register(stage, "user-1000")
        // What the kernel says then (EFBIG) takes the same way as a full disk; only its own write is refused.
        let wal = try FileManager.default.attributesOfItem(atPath: "\(stage.folder)/store.db-wal")[.size] as? Int ?? 0
        try worker.process.limitFileSize(max(wal, 16_384))
        try await expectPause(stage, worker, saying: "the store cannot be used") {
            try worker.process.limitFileSize(nil)
        }
    }

    @Test(
        "H30 the disk turns read-only, the quota is used up, writes or their syncs fail: no job is taken until they work",
        arguments: BrokenDisk.Trouble.allCases)
    func broken(trouble: BrokenDisk.Trouble) async throws {
        let (stage, worker) = try await ready { BrokenDisk(in: $0.folder).environment }
        let disk = BrokenDisk(in: stage.folder)
        try await disk.fail(worker.process, with: trouble)
        try await expectPause(stage, worker, saying: "the store cannot be used") {
            try await disk.mend(worker.process, of: trouble)
        }
    }

    @Test("H31 another process holds the lock that writers queue at")
    func locked() async throws {
        let (stage, worker) = try await ready()
        let file = open("\(stage.folder)/store.db.writer", O_RDWR)
        defer { close(file) }
        #expect(flock(file, LOCK_EX) == 0)
        try await expectPause(stage, worker, saying: "another program holds its lock") {
            #expect(flock(file, LOCK_UN) == 0)
        }
    }

    @Test("H31 another program holds the database itself")
    func busy() async throws {
        let (stage, worker) = try await ready()
        let other = try ExclusiveHolder("\(stage.folder)/store.db")
        try await expectPause(stage, worker, saying: "Another program holds the store's file") { try other.release() }
    }

    @Test("H32 the file is moved away while it is in use, and comes back")
    func moved() async throws {
        let (stage, worker) = try await ready()
        let (path, away) = ("\(stage.folder)/store.db", "\(stage.folder)/elsewhere.db")
        try FileManager.default.moveItem(atPath: path, toPath: away)
        try await expectPause(stage, worker, saying: "deleted or replaced") {
            try FileManager.default.moveItem(atPath: away, toPath: path)
        }
    }

    @Test("8 a record that cannot be read ends its own jobs: the worker stays ready, other people are served")
    func unreadable() async throws {
        let (stage, worker) = try await ready()
        _ = try await register(stage, "user-1000")
        let path = "\(stage.folder)/store.db"
        try ExclusiveHolder.run(
            "REPLACE INTO user SELECT 'ada', 1, 1, NULL, x'0102', 1, NULL, NULL, NULL, 0, NULL", path)
        // A letter that is due and a chore that is due cannot be read either, and are looked for all the time.
        try ExclusiveHolder.run(
            """
            INSERT INTO dead_letter (at, reason, routing_key, front_end, properties, body, state, replays, due_at)
            VALUES (\(Int64(Date.now.timeIntervalSince1970) * 1000), 'of_the_future', 'send', '', '{}', x'00',
            'replaying', 0, 1);
            INSERT INTO provider_chore (kind, payload, due_at, tries) VALUES ('of_the_future', x'00', 1, 0)
            """, path)
        for _ in 0..<2 {
            let reply = try await stage.ask(.send, ["user": "ada", "channel": "sms", "login": "login-ada"])
            #expect(reply.outcome == .unavailable && reply.reason == .recordUnreadable)
            #expect(try await register(stage, "user-\(Int.random(in: 2000...2999))").outcome == .sent)
        }
        for table in ["user", "dead_letter", "provider_chore"] {
            try await worker.waitForMetric(#"verify_courier_store_unreadable_records_total{table="\#(table)"}"#, 1)
        }
        #expect(await worker.metric("verify_courier_store_usable") == 1)
        #expect(await worker.get("/ready").status == 200)
        #expect(try await stage.deadLetters().filter { $0.reason == "record_unreadable" }.count == 2)
        #expect(!worker.process.output.contains("no jobs are taken"))
        // One line each; that ada's jobs are kept as dead letters has one of its own.
        let told = worker.process.output.split(separator: "\n").filter {
            $0.contains("a record of the store cannot be read")
        }
        #expect(told.count == 3 && told.contains { $0.contains("user") && $0.contains("ada") }, "\(told)")
    }

    @Test("H32 a store that cannot be used is refused at the start with advice", arguments: StartTrouble.allCases)
    func start(trouble: StartTrouble) async throws {
        let stage = try await Stage()
        try trouble.spoil(stage.folder)
        let worker = try stage.worker()
        #expect(await worker.waitUntilEnd() == 78)
        #expect(worker.output.contains(trouble.advice), "\(worker.output)")
    }

    @Test("what may pass is waited for at the start, then it is 69")
    func waiting() async throws {
        let stage = try await Stage()
        let other = try ExclusiveHolder("\(stage.folder)/store.db")
        let worker = try stage.worker(arguments: ["--wait", "1"])
        #expect(await worker.waitUntilEnd() == 69)
        #expect(worker.output.contains("Another program holds the store's file"))
        let patient = try stage.watchedWorker()
        try await patient.process.waitForOutput("waiting for the store")
        try other.release()
        try await patient.waitUntilReady()
    }
}

/// What may be wrong with a store from the start.
enum StartTrouble: String, CaseIterable, Sendable {
    case missing, header, foreign, newer, noKey, wrongKey, openKey

    var advice: String {
        switch self {
        case .missing: "`store init` makes one"
        case .header: "restore it from a backup"
        case .foreign: "not one of this program's"
        case .newer: "newer version of this program"
        case .noKey: "store.db.key cannot be opened"
        case .wrongKey: "store.db.key belongs to another store"
        case .openKey: "chmod 600"
        }
    }

    func spoil(_ folder: String) throws {
        let path = "\(folder)/store.db"
        func remove(_ suffixes: [String]) throws {
            for suffix in suffixes where FileManager.default.fileExists(atPath: path + suffix) {
                try FileManager.default.removeItem(atPath: path + suffix)
            }
        }
        switch self {
        case .missing: try remove(["", "-wal", "-shm"])
        case .header:
            try remove(["", "-wal", "-shm"])
            try Data(repeating: 0x58, count: 65_536).write(to: URL(fileURLWithPath: path))
        case .foreign:
            try remove(["", "-wal", "-shm"])
            try ExclusiveHolder.run("CREATE TABLE other (x)", path)
        case .newer: try ExclusiveHolder.run("INSERT INTO grdb_migrations VALUES ('9999')", path)
        case .noKey: try remove([".key"])
        case .wrongKey:
            try remove([".key"])
            _ = try KeyFile.create(path + ".key")
        case .openKey:
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path + ".key")
        }
    }
}
