import Basics
import Foundation
import GRDB
import Store
import TestKit
import Testing
import Wire

@testable import StoreSQLite

/// That a reply was confirmed costs no transaction of its own; that nobody got it does, before its message goes.
@Suite("Notes of replies", .timeLimit(.minutes(10)))
struct ReplyNoteTests {
    /// A store with recorded jobs, by their ids.
    private func recorded(_ kind: StoreKind, _ ids: [String]) async throws -> (World, any LoginStore) {
        let world = try await World(kind)
        let store = try await world.worker()
        for id in ids { try await store.write([], as: Sample.job(id, number: nil)) }
        return (world, store)
    }

    private func state(_ world: World, _ id: String) async throws -> Int? {
        try await world.query("SELECT reply_state FROM job WHERE message_id = '\(id)'").first.flatMap(Int.init)
    }

    private func key(_ id: String) -> JobKey { Sample.job(id).key }

    @Test("a reply that nobody got is noted on disk before anything goes on", arguments: StoreKind.allCases)
    func undeliverable(_ kind: StoreKind) async throws {
        let (world, store) = try await recorded(kind, ["one"])
        try await store.settle(key("one"), as: .undeliverable)
        #expect(try await state(world, "one") == ReplyState.undeliverable.rawValue)
        await world.end(store)
    }

    @Test("confirmed ones are written together, however many, and nobody else's", arguments: StoreKind.allCases)
    func together(_ kind: StoreKind) async throws {
        let ids = (0..<77).map { "job-\($0)" }
        let (world, store) = try await recorded(kind, ids + ["other"])
        for id in ids { try await store.settle(key(id), as: .confirmed) }
        let confirmed = "SELECT COUNT(*) FROM job WHERE reply_state = \(ReplyState.confirmed.rawValue)"
        try await Wait.until("all notes") { try await world.number(confirmed) == ids.count }
        #expect(try await state(world, "other") == ReplyState.pending.rawValue)
        await world.end(store)
    }

    @Test("one that comes late takes nothing back that became of a reply after it", arguments: StoreKind.allCases)
    func late(_ kind: StoreKind) async throws {
        let (world, store) = try await recorded(kind, ["one", "two"])
        for id in ["one", "two"] { try await store.settle(key(id), as: .confirmed) }
        world.time.advance(.milliseconds(1))
        try await store.settle(key("one"), as: .undeliverable)
        await world.end(store)
        #expect(try await state(world, "one") == ReplyState.undeliverable.rawValue)
        #expect(try await state(world, "two") == ReplyState.confirmed.rawValue)
    }

    @Test("soon by itself when nobody writes", arguments: StoreKind.allCases)
    func idle(_ kind: StoreKind) async throws {
        let (world, store) = try await recorded(kind, ["one"])
        for round in 1...2 {
            try await store.settle(key("one"), as: .confirmed)
            try await Wait.until("the note, round \(round)") {
                try await state(world, "one") == ReplyState.confirmed.rawValue
            }
            world.time.advance(.milliseconds(1))
            try await store.settle(key("one"), as: .undeliverable)
            #expect(try await state(world, "one") == ReplyState.undeliverable.rawValue)
            world.time.advance(.milliseconds(1))
        }
        await world.end(store)
    }

    @Test("or at the end of the worker", arguments: StoreKind.allCases)
    func closing(_ kind: StoreKind) async throws {
        let (world, store) = try await recorded(kind, ["one"])
        try await store.settle(key("one"), as: .confirmed)
        await world.end(store)
        #expect(try await state(world, "one") == ReplyState.confirmed.rawValue)
        // There is nothing to be told of, nor to wait for, after that.
        try await store.settle(key("one"), as: .confirmed)
    }

    @Test("it waits for a store that cannot be written")
    func away() async throws {
        let (world, store) = try await recorded(.sqlite, ["one"])
        let (path, aside) = (world.configuration.path, world.configuration.path + ".aside")
        try FileManager.default.moveItem(atPath: path, toPath: aside)
        try await store.settle(key("one"), as: .confirmed)
        await #expect(throws: StoreError.self) { try await store.probe() }
        try FileManager.default.moveItem(atPath: aside, toPath: path)
        try await Wait.until("the note") { try await state(world, "one") == ReplyState.confirmed.rawValue }
        await world.end(store)
    }

    @Test("with a batch that is taken back, it is not lost")
    func takenBack() async throws {
        let world = try await World()
        let path = world.configuration.path
        let store = try await world.worker()
        try await store.write([], as: Sample.job("one", number: nil))
        await world.end(store)
        let pool = try DatabasePool(path: path)
        let writer = try LockFile(path + ".writer")
        let commits = try GroupCommit(of: path, pool)
        try writer.lock()
        commits.leave(GroupCommit.Note(key: key("one"), at: Sample.now))
        // The transaction that waits for the lock has the note, and gets these as well.
        try await Wait.until("a transaction for the note") { commits.noteCount == 0 }
        for isFailing in [false, true, false] {
            commits.submit(
                GroupCommit.Operation(lane: nil) { db in
                    try db.execute(sql: "REPLACE INTO meta VALUES ('probe', 1)")
                    if isFailing { throw StoreError(.failed, "as it is told to") }
                } end: { _ in
                })
        }
        writer.unlock()
        await commits.close()
        #expect(try await state(world, "one") == ReplyState.confirmed.rawValue)
    }

    @Test("so many wait while nothing can be written, and no more")
    func bound() async throws {
        let world = try await World()
        let path = world.configuration.path
        let writer = try LockFile(path + ".writer")
        let commits = try GroupCommit(of: path, DatabasePool(path: path))
        try writer.lock()
        for number in 0..<(GroupCommit.mostNotes * 2) {
            commits.leave(GroupCommit.Note(key: key("\(number)"), at: Sample.now))
        }
        // Those of a transaction under way are told apart from those that wait.
        #expect(commits.noteCount <= GroupCommit.mostNotes)
        writer.unlock()
        await commits.close()
        #expect(commits.noteCount == 0)
    }
}
