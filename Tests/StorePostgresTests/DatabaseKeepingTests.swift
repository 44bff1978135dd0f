import Basics
import Foundation
import Store
import StorePostgres
import TestKit
import Testing
import Wire

/// What operators do to a store in a database.
@Suite(.enabled(if: StoreKind.allCases.contains(.postgres)), .timeLimit(.minutes(10)))
struct DatabaseKeepingTests {
    private func filled() async throws -> Place {
        let place = try await Place()
        let store = try await place.worker()
        let user = try Sample.user("ada")
        _ = try await store.begin(Sample.job("one", user: "ada")) { _ in .answer(Sample.answer(.done, [.user(user)])) }
        await store.close()
        return place
    }

    @Test
    func itIsMadeOnceAndItsKeyFileBelongsToIt() async throws {
        let place = try await filled()
        let again = await #expect(throws: StoreError.self) {
            try await PostgresKeeping.create(try place.configuration(), siteOptions: [:])
        }
        #expect(again?.code == .exists)
        let other = try await Place()
        let wrong = await #expect(throws: StoreError.self) { try await other.worker(at: place.location) }
        #expect(wrong?.code == .wrongKey)
        #expect(try await PostgresKeeping.migrate(try place.configuration()).isEmpty)
    }

    @Test
    func aCheckOpensEverySealedValueAndFindsWhatWasMoved() async throws {
        let place = try await filled()
        let report = try await PostgresKeeping.check(try place.configuration())
        #expect(report.isSound && report.sealed == 2)
        try await place.server.run(
            "UPDATE person SET name = 'eve' WHERE name = 'ada'; UPDATE job SET outcome = NULL", at: place.location)
        let found = try await PostgresKeeping.check(try place.configuration())
        #expect(found.unreadable == ["user.phone": 1])
        #expect(found.violations == ["a recorded job has an outcome and a time": 1])
    }

    @Test
    func aNewKeySealsEverythingAnewWhileNoWorkerIsAtWork() async throws {
        let place = try await filled()
        let store = try await place.worker()
        let busy = await #expect(throws: StoreError.self) { try await PostgresKeeping.rekey(try place.configuration()) }
        #expect(busy?.code == .busy)
        await store.close()
        let done = try await PostgresKeeping.rekey(try place.configuration())
        #expect(done.values == 2)
        #expect(try await PostgresKeeping.check(try place.configuration()).isSound)
        let next = try await place.worker()
        #expect(try await next.situation(of: Job.Login(user: "ada")).user?.phone?.number.revealed == Sample.number)
        await next.close()
    }

    @Test("pg_dump beside a worker, pg_restore into an empty database: sound, and a worker goes on where it was")
    func restored() async throws {
        let place = try await filled()
        let (store, other) = (try await place.worker(), "restored" + RandomID.hex(bytes: 4))
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(other)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // The server's own user has to write there.
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.path)
        let schema = String(place.location.split(separator: "D").last ?? "")
        let dump = folder.path + "/store.dump"
        try await place.server.program(
            "pg_dump", at: place.location, ["--format=custom", "--schema=\(schema)", "--file=\(dump)"])
        try await place.server.command("CREATE DATABASE \(other)")
        let there = place.location.replacing("/postgres?", with: "/\(other)?")
        try await place.server.program("pg_restore", at: there, ["--exit-on-error", "--no-owner", dump])
        // What happened since is lost, and nothing else.
        _ = try await store.begin(Sample.job("two", user: "bob")) { _ in .answer(Sample.answer(.done)) }
        let report = try await PostgresKeeping.check(try place.configuration(at: there))
        #expect(report.isSound && report.sealed == 2)
        let next = try await place.worker(at: there)
        #expect(try await next.situation(of: Job.Login(user: "ada")).user?.phone?.number.revealed == Sample.number)
        #expect(try await next.history(HistoryQuery()).map(\.user) == ["ada"])
        let again = try await next.begin(Sample.job("one", user: "ada")) { _ in .answer(Sample.answer(.blocked)) }
        #expect(again.recorded?.outcome == .done)
        await next.close()
        await store.close()
        try await place.server.command("DROP DATABASE \(other)")
    }

    @Test
    func whatAServerMustNotDoIsFound() async throws {
        let place = try await filled()
        let driver = try #require(
            PostgresDriver(place.location, keyFile: try place.configuration().keyFile, letters: LetterBounds()))
        let condition = await driver.inspect()
        #expect(condition.error == nil)
        // The tests' own server writes nothing to disk for good.
        #expect(
            condition.issues.contains { if case .failure(let words) = $0 { words.contains("fsync") } else { false } })
        let advice = await #expect(throws: StoreError.self) { try await driver.backup(to: "/tmp/never") }
        #expect(advice?.message.contains("pg_dump") == true && advice?.message.contains(driver.keyFile) == true)
    }
}
