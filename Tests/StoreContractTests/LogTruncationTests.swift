import Basics
import Foundation
import GRDB
import Logging
import TestKit
import Testing
import Wire

@testable import Store
@testable import StoreSQLite

/// What is deleted leaves the write-ahead log, too.
@Suite("Contract 2: an erased person is in no file of the store", .timeLimit(.minutes(10)))
struct LogTruncationTests {
    private static let name = "ada.lovelace@example"

    private func files(_ world: World, naming name: String) -> [String] {
        ["", "-wal"].filter { suffix in
            let bytes = try? Data(contentsOf: URL(fileURLWithPath: world.configuration.path + suffix))
            return bytes?.range(of: Data(name.utf8)) != nil
        }
    }

    /// Fills the store with a person who signs in, and erases them.
    private func eraseSomebody(_ store: any LoginStore) async throws {
        try await store.write([.user(Sample.user(Self.name) { $0.phone = try? Sample.phone() })])
        for index in 0..<5 {
            let job = Sample.job("\(index)", user: Self.name, number: nil)
            _ = try await store.begin(job) { _ in .answer(Sample.answer()) }
        }
        try await store.write([.erase(user: Self.name, pseudonym: "erased-1")])
    }

    /// Writes now and then, as a worker does, until no file names the person.
    private func waitUntilGone(_ world: World, _ store: any LoginStore) async throws {
        for _ in 0..<3000 {
            if files(world, naming: Self.name).isEmpty { return }
            try await store.probe()
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("a file still names the person: \(files(world, naming: Self.name))")
    }

    @Test("2 admin.user.erase: neither the database nor its log names the person soon after")
    func erased() async throws {
        try await withStore(.sqlite) { world, store in
            try await eraseSomebody(store)
            try await waitUntilGone(world, store)
        }
    }

    @Test("whoever reads meanwhile holds up nobody, and the log is emptied once they have gone")
    func reader() async throws {
        try await withStore(.sqlite) { world, store in
            try await store.write([.user(Sample.user(Self.name))])
            let reader = try world.otherProgram()
            try await reader.writeWithoutTransaction { db in
                try db.execute(sql: "BEGIN")
                _ = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM user")
            }
            try await eraseSomebody(store)
            for _ in 0..<5 { try await store.probe() }
            #expect(!files(world, naming: Self.name).isEmpty)
            try await reader.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
            try await waitUntilGone(world, store)
        }
    }

    @Test("a log that a long reader let grow shrinks once the reader has gone")
    func shrinks() async throws {
        try await withStore(.sqlite) { world, store in
            let (reader, other) = (
                try world.otherProgram(), try world.otherProgram()
            )
            try await reader.writeWithoutTransaction { db in
                try db.execute(sql: "BEGIN")
                _ = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM user")
            }
            try await other.write { db in
                try db.execute(sql: "CREATE TABLE bulk (x BLOB); INSERT INTO bulk VALUES (zeroblob(25000000))")
            }
            func size() -> Int64 { OpenFile.size(of: world.configuration.path + "-wal") ?? 0 }
            try await store.probe()
            #expect(size() > 25_000_000)
            try await reader.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
            // One write finds the log done with, the next begins it anew.
            for _ in 0..<3 { try await store.probe() }
            #expect(size() <= SQLiteFile.logLimit)
        }
    }

    @Test("it is tried again, less and less often, and what was asked for meanwhile is not forgotten")
    func schedule() {
        var truncation = LogTruncation()
        var seen: [Bool] = []
        func look(after seconds: Int) {
            seen.append(truncation.isDue(at: MonotonicTime(nanoseconds: 0) + .seconds(seconds)))
        }
        func tried(_ isDone: Bool, after seconds: Int) {
            truncation.tried(isDone, at: MonotonicTime(nanoseconds: 0) + .seconds(seconds))
        }
        look(after: 0)
        truncation.want()
        look(after: 0)
        tried(false, after: 0)
        look(after: 0)
        look(after: 10)
        // Asked for while it was under way.
        truncation.want()
        tried(true, after: 10)
        look(after: 10)
        tried(true, after: 10)
        look(after: 20)
        #expect(seen == [false, true, false, true, true, false])
    }
}
