import Basics
import Foundation
import GRDB
import Store
import Wire

/// What a transaction came upon, for whoever tells of it once the transaction is over.
final class RowNotes {
    struct Told: Sendable {
        /// Rows that were passed over because they cannot be read.
        var passedOver: [UnreadableRecord] = []
        /// Dead letters that went because there were too many.
        var lettersDropped = 0
        /// Outcomes that were recorded.
        var outcomes = 0
    }

    var told = Told()
    /// Something went that tells of people: it has to leave the log as well.
    var forgets = false
}

/// Why a row cannot be read: told apart from what SQLite itself says, which is of the store.
struct NotReadable: Error {}

extension Row {
    /// A column's value; an error, and no trap, where it is of another type.
    func at<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ index: Int) throws -> Value {
        try decode(atIndex: index)
    }
}

/// A row that cannot be read ends the job that needs it and nothing else: its trouble is told apart from the store's here,
/// in one place.
extension SQLiteRows {
    var unreadable: Int { notes.told.passedOver.count }

    /// Whatever goes wrong in reading a row is the row's, unless SQLite itself fails.
    ///
    /// - Parameter key: finds the row in its table; never a value of it.
    func reading<Value>(_ table: String, _ key: @autoclosure () -> String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error where error is DatabaseError {
            throw error
        } catch let error as StoreError where error.record != nil {
            throw error
        } catch {
            throw StoreError(unreadable: UnreadableRecord(table: table, key: key()))
        }
    }

    /// What `body` makes; `nil`, and a note, for a row that cannot be read.
    func readable<Value>(_ body: () throws -> Value) throws -> Value? {
        do {
            return try body()
        } catch let error as StoreError {
            guard let record = error.record else { throw error }
            notes.told.passedOver.append(record)
            return nil
        }
    }

    /// The first rows that can be read.
    ///
    /// Those that cannot are passed over, however many stand in front; that of very many only some are looked at bounds
    /// what one look costs.
    func firstReadable<Value>(
        _ limit: Int, _ sql: String, _ arguments: StatementArguments, _ read: (Row) throws -> Value
    ) throws -> [Value] {
        var found: [Value] = []
        var seen = 0
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        while found.count < limit, seen < limit + Self.mostPassedOver, let row = try rows.next() {
            seen += 1
            if let value = try readable({ try read(row) }) { found.append(value) }
        }
        return found
    }

    private static var mostPassedOver: Int { 1000 }

    func key(_ key: JobKey) -> String { "\(key.frontEnd)/\(key.messageID)" }
    func key(_ login: LoginKey) -> String { "\(login.user)/\(login.application.rawValue)/\(login.login)" }
    func key(_ hash: Data) -> String { hash.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }

    func damaged(_ job: JobKey) -> any Error {
        StoreError(unreadable: UnreadableRecord(table: "job", key: key(job)))
    }
}
