import Basics
import Foundation
import GRDB
import Glibc
import Logging
import TestKit
import Testing
import Wire

@testable import Store
@testable import StoreSQLite

@Suite("Contract 8: dead letters are bounded", .timeLimit(.minutes(10)))
struct LetterBoundsTests {
    private func letter(_ id: String, _ frontEnd: String = "portal", bytes: Int = 10) -> DeadLetter {
        DeadLetter(
            reason: .malformed, routingKey: "send", frontEnd: frontEnd, messageID: id,
            body: Redacted(Array(repeating: UInt8(ascii: "#"), count: bytes)), at: Sample.now)
    }

    private func ids(_ store: any LoginStore) async throws -> [String] {
        try await store.allLetters().compactMap(\.letter.messageID)
    }

    @Test("8 dead.max_letters: of each front end, its oldest go", arguments: StoreKind.allCases)
    func count(_ kind: StoreKind) async throws {
        var bounds = LetterBounds()
        bounds.letters = 3
        let world = try await World(kind, letters: bounds)
        let store = try await world.worker()
        try await store.write([.deadLetter(letter("other", "desk"))])
        for index in 1...5 { try await store.write([.deadLetter(letter("m-\(index)"))]) }
        #expect(try await ids(store) == ["other", "m-3", "m-4", "m-5"])
        await world.end(store)
    }

    @Test("8 dead.max_megabytes: likewise", arguments: StoreKind.allCases)
    func size(_ kind: StoreKind) async throws {
        var bounds = LetterBounds()
        bounds.bytes = 10_000
        let world = try await World(kind, letters: bounds)
        let store = try await world.worker()
        for index in 1...5 { try await store.write([.deadLetter(letter("m-\(index)", bytes: 3000))]) }
        #expect(try await ids(store) == ["m-3", "m-4", "m-5"])
        await world.end(store)
    }

    @Test("a bound that was lowered is reached bit by bit; what went is counted, and told once a minute")
    func lowered() async throws {
        let world = try await World(.sqlite)
        let before = try await world.worker()
        for index in 1...120 { try await before.write([.deadLetter(letter("m-\(index)"))]) }
        await world.end(before)
        var configuration = world.configuration
        configuration.letters.letters = 5
        let observer = Observer()
        let log = Lines()
        let store = try await SQLiteStore.open(
            configuration, clocks: world.time.clocks, watch: StoreWatch(observer: observer),
            logger: Logger(label: "test") { _ in log })
        try await store.write([.deadLetter(letter("new"))])
        #expect(try await ids(store).count == 21)
        try await store.write([.deadLetter(letter("newer"))])
        #expect(try await ids(store).count == 5)
        #expect(observer.dropped.withLock { $0 } == 117)
        #expect(log.lines.withLock { $0 }.count { $0.contains("dead.max_letters") } == 1)
        world.time.advance(.seconds(60))
        try await store.write([.deadLetter(letter("newest"))])
        #expect(log.lines.withLock { $0 }.count { $0.contains("dead.max_letters") } == 2)
        await store.close()
    }

    @Test("8 a look waits for no writer and takes no writer's turn; bodies are opened for what is shown")
    func looks() async throws {
        let world = try await World(.sqlite)
        let observer = Observer()
        let store = try await SQLiteStore.open(
            world.configuration, clocks: world.time.clocks, watch: StoreWatch(observer: observer),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await store.write([.deadLetter(letter("first"))])
        let raw = try world.otherProgram()
        // Many, whose bodies nobody could open: whoever looked at all of them would count them as unreadable.
        try await raw.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
                    INSERT INTO dead_letter
                    (at, reason, routing_key, front_end, properties, body, state, replays)
                    SELECT 1800000000000, 'malformed', 'send', 'portal', '{}', zeroblob(200), 'waiting', 0 FROM n
                    """)
        }
        let commits = observer.commits.withLock { $0 }
        let file = open(world.configuration.path + ".writer", O_RDWR)
        defer { close(file) }
        #expect(flock(file, LOCK_EX) == 0)
        try await raw.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let list = try await store.letters(LetterQuery(DeadSelection(), limit: 100, withCounts: true))
        #expect(list.letters.count == 100 && list.hasMore && list.counts["waiting"] == 20_001)
        #expect(list.counts["unreadable"] == nil)
        let show = try await store.letters(LetterQuery(DeadSelection(), limit: 3, withBodies: true))
        #expect(show.letters.map(\.letter.messageID) == ["first"] && show.counts == ["unreadable": 2] && show.last == 3)
        #expect(observer.commits.withLock { $0 } == commits)
        try await raw.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        #expect(flock(file, LOCK_UN) == 0)
        await store.close()
    }

    @Test("a letter is kept as far as the names in it can be found", arguments: StoreKind.allCases)
    func cut(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let words = (0..<200).map { "word\($0)" }.joined(separator: " ")
            try await store.write([.deadLetter(Sample.letter(words)), .deadLetter(Sample.letter("few words"))])
            let kept = try await store.allLetters().map { String(decoding: $0.letter.body.revealed, as: UTF8.self) }
            #expect(kept.last == "few words" && kept.first?.hasPrefix("word0 ") == true)
            #expect(kept.first?.contains("word63") == true && kept.first?.contains("word64") == false)
            try await store.write([.erase(user: "word7", pseudonym: "erased-1")])
            #expect(try await store.allLetters().count == 1)
        }
    }

    @Test("8 letters and entries of an older version are found as well, indexed by the sweep or by the erasure")
    func older() async throws {
        let world = try await World(.sqlite)
        let store = try await world.worker()
        let entry = Sample.entry(user: "bob", detail: #"{"reason":"asked by ada herself"}"#)
        try await store.write([.deadLetter(Sample.letter(#"{"user":"ada"}"#)), .audit(entry)])
        let raw = try world.otherProgram()
        try await raw.write { db in
            try db.execute(
                sql: """
                    DELETE FROM letter_name; DELETE FROM audit_name;
                    UPDATE dead_letter SET named = 0; UPDATE audit SET named = 0
                    """)
        }
        try await store.write([.erase(user: "ada", pseudonym: "erased-1")])
        #expect(try await store.allLetters().isEmpty)
        #expect(try await store.audit(AuditQuery()).map(\.detail) == ["{}"])
        let left = try await raw.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM audit_name") }
        #expect(left == 0)
        await world.end(store)
    }

    private final class Observer: StoreObserver {
        let commits = Locked(0)
        let dropped = Locked(0)
        func ended(_ operation: String, _ failure: StoreError?, after: Duration) {}
        func committed(after: Duration) { commits.withLock { $0 += 1 } }
        func found(_ record: UnreadableRecord) {}
        func dropped(letters: Int) { dropped.withLock { $0 += letters } }
    }
}

/// What was logged, message by message.
struct Lines: LogHandler {
    let lines = Locked<[String]>([])
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.withLock { $0.append("\(event.message)") }
    }
}
