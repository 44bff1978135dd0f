import Foundation
import GRDB
import Store

/// Where sealed values are: what a new key has to reach, and what a check opens.
struct SealedColumn: Sendable, Hashable {
    var table: String
    var column: String

    static let phone = SealedColumn(table: "user", column: "phone")
    static let pendingPlace = SealedColumn(table: "pending", column: "place")
    static let call = SealedColumn(table: "job", column: "call")
    static let reply = SealedColumn(table: "job", column: "reply")
    static let letter = SealedColumn(table: "dead_letter", column: "body")
    static let chore = SealedColumn(table: "provider_chore", column: "payload")
    static let seed = SealedColumn(table: "enrolment", column: "seed")

    static let all = [phone, pendingPlace, call, reply, letter, chore, seed]

    /// What an erasure leaves of a reply that cannot be read: no key has the id 0.
    static let blank = "x'00'"

    /// Columns of bytes that are hashes or plain, and stay as they are.
    static let others = [
        SealedColumn(table: "job", column: "fingerprint"), SealedColumn(table: "job", column: "lock_hmac"),
        SealedColumn(table: "enrolment", column: "ticket"), SealedColumn(table: "used_code", column: "hash"),
        SealedColumn(table: "code", column: "number_hmac"),
        SealedColumn(table: "pending", column: "number_hmac"), SealedColumn(table: "pending", column: "ticket"),
        SealedColumn(table: "client", column: "client_hmac"), SealedColumn(table: "tally", column: "key"),
        SealedColumn(table: "pace", column: "key"), SealedColumn(table: "bypass", column: "hash"),
        SealedColumn(table: "ticket", column: "hash"), SealedColumn(table: "letter_name", column: "hash"),
        SealedColumn(table: "audit_name", column: "hash"), SealedColumn(table: "history", column: "number_hmac"),
    ]

    /// Where a value of this column stands.
    func place(_ key: [String]) -> SealedPlace { SealedPlace(table: table, column: column, key: key) }

    /// Rows behind a place, in the order of their keys, with what is sealed in them.
    func rows(_ db: Database, after place: [DatabaseValue]?, limit: Int) throws -> [(
        key: [DatabaseValue], sealed: [UInt8]
    )] {
        let keys = try db.primaryKey(table).columns
        let list = keys.joined(separator: ", ")
        let behind = place.map { _ in "AND (\(list)) > (\(keys.map { _ in "?" }.joined(separator: ", ")))" } ?? ""
        // A job without a reply yet has an empty one.
        let isSealed = self == Self.reply ? "\(column) != x''" : "\(column) IS NOT NULL"
        let sql = """
            SELECT \(list), \(column) FROM \(table) WHERE \(isSealed) \(behind) ORDER BY \(list) LIMIT \(limit)
            """
        return try Row.fetchAll(db, sql: sql, arguments: StatementArguments(place ?? [])).map { row in
            let sealed: Data = row[keys.count]
            return (key: keys.indices.map { row[$0] as DatabaseValue }, sealed: Array(sealed))
        }
    }

    /// Opens a value of the row with this key.
    ///
    /// Older versions wrote replies as they are; such a one is taken as long as values are that are bound to no place.
    func open(_ sealed: [UInt8], of key: [DatabaseValue], _ sealing: Sealing) throws -> [UInt8] {
        if self == Self.reply, sealing.isPlain(reply: sealed) { return sealed }
        return try sealing.open(sealed, at: place(try key.map(Self.text)))
    }

    /// Seals a value for the row with this key.
    func seal(_ plain: [UInt8], of key: [DatabaseValue], _ sealing: Sealing) throws -> [UInt8] {
        try sealing.seal(plain, at: place(try key.map(Self.text)))
    }

    private static func text(_ value: DatabaseValue) throws -> String {
        guard let text = String.fromDatabaseValue(value) ?? Int64.fromDatabaseValue(value).map(String.init) else {
            throw NotReadable()
        }
        return text
    }

    func put(_ sealed: [UInt8], at key: [DatabaseValue], _ db: Database) throws {
        let condition = try db.primaryKey(table).columns.map { "\($0) = ?" }.joined(separator: " AND ")
        try db.execute(
            sql: "UPDATE \(table) SET \(column) = ? WHERE \(condition)",
            arguments: StatementArguments([Data(sealed).databaseValue] + key))
    }
}

extension Sealing {
    /// Older versions wrote replies as they are: JSON objects, and a brace is no id of a key that they had.
    func isPlain(reply: [UInt8]) -> Bool { !isBindingAll && reply.first == UInt8(ascii: "{") }
}
