/// A value of a row, the same in every kind of store.
package enum CopiedValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
}

/// A store that is read for a copy of it: nobody works on it meanwhile.
package protocol CopySource: Sendable {
    /// The file with the keys that its values are sealed with.
    var keyFile: String { get }

    /// Rows behind a place, in the order of the table's key, by the table's columns.
    func rows(
        of table: CopiedTable, after place: [CopiedValue]?, limit: Int
    ) async throws(StoreError) -> [[CopiedValue]]

    /// The last number that a row of it was given, whether it is there any more or not.
    func lastNumber(of table: CopiedTable) async throws(StoreError) -> Int64

    /// What is one number; `nil` where the store does not say.
    func fact(_ name: String) async throws(StoreError) -> Int64?

    /// Lets others work on it again.
    func close() async
}

/// A place where a store comes to be: it is none before the last step, and all of it is there behind that one.
package protocol CopyTarget: Sendable {
    /// A text as this kind of store can keep it.
    func storable(_ text: String) -> String

    func add(_ rows: [[CopiedValue]], to table: CopiedTable) async throws(StoreError)

    /// What is there so far, as of a ``CopySource``.
    func rows(
        of table: CopiedTable, after place: [CopiedValue]?, limit: Int
    ) async throws(StoreError) -> [[CopiedValue]]

    /// The next row of it gets a larger one.
    func setLastNumber(_ number: Int64, of table: CopiedTable) async throws(StoreError)

    func setFact(_ name: String, _ number: Int64) async throws(StoreError)

    /// Makes a store of it, on disk.
    func finish() async throws(StoreError)

    /// Leaves nothing behind.
    func abandon() async
}

/// Takes a store from one kind to another: row by row, and then each compared with what it came from.
///
/// What is sealed goes as it is: it is bound to places that have the same names in every kind of store.
package enum StoreCopying {
    private static let step = 500

    /// Refused while a worker works on the store.
    ///
    /// - Throws: ``StoreError``, `.exists` where there is a store at the target; nothing is left there when it fails.
    package static func copy(
        from store: any StoreDriver, to place: any StoreDriver
    ) async throws(StoreError) {
        let source = try await store.copySource()
        do throws(StoreError) {
            try await copy(source, into: try await place.copyTarget(keyFile: source.keyFile))
        } catch {
            await source.close()
            throw error
        }
        await source.close()
    }

    /// Leaves nothing of the target when it fails.
    package static func copy(_ source: any CopySource, into target: any CopyTarget) async throws(StoreError) {
        do throws(StoreError) {
            try await fill(target, from: source)
            try await compare(target, with: source)
            try await target.finish()
        } catch {
            await target.abandon()
            throw error
        }
    }

    private static func fill(_ target: any CopyTarget, from source: any CopySource) async throws(StoreError) {
        var done = 0
        for table in CopiedTable.all {
            var place: [CopiedValue]?
            repeat {
                let rows = try await source.rows(of: table, after: place, limit: step)
                try await target.add(rows.map { table.storable($0, at: target) }, to: table)
                done += rows.count
                StoreProgress.told?(StoreProgress("rows copied", done))
                place = rows.count == step ? rows.last.map(table.key) : nil
            } while place != nil
            guard table.isNumbered else { continue }
            try await target.setLastNumber(try await source.lastNumber(of: table), of: table)
        }
        for name in CopiedTable.facts {
            if let number = try await source.fact(name) { try await target.setFact(name, number) }
        }
    }

    private static func compare(_ target: any CopyTarget, with source: any CopySource) async throws(StoreError) {
        var done = 0
        for table in CopiedTable.all {
            var place: [CopiedValue]?
            repeat {
                let rows = try await source.rows(of: table, after: place, limit: step)
                let copies = try await target.rows(of: table, after: place, limit: step)
                guard rows.map({ table.storable($0, at: target) }) == copies else {
                    throw StoreError(
                        .corrupt,
                        """
                        A row of \(table.name) did not arrive as it was: the copy is given up. 'store check' tells whether \
                        the store is sound.
                        """)
                }
                done += rows.count
                StoreProgress.told?(StoreProgress("rows compared", done))
                place = rows.count == step ? rows.last.map(table.key) : nil
            } while place != nil
        }
    }
}

extension CopiedTable {
    /// A row as it can be kept there; what it is found and bound by goes as it is, or not at all.
    fileprivate func storable(_ row: [CopiedValue], at target: any CopyTarget) -> [CopiedValue] {
        row.enumerated().map { index, value in
            guard index >= keyLength, case .text(let text) = value else { return value }
            return .text(target.storable(text))
        }
    }
}
