import Basics
import GRDB
import GRDBSQLite
import Store

/// The columns of a row by index.
///
/// A value of another type than its column's is an error and no trap: such a row cannot be read.
protocol Columns {
    func isNull(_ index: Int) -> Bool
    func integer(_ index: Int) throws -> Int64
    func text(_ index: Int) throws -> String
    func bytes(_ index: Int) throws -> [UInt8]
}

extension Columns {
    func number(_ index: Int) throws -> Int { Int(try integer(index)) }
    func flag(_ index: Int) throws -> Bool { try integer(index) != 0 }
    func time(_ index: Int) throws -> Timestamp { Timestamp(milliseconds: try integer(index)) }

    func textIfAny(_ index: Int) throws -> String? { isNull(index) ? nil : try text(index) }
    func bytesIfAny(_ index: Int) throws -> [UInt8]? { isNull(index) ? nil : try bytes(index) }
    func timeIfAny(_ index: Int) throws -> Timestamp? { isNull(index) ? nil : try time(index) }

    /// A value of a closed list that a newer version may have made longer.
    func choice<Value: RawRepresentable>(_ index: Int) throws -> Value where Value.RawValue == String {
        guard let value = Value(rawValue: try text(index)) else { throw NotReadable() }
        return value
    }

    func choice<Value: RawRepresentable>(_ index: Int) throws -> Value where Value.RawValue == Int {
        guard let value = Value(rawValue: try number(index)) else { throw NotReadable() }
        return value
    }

    /// The same of a column that may be empty.
    func choiceIfAny<Value: RawRepresentable>(_ index: Int) throws -> Value? where Value.RawValue == String {
        isNull(index) ? nil : try choice(index)
    }
}

extension Row: Columns {
    func isNull(_ index: Int) -> Bool { hasNull(atIndex: index) }

    func integer(_ index: Int) throws -> Int64 {
        guard case .int64(let value) = (self[index] as DatabaseValue).storage else { throw NotReadable() }
        return value
    }

    func text(_ index: Int) throws -> String {
        guard case .string(let value) = (self[index] as DatabaseValue).storage else { throw NotReadable() }
        return value
    }

    func bytes(_ index: Int) throws -> [UInt8] {
        guard case .blob(let value) = (self[index] as DatabaseValue).storage else { throw NotReadable() }
        return Array(value)
    }
}

/// A statement that a connection prepares once and runs with nearly every job: its values are bound and read in place,
/// without a row, a list of arguments, or its text being looked up.
///
/// GRDB owns what is underneath, and finalizes it.
///
/// Used on its connection's queue only, and by one at a time.
final class HotStatement {
    private let statement: Statement
    private let bound = BoundBytes()
    private var handle: OpaquePointer { statement.sqliteStatement }

    init(_ sql: String, _ db: Database) throws { statement = try db.makeStatement(sql: sql) }

    deinit { sqlite3_clear_bindings(handle) }

    /// Runs a statement that gives no rows.
    func run(_ bind: (inout Values) throws -> Void) throws {
        try begin(bind)
        defer { sqlite3_reset(handle) }
        _ = try step()
    }

    /// - Returns: what `read` makes of the first row; `nil` when there is none.
    func first<Value>(_ bind: (inout Values) throws -> Void, _ read: (HotRow) throws -> Value) throws -> Value? {
        try begin(bind)
        defer { sqlite3_reset(handle) }
        return try step() ? try read(HotRow(handle: handle)) : nil
    }

    /// Hands each row to `read`.
    func each(_ bind: (inout Values) throws -> Void, _ read: (HotRow) throws -> Void) throws {
        try begin(bind)
        defer { sqlite3_reset(handle) }
        while try step() { try read(HotRow(handle: handle)) }
    }

    private func begin(_ bind: (inout Values) throws -> Void) throws {
        bound.clear()
        var values = Values(handle: handle, bound: bound)
        try bind(&values)
        guard values.isWell, values.count == sqlite3_bind_parameter_count(handle) else {
            throw StoreError(.failed, "A statement of the store did not get the values that it needs.")
        }
    }

