import Basics
import Foundation
import GRDB
import Store
import TestKit
import Testing
import Wire

@testable import StoreSQLite

@Suite("Commits take turns", .timeLimit(.minutes(10))) struct CommitTurnsTests {
    @Test("a check that comes after hundreds of sends is written after one of them")
    func lanes() async throws {
        let world = try await World(.sqlite)
        let path = world.configuration.path
        let writer = try LockFile(path + ".writer")
        let commits = try GroupCommit(of: path, DatabasePool(path: path))
        try writer.lock()
        let order = Locked<[LaneName]>([])
        func submit(_ lane: LaneName) {
            commits.submit(
                GroupCommit.Operation(lane: lane) { _ in
                    order.withLock { $0.append(lane) }
                } end: { _ in
                })
        }
        for _ in 0..<300 { submit(.send) }
        submit(.check)
        writer.unlock()
        await commits.close()
        #expect(order.withLock { $0.count } == 301)
        #expect(order.withLock { $0.firstIndex(of: .check) ?? 301 } <= 2)
    }
}

extension GroupCommit {
    /// Commits to a store's file beside whoever else writes there.
    convenience init(
        of path: String, _ pool: DatabasePool, connections: HotConnections = HotConnections()
    ) throws {
        self.init(
            pool, writer: try LockFile(path + ".writer"), file: try OpenFile(path), watch: StoreWatch(),
            connections: connections)
    }
}
