/// Where a sealed value stands.
///
/// It opens there and nowhere else: whoever can write the store's file, but has no key, cannot move one person's number
/// into another's row.
package struct SealedPlace: Sendable, Hashable {
    package var table: String
    package var column: String
    /// The row's primary key, column by column; numbers in decimal.
    package var key: [String]

    package init(table: String, column: String, key: [String]) {
        self.table = table
        self.column = column
        self.key = key
    }

    /// What is authenticated with a value: the key's id, then each text behind its length in bytes (32 bits, big-endian), so
    /// that no two places meet.
    func authenticated(with id: UInt8) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1 + key.reduce(8 + table.utf8.count + column.utf8.count) { $0 + 4 + $1.utf8.count })
        bytes.append(id)
        Self.append(table, to: &bytes)
        Self.append(column, to: &bytes)
        for text in key { Self.append(text, to: &bytes) }
        return bytes
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        let count = UInt32(text.utf8.count)
        for shift in stride(from: 24, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
        bytes.append(contentsOf: text.utf8)
    }
}