    private func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
    }

    /// Takes the values of a statement's parameters, one after the other.
    struct Values {
        fileprivate let handle: OpaquePointer
        fileprivate let bound: BoundBytes
        fileprivate var count: Int32 = 0
        fileprivate var isWell = true

        fileprivate init(handle: OpaquePointer, bound: BoundBytes) {
            self.handle = handle
            self.bound = bound
        }

        private mutating func next(_ bind: (OpaquePointer, Int32) -> Int32) {
            count += 1
            if bind(handle, count) != SQLITE_OK { isWell = false }
        }

        mutating func null() { next { sqlite3_bind_null($0, $1) } }

        mutating func integer(_ value: (some BinaryInteger)?) {
            guard let value else { return null() }
            next { sqlite3_bind_int64($0, $1, Int64(value)) }
        }

        mutating func flag(_ value: Bool) { integer(value ? 1 : 0) }
        mutating func time(_ value: Timestamp?) { integer(value?.milliseconds) }

        mutating func text(_ value: String?) {
            guard var value else { return null() }
            next { [bound] handle, index in
                value.withUTF8 {
                    // Without a destructor (`SQLITE_STATIC`) SQLite reads where it is told to.
                    let kept = bound.keep(UnsafeRawBufferPointer($0)).assumingMemoryBound(to: CChar.self)
                    return sqlite3_bind_text(handle, index, kept, Int32($0.count), nil)
                }
            }
        }

        mutating func bytes(_ value: [UInt8]?) {
            guard let value else { return null() }
            next { [bound] handle, index in
                value.withUnsafeBytes { sqlite3_bind_blob(handle, index, bound.keep($0), Int32($0.count), nil) }
            }
        }
    }
}

/// Where the values of a statement lie while it runs.
///
/// SQLite's own copies would be an allocation each; these last from one run to the next.
private final class BoundBytes {
    private static let least = 1024
    private var blocks = [block(least)]
    /// Of the last block.
    private var used = 0

    deinit { free() }

    /// Copies `bytes` to where they stay until ``clear()``.
    ///
    /// What is empty has a place, too: no place would be NULL.
    func keep(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer {
        if blocks[blocks.count - 1].size - used < bytes.count {
            blocks.append(Self.block(max(bytes.count, Self.least)))
            used = 0
        }
        let place = blocks[blocks.count - 1].start + used
        if let start = bytes.baseAddress { place.copyMemory(from: start, byteCount: bytes.count) }
        used += bytes.count
        return UnsafeRawPointer(place)
    }

    /// While the statement does not run.
    ///
    /// What took several blocks has room in one from now on.
    func clear() {
        used = 0
        guard blocks.count > 1 else { return }
        free()
        blocks = [Self.block(blocks.reduce(0) { $0 + $1.size })]
    }

    private func free() { for block in blocks { block.start.deallocate() } }

    private static func block(_ size: Int) -> (start: UnsafeMutableRawPointer, size: Int) {
        (.allocate(byteCount: size, alignment: 1), size)
    }
}

/// The row that a statement stands at; gone with the next one.
struct HotRow: Columns {
    fileprivate let handle: OpaquePointer

    private func require(_ index: Int, _ type: Int32) throws {
        guard sqlite3_column_type(handle, Int32(index)) == type else { throw NotReadable() }
    }

    func isNull(_ index: Int) -> Bool { sqlite3_column_type(handle, Int32(index)) == SQLITE_NULL }

    func integer(_ index: Int) throws -> Int64 {
        try require(index, SQLITE_INTEGER)
        return sqlite3_column_int64(handle, Int32(index))
    }

    func text(_ index: Int) throws -> String {
        try require(index, SQLITE_TEXT)
        guard let text = sqlite3_column_text(handle, Int32(index)) else { throw NotReadable() }
        let count = Int(sqlite3_column_bytes(handle, Int32(index)))
        return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    }

    /// The numbers that a text lists; none where there is no text.
    func integers(_ index: Int, separatedBy separator: UInt8) throws -> [Int64] {
        guard !isNull(index) else { return [] }
        try require(index, SQLITE_TEXT)
        guard let start = sqlite3_column_text(handle, Int32(index)) else { throw NotReadable() }
        let text = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, Int32(index))))
        var numbers: [Int64] = []
        numbers.reserveCapacity(text.count(where: { $0 == separator }) + 1)
        var rest = text[...]
        while true {
            let end = rest.firstIndex(of: separator) ?? rest.endIndex
            guard let number = Int64(Substring(decoding: rest[..<end], as: UTF8.self)) else { throw NotReadable() }
            numbers.append(number)
            guard end < rest.endIndex else { return numbers }
            rest = rest[(end + 1)...]
        }
    }

    func bytes(_ index: Int) throws -> [UInt8] {
        try require(index, SQLITE_BLOB)
        let bytes = sqlite3_column_blob(handle, Int32(index))
        return Array(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, Int32(index)))))
    }
}
