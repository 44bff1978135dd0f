import Basics
import CPostgres
import Store

/// Why a row cannot be read: told apart from what the database itself says, which is of the store.
struct NotReadable: Error {}

/// The rows that a statement gave.
///
/// Owns the `PGresult`, and lets go of it with its own end.
final class PostgresResult {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { PQclear(handle) }

    var count: Int { Int(PQntuples(handle)) }
    /// How many rows a statement changed.
    var changes: Int { Int(String(cString: PQcmdTuples(handle))) ?? 0 }
    /// What the server says that it did, such as `COMMIT`.
    var command: String { String(cString: PQcmdStatus(handle)) }

    var rows: [PostgresRow] { (0..<count).map { PostgresRow(result: self, index: Int32($0)) } }
    var first: PostgresRow? { count > 0 ? PostgresRow(result: self, index: 0) : nil }

    fileprivate func isNull(_ row: Int32, _ column: Int) -> Bool { PQgetisnull(handle, row, Int32(column)) != 0 }

    /// The bytes of a value, which last as long as the result.
    fileprivate func value(_ row: Int32, _ column: Int) throws -> (bytes: UnsafeRawBufferPointer, type: Oid) {
        guard column < Int(PQnfields(handle)), !isNull(row, column), let start = PQgetvalue(handle, row, Int32(column))
        else {
            throw NotReadable()
        }
        let length = Int(PQgetlength(handle, row, Int32(column)))
        return (UnsafeRawBufferPointer(start: start, count: length), PQftype(handle, Int32(column)))
    }
}

/// One row, its columns by index.
///
/// A value of another type than its column's is an error and no trap: such a row cannot be read.
struct PostgresRow {
    private enum Kind {
        static let bool: Oid = 16
        static let bytes: Oid = 17
        static let int8: Oid = 20
        static let int4: Oid = 23
        static let text: Oid = 25
    }

    fileprivate let result: PostgresResult
    fileprivate let index: Int32

    func isNull(_ column: Int) -> Bool { result.isNull(index, column) }

    func integer(_ column: Int) throws -> Int64 {
        let (bytes, type) = try result.value(index, column)
        switch (type, bytes.count) {
        case (Kind.int8, 8): return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        case (Kind.int4, 4): return Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        case (Kind.bool, 1): return Int64(bytes[0])
        case _: throw NotReadable()
        }
    }

    func text(_ column: Int) throws -> String {
        let (bytes, type) = try result.value(index, column)
        guard type == Kind.text, let text = String(validating: bytes, as: UTF8.self) else { throw NotReadable() }
        return text
    }

    func bytes(_ column: Int) throws -> [UInt8] {
        let (bytes, type) = try result.value(index, column)
        guard type == Kind.bytes else { throw NotReadable() }
        return Array(bytes)
    }

    /// Whatever it is.
    func copied(_ column: Int) throws -> CopiedValue {
        if isNull(column) { return .null }
        let (bytes, type) = try result.value(index, column)
        return switch type {
        case Kind.text: .text(try text(column))
        case Kind.bytes: .bytes(Array(bytes))
        case _: .integer(try integer(column))
        }
    }

    func number(_ column: Int) throws -> Int { Int(try integer(column)) }
    func flag(_ column: Int) throws -> Bool { try integer(column) != 0 }
    func time(_ column: Int) throws -> Timestamp { Timestamp(milliseconds: try integer(column)) }

    func integerIfAny(_ column: Int) throws -> Int64? { isNull(column) ? nil : try integer(column) }
    func textIfAny(_ column: Int) throws -> String? { isNull(column) ? nil : try text(column) }
    func bytesIfAny(_ column: Int) throws -> [UInt8]? { isNull(column) ? nil : try bytes(column) }
    func timeIfAny(_ column: Int) throws -> Timestamp? { isNull(column) ? nil : try time(column) }

    /// Numbers in text with something between them; none of an empty column.
    func integers(_ column: Int, separatedBy separator: Character) throws -> [Int64] {
        guard let text = try textIfAny(column) else { return [] }
        return try text.split(separator: separator).map {
            guard let value = Int64($0) else { throw NotReadable() }
            return value
        }
    }

    /// A value of a closed list that a newer version may have made longer.
    func choice<Value: RawRepresentable>(_ column: Int) throws -> Value where Value.RawValue == String {
        guard let value = Value(rawValue: try text(column)) else { throw NotReadable() }
        return value
    }

    func choice<Value: RawRepresentable>(_ column: Int) throws -> Value where Value.RawValue == Int {
        guard let value = Value(rawValue: try number(column)) else { throw NotReadable() }
        return value
    }

    /// The same of a column that may be empty.
    func choiceIfAny<Value: RawRepresentable>(_ column: Int) throws -> Value? where Value.RawValue == String {
        isNull(column) ? nil : try choice(column)
    }
}
