import Basics
import Foundation

/// A PostgreSQL server of this test process's own, through deploy/postgres.sh.
///
/// One server for all tests, and a schema for each: a schema costs a few milliseconds, a server a second.
package final class PrivatePostgres: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Where its socket is.
    package let folder: String
    package let port: Int
    private let directory: String
    /// Schemas that nobody needs any more; they go with the next one that is made.
    private let over = Locked<[String]>([])

    private static let starting = queue(1)
    private static let commands = queue(2)
    private static let known = Locked<PrivatePostgres?>(nil)

    private init(directory: String) throws {
        let text = try String(contentsOfFile: directory + "/env", encoding: .utf8)
        let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
            let sides = line.split(separator: "=", maxSplits: 1)
            return sides.count == 2 ? (String(sides[0]), String(sides[1])) : nil
        }
        let values = Dictionary(pairs, uniquingKeysWith: { $1 })
        guard let folder = values["POSTGRES_SOCKET"], let port = values["POSTGRES_PORT"].flatMap(Int.init) else {
            throw Failure(description: "no POSTGRES_SOCKET in \(directory)/env")
        }
        (self.directory, self.folder, self.port) = (directory, folder, port)
    }

    /// The server of `VERIFY_COURIER_TEST_POSTGRES_DIR`, or one that ends with this process.
    package static func shared() async throws -> PrivatePostgres {
        if let server = known.withLock({ $0 }) { return server }
        return try await blocking(starting) {
            if let server = known.withLock({ $0 }) { return server }
            let given = ProcessInfo.processInfo.environment["VERIFY_COURIER_TEST_POSTGRES_DIR"]
            let server = try given.map(PrivatePostgres.init(directory:)) ?? start("start")
            known.withLock { $0 = server }
            return server
        }
    }

    /// How many stores are at the common server at once: each has some processes there.
    private static let most = 32
    private static let inUse = Watched(0)

    /// A fresh schema at the common server, once there is room for one more store.
    ///
    /// ``drop(shared:)`` makes room again.
    package static func sharedSchema() async throws -> (server: PrivatePostgres, location: String) {
        try await Wait.until("room for a store at the database server", timeout: Wait.timeout * 2) {
            var hasRoom = false
            inUse.update { inUse in
                hasRoom = inUse < most
                if hasRoom { inUse += 1 }
            }
            return hasRoom
        }
        do {
            let server = try await shared()
            return (server, try await server.makeSchema())
        } catch {
            inUse.update { $0 -= 1 }
            throw error
        }
    }

    /// Nobody works any more in a schema of ``sharedSchema()``.
    package func drop(shared location: String) {
        drop(location)
        Self.inUse.update { $0 -= 1 }
    }

    /// A server that ends with this process, for one suite alone, which may do to it what it likes.
    package static func own() async throws -> PrivatePostgres {
        try await blocking(commands) { try start("start") }
    }

    /// A read-only standby of this one.
    package func standby() async throws -> PrivatePostgres {
        try await Self.blocking(Self.commands) { [directory] in try Self.start("standby", directory) }
    }

    /// A fresh schema's place, as it stands behind `postgres:` in a URL.
    package func makeSchema() async throws -> String {
        let name = "t" + RandomID.hex(bytes: 6)
        let over = over.withLock { over in
            defer { over = [] }
            return over
        }
        try await run(over.map { "DROP SCHEMA IF EXISTS \($0) CASCADE;" }.joined() + "CREATE SCHEMA \(name);")
        return location(of: name)
    }

    /// The place of a schema, also at another server that has the same ones.
    package func location(of schema: String) -> String {
        "//tests@/postgres?host=\(folder)&port=\(port)&options=-csearch_path%3D\(schema)"
    }

    /// Nobody works in that schema any more.
    package func drop(_ location: String) {
        guard let name = location.split(separator: "D").last else { return }
        over.withLock { $0.append(String(name)) }
    }

    /// Runs statements as another program would.
    ///
    /// - Parameter location: a schema's place; the server's own without.
    /// - Returns: what they give, columns separated by `|`.
    @discardableResult
    package func run(_ sql: String, at location: String? = nil) async throws -> String {
        let place = "postgresql:" + (location ?? "//tests@/postgres?host=\(folder)&port=\(port)")
        return try await Self.blocking(Self.commands) {
            try Self.script([
                "program", "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1",
                "--single-transaction", "--dbname=\(place)", "--command=\(sql)",
            ])
        }
    }

    /// Runs a statement that no transaction may hold.
    package func command(_ sql: String) async throws {
        try await program("psql", at: "//tests@/postgres?host=\(folder)&port=\(port)", ["--quiet", "--command=\(sql)"])
    }

    /// Runs one of the server's own programs, such as `pg_dump`, at a place.
    package func program(_ name: String, at location: String, _ arguments: [String] = []) async throws {
        _ = try await Self.blocking(Self.commands) {
            try Self.script(["program", name, "--dbname=postgresql:\(location)"] + arguments)
        }
    }

    /// As `kill -9` of the server and all that it runs; ``startAgain()`` brings it up.
    package func kill() async throws {
        _ = try await Self.blocking(Self.commands) { [directory] in try Self.script(["kill", directory]) }
    }

    package func startAgain() async throws {
        _ = try await Self.blocking(Self.commands) { [directory] in try Self.script(["start", directory]) }
    }

    /// Makes a standby one that takes writes.
    package func promote() async throws {
        _ = try await Self.blocking(Self.commands) { [directory] in try Self.script(["promote", directory]) }
    }

    /// Has it show the certificate of that folder from now on.
    package func showCertificate(of folder: String) async throws {
        _ = try await Self.blocking(Self.commands) { [directory] in try Self.script(["tls", directory, folder]) }
    }

    private static func start(_ verb: String, _ more: String...) throws -> PrivatePostgres {
        let directory = NSTemporaryDirectory() + "verify-courier-postgres-" + RandomID.hex(bytes: 6)
        try watch(directory)
        _ = try script([verb, directory] + more)
        return try PrivatePostgres(directory: directory)
    }

    /// A shell that outlives this process and stops the server after it, however it ends.
    private static func watch(_ directory: String) throws {
        let loop = "while kill -0 \"$1\" 2>/dev/null; do sleep 1; done; \"$2\" stop \"$3\"; rm -rf \"$3\""
        // In a session of its own: a Ctrl-C is not for it. Kept for good, since a child that is let go is killed.
        let arguments = ["bash", "-c", loop, "watch", "\(getpid())", scriptPath, directory]
        let watch = try ChildProcess("setsid", arguments)
        watches.withLock { $0.append(watch) }
    }

    private static let watches = Locked<[ChildProcess]>([])

    private static var scriptPath: String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return root.deletingLastPathComponent().appendingPathComponent("deploy/postgres.sh").path
    }

    private static func script(_ arguments: [String]) throws -> String {
        do {
            return String(decoding: try Tool(scriptPath, arguments).runAndBlock(), as: UTF8.self)
        } catch {
            throw Failure(description: "postgres.sh \(arguments.first ?? ""): \(error)")
        }
    }

    private static func queue(_ width: Int) -> OperationQueue {
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = width
        return queue
    }

    /// Waits for processes off the threads that tasks run on.
    private static func blocking<T: Sendable>(
        _ queue: OperationQueue, _ body: @escaping @Sendable () throws -> T
    ) async throws -> T {
        try await Wait.bounded("a command of the database server's", timeout: Wait.timeout * 2) {
            try await withCheckedThrowingContinuation { continuation in
                queue.addOperation { continuation.resume(with: Result { try body() }) }
            }
        }
    }
}
