import Basics
import Foundation
import GRDB

/// Another program at the store's file, such as `sqlite3` in somebody's terminal.
final class ExclusiveHolder: Sendable {
    private let queue: DatabaseQueue

    /// Begins a transaction that lets nobody else write.
    init(_ path: String) throws {
        queue = try Self.queue(path)
        try queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
    }

    func release() throws {
        try queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    }

    static func run(_ sql: String, _ path: String) throws {
        try queue(path).write { try $0.execute(sql: sql) }
    }

    private static func queue(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(10)
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}
