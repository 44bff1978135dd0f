import Foundation
import GRDB
import Store

/// Where sealed values are: what a new key has to reach, and what a check opens.
struct SealedColumn: Sendable, Hashable {
    var table: String
    var column: String

    static let all = [
        SealedColumn(table: "user", column: "phone"), SealedColumn(table: "pending", column: "place"),
        SealedColumn(table: "job", column: "call"), SealedColumn(table: "job", column: "reply"),
        SealedColumn(table: "dead_letter", column: "body"), SealedColumn(table: "provider_chore", column: "payload"),
        SealedColumn(table: "enrolment", column: "seed"),
    ]

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

    /// Rows behind a place, in the order of their keys, with what is sealed in them.
    func rows(_ db: Database, after place: [DatabaseValue]?, limit: Int) throws -> [(
        key: [DatabaseValue], sealed: [UInt8]
    )] {
        let keys = try db.primaryKey(table).columns
        let list = keys.joined(separator: ", ")
        let behind = place.map { _ in "AND (\(list)) > (\(keys.map { _ in "?" }.joined(separator: ", ")))" } ?? ""
        // A job without a reply yet has an empty one, and older versions wrote replies as they are: a brace is no key's id.
        let isSealed =
            column == "reply" ? "\(column) != x'' AND substr(\(column), 1, 1) != x'7b'" : "\(column) IS NOT NULL"
        let sql = """
            SELECT \(list), \(column) FROM \(table) WHERE \(isSealed) \(behind) ORDER BY \(list) LIMIT \(limit)
            """
        return try Row.fetchAll(db, sql: sql, arguments: StatementArguments(place ?? [])).map { row in
            let sealed: Data = row[keys.count]
            return (key: keys.indices.map { row[$0] as DatabaseValue }, sealed: Array(sealed))
        }
    }

    func put(_ sealed: [UInt8], at key: [DatabaseValue], _ db: Database) throws {
        let condition = try db.primaryKey(table).columns.map { "\($0) = ?" }.joined(separator: " AND ")
        try db.execute(
            sql: "UPDATE \(table) SET \(column) = ? WHERE \(condition)",
            arguments: StatementArguments([Data(sealed).databaseValue] + key))
    }
}
