import Basics
import Foundation
import GRDB
import Glibc

/// Whether somebody keeps everybody else from writing, and who.
enum WriteLock {
    /// The byte of the `-shm` file that SQLite locks for writing in WAL mode (wal.c: `WAL_WRITE_LOCK`).
    private static let byte = 120

    /// Waits as long as a worker's connection would.
    ///
    /// - Returns: who holds it, in words; `nil` when it could be taken, and was let go of at once.
    static func holder(_ path: String) throws -> String? {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction { db in
            do {
                try db.beginTransaction(.immediate)
                try db.rollback()
                return nil
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                return process(path).map { "process \($0)" } ?? "another program"
            }
        }
    }

    /// By the kernel's list of locks.
    ///
    /// Opening the file to ask by `fcntl` would drop locks of this very process.
    private static func process(_ path: String) -> String? {
        var status = stat()
        guard stat(path + "-shm", &status) == 0,
            // Foundation takes the end of the kernel's first piece for the end of the list.
            let locks = try? DescriptorInput.read(path: "/proc/locks", atMost: 16 << 20)
        else { return nil }
        for line in String(decoding: locks, as: UTF8.self).split(separator: "\n") {
            // `1: POSIX ADVISORY WRITE 4242 fe:00:1234 120 120`
            let fields = line.split(separator: " ")
            guard fields.count >= 8, fields[3] == "WRITE", fields[5].hasSuffix(":\(status.st_ino)"),
                let first = Int(fields[6]), let id = Int32(fields[4]), id != getpid()
            else { continue }
            guard first <= byte, fields[7] == "EOF" || byte <= Int(fields[7]) ?? 0 else { continue }
            let name = try? String(contentsOfFile: "/proc/\(id)/comm", encoding: .utf8)
            return "\(id)" + (name.map { " (\($0.trimmingCharacters(in: .whitespacesAndNewlines)))" } ?? "")
        }
        return nil
    }
}
