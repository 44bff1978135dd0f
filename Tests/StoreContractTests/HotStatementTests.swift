import GRDB
import TestKit
import Testing

@testable import StoreSQLite

/// Values go to SQLite by where they lie: what is read again must be what was bound, whatever its length, and in any order.
@Suite("Hot statements") struct HotStatementTests {
    private static let table = """
        CREATE TABLE pair (id INTEGER PRIMARY KEY, text TEXT, bytes BLOB)
        """

    private func statement(_ sql: String, _ db: Database) throws -> HotStatement { try HotStatement(sql, db) }

    @Test("what is bound comes back, short and long, from one run to the next", arguments: 0..<20 as Range<UInt64>)
    func values(seed: UInt64) throws {
        var chance = Seeded(seed)
        let queue = try DatabaseQueue()
        try queue.write { db in
            try db.execute(sql: Self.table)
            let put = try statement("REPLACE INTO pair VALUES (?, ?, ?)", db)
            let get = try statement("SELECT text, bytes FROM pair WHERE id = ?", db)
            var kept: [Int: (text: String?, bytes: [UInt8]?)] = [:]
            for _ in 0..<200 {
                let id = Int.random(in: 0..<9, using: &chance)
                let length = [0, 1, 30, 1023, 1024, 1025, 70_000].randomElement(using: &chance) ?? 0
                let text = Bool.random(using: &chance) ? String(repeating: "ü", count: length) : nil
                let bytes = Bool.random(using: &chance) ? (0..<length).map { UInt8(truncatingIfNeeded: $0) } : nil
                kept[id] = (text, bytes)
                try put.run {
                    $0.integer(id)
                    $0.text(text)
                    $0.bytes(bytes)
                }
                for (id, pair) in kept {
                    let found = try get.first({ $0.integer(id) }) { row in
                        (text: try row.textIfAny(0), bytes: try row.bytesIfAny(1))
                    }
                    #expect(found?.text == pair.text && found?.bytes == pair.bytes)
                }
            }
        }
    }

    @Test("a statement that is run within another's rows has values of its own")
    func nested() throws {
        let queue = try DatabaseQueue()
        try queue.write { db in
            try db.execute(sql: Self.table)
            let outer = try statement("SELECT id FROM pair WHERE text = ? ORDER BY id", db)
            let inner = try statement("INSERT INTO pair (text) VALUES (?)", db)
            for _ in 0..<3 { try inner.run { $0.text("outer") } }
            var seen: [Int] = []
            try outer.each({ $0.text("outer") }) { row in
                seen.append(try row.number(0))
                try inner.run { $0.text("inner") }
            }
            #expect(seen == [1, 2, 3])
        }
    }

    @Test("numbers in a list are read; what is none cannot be read")
    func numbers() throws {
        let queue = try DatabaseQueue()
        try queue.read { db in
            let list = try statement("SELECT ?", db)
            func read(_ text: String?) throws -> [Int64]? {
                try list.first({ $0.text(text) }) { try $0.integers(0, separatedBy: UInt8(ascii: ",")) }
            }
            #expect(try read(nil) == [])
            #expect(try read("7") == [7])
            #expect(try read("3,-2,9223372036854775807") == [3, -2, .max])
            for text in ["", ",", "1,", ",1", "1,,2", "1 2", "one", "9223372036854775808"] {
                #expect(throws: NotReadable.self) { try read(text) }
            }
        }
    }

    @Test("hashes that are remembered are those that would be made; all are forgotten once there are many")
    func lookups() {
        var lookups = Lookups()
        var made = 0
        func hash(_ text: String) -> [UInt8] {
            lookups.hash(text) {
                made += 1
                return Array($0.utf8.reversed())
            }
        }
        for _ in 0..<3 { #expect(hash("abc") == [99, 98, 97]) }
        #expect(made == 1)
        for number in 0..<Lookups.most { #expect(hash("\(number)") == Array("\(number)".utf8.reversed())) }
        #expect(hash("abc") == [99, 98, 97])
        #expect(made == Lookups.most + 2)
    }
}
