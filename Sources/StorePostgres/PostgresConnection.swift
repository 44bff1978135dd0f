import Basics
import CPostgres
import Glibc

/// What a session has cost.
package struct PostgresCounts: Sendable, Equatable {
    /// How often the server's answer was waited for.
    package var roundTrips = 0
    /// Statements that were sent.
    package var statements = 0
    /// Commits of what was written, each of which waits for the server's disk.
    package var commits = 0

    package init(roundTrips: Int = 0, statements: Int = 0, commits: Int = 0) {
        (self.roundTrips, self.statements, self.commits) = (roundTrips, statements, commits)
    }

    package static func - (left: Self, right: Self) -> Self {
        Self(
            roundTrips: left.roundTrips - right.roundTrips, statements: left.statements - right.statements,
            commits: left.commits - right.commits)
    }
}

/// One connection to the server: the owner of its `PGconn`.
///
/// Statements are prepared when they first come and sent as a pipeline: ``queue(_:_:)`` sends nothing that anybody waits for, and
/// ``flush()`` waits for all that was queued, in one round trip. The socket never blocks: waiting is done in `poll(2)` with
/// an end, on the thread of the session that it belongs to, which nothing else runs on.
///
/// Used on that thread only.
final class PostgresConnection {
    /// A statement's answer, there once it was flushed.
    final class Answer {
        fileprivate var known: PostgresResult?

        func result() throws -> PostgresResult {
            guard let known else { throw PostgresFailure(.lost) }
            return known
        }
    }

    private enum Asked {
        /// To have a text prepared.
        case preparation(String)
        case statement(Answer)
    }

    private let handle: OpaquePointer
    /// The names that texts are prepared under.
    private var prepared: [String: String] = [:]
    private var asked: [Asked] = []
    private var lastName = 0
    private let patience: Duration
    var counts = PostgresCounts()
    private(set) var isBroken = false

    /// Connects, trying the hosts in turn.
    ///
    /// Blocks the thread for as long as the hosts' `connect_timeout` allows: only libpq's blocking way tries the next host when
    /// one does not answer in time, or takes no writes.
    ///
    /// - Parameter patience: how long an answer is waited for; the server's own limits come first.
    init(_ options: [(String, String)], patience: Duration) throws {
        self.patience = patience
        let made = Self.withStrings(options.map(\.0)) { keys in
            Self.withStrings(options.map(\.1)) { PQconnectdbParams(keys, $0, 0) }
        }
        guard let made else { throw PostgresFailure(.unreachable("there is no memory for a connection.")) }
        handle = made
        cpostgres_silence(made)
        guard PQstatus(made) == CONNECTION_OK, PQsetnonblocking(made, 1) == 0, PQenterPipelineMode(made) == 1 else {
            // What was made is let go of by `deinit`, which is called all the same.
            let why = String(cString: PQerrorMessage(made)).split(whereSeparator: \.isNewline).joined(separator: "; ")
            throw PostgresFailure(.unreachable(why))
        }
    }

    deinit { PQfinish(handle) }

    var descriptor: Int32 { PQsocket(handle) }

    /// Sends a statement without waiting for its answer.
    @discardableResult
    func queue(_ sql: String, _ values: [PostgresValue] = []) throws -> Answer {
        guard !isBroken else { throw PostgresFailure(.lost) }
        let name = try prepared[sql] ?? prepare(sql)
        let answer = Answer()
        try Self.sending(values) { count, values, lengths, formats in
            try sent(PQsendQueryPrepared(handle, name, count, values, lengths, formats, 1))
        }
        asked.append(.statement(answer))
        counts.statements += 1
        return answer
    }

    /// Waits for the answers to all that was queued.
    ///
    /// - Throws: the first failure, when all answers are in.
    func flush() throws {
        guard !isBroken else { throw PostgresFailure(.lost) }
        guard !asked.isEmpty else { return }
        counts.roundTrips += 1
        try sent(PQpipelineSync(handle))
        let waiting = asked
        asked = []
        let end = MonotonicTime.now() + patience
        var failure: PostgresFailure?
        for item in waiting {
            let failed = try take(item, until: end)
            failure = failure ?? failed
        }
        // Behind the last answer comes that of the synchronisation itself.
        while true {
            let result = try nextResult(until: end)
            defer { PQclear(result) }
            if result != nil, PQresultStatus(result) == PGRES_PIPELINE_SYNC { break }
            guard PQstatus(handle) == CONNECTION_OK else { throw broken() }
        }
        if let failure {
            if failure.endsConnection { isBroken = true }
            throw failure
        }
    }

    /// Asks, and waits for the answer and all before it.
    func fetch(_ sql: String, _ values: [PostgresValue] = []) throws -> PostgresResult {
        let answer = try queue(sql, values)
        try flush()
        return try answer.result()
    }

    /// While nothing was asked: what the server says of itself, such as that it ends.
    func listen() {
        guard !isBroken, asked.isEmpty else { return }
        if PQconsumeInput(handle) == 0 || PQstatus(handle) != CONNECTION_OK {
            isBroken = true
            return
        }
        // An error without a question is the server's good-bye.
        if PQisBusy(handle) == 0, let result = PQgetResult(handle) {
            if PQresultStatus(result) == PGRES_FATAL_ERROR { isBroken = true }
            PQclear(result)
        }
    }

    private func prepare(_ sql: String) throws -> String {
        lastName += 1
        let name = "s\(lastName)"
        try sent(PQsendPrepare(handle, name, sql, 0, nil))
        asked.append(.preparation(sql))
        // Forgotten again where the server refuses it, or never gets to it.
        prepared[sql] = name
        return name
    }

    /// The answer to one thing that was asked: a result and the end of its results.
    private func take(_ item: Asked, until end: MonotonicTime) throws -> PostgresFailure? {
        var failure: PostgresFailure?
        while let result = try nextResult(until: end) {
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
                switch item {
                case .preparation: PQclear(result)
                case .statement(let answer): answer.known = PostgresResult(result)
                }
            case PGRES_PIPELINE_ABORTED:
                forget(item)
                PQclear(result)
            default:
                let state =
                    PQresultErrorField(result, 67 /* PG_DIAG_SQLSTATE: 'C' */).map { String(cString: $0) } ?? ""
                failure = PQstatus(handle) == CONNECTION_OK ? PostgresFailure(sqlState: state) : lost(state)
                forget(item)
                PQclear(result)
                if PQstatus(handle) != CONNECTION_OK { throw failure ?? PostgresFailure(.lost) }
            }
        }
        return failure
    }

    /// A connection that broke behind the server's good-bye has broken for that reason.
    private func lost(_ state: String) -> PostgresFailure {
        isBroken = true
        return state.isEmpty ? PostgresFailure(.lost) : PostgresFailure(sqlState: state)
    }

    private func forget(_ item: Asked) {
        if case .preparation(let sql) = item { prepared[sql] = nil }
    }

    /// - Returns: `nil` behind the last result of a statement.
    private func nextResult(until end: MonotonicTime) throws -> OpaquePointer? {
        while PQisBusy(handle) != 0 {
            let unsent = PQflush(handle)
            guard unsent >= 0 else { throw broken() }
            try wait(for: Int16(unsent > 0 ? POLLIN | POLLOUT : POLLIN), until: end)
            guard PQconsumeInput(handle) == 1 else { throw broken() }
        }
        return PQgetResult(handle)
    }

    private func wait(for events: Int16, until end: MonotonicTime) throws {
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        let left = end - .now()
        guard left > .zero else {
            isBroken = true
            throw PostgresFailure(.silent)
        }
        // Rounded up; a signal only makes it look again.
        _ = poll(&entry, 1, Int32(clamping: left.milliseconds + 1))
    }

    private func sent(_ result: Int32) throws {
        guard result == 1 else { throw broken() }
    }

    private func broken() -> PostgresFailure {
        isBroken = true
        return PostgresFailure(.lost)
    }

    /// Lends parameters as libpq wants them: where each begins, how long it is, and whether it is binary.
    private static func sending(
        _ values: [PostgresValue],
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) throws ->
            Void
    ) throws {
        let encoded = values.map(\.encoded)
        var bytes: [UInt8] = []
        var places: [Int?] = []
        for value in encoded {
            places.append(value.map { _ in bytes.count })
            bytes.append(contentsOf: value?.bytes ?? [])
        }
        // What is empty has a place, too: no place would be NULL.
        bytes.append(0)
        let lengths = encoded.map { Int32($0?.bytes.count ?? 0) }
        let formats = encoded.map { Int32($0?.isBinary == true ? 1 : 0) }
        try bytes.withUnsafeBytes { bytes in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            let pointers = places.map { place in place.flatMap { place in start.map { $0 + place } } }
            try body(Int32(values.count), pointers, lengths, formats)
        }
    }

    /// Lends strings as C wants them: an array that ends with a null pointer.
    private static func withStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return (copies.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { preconditionFailure("the list ends with a null pointer") }
            return body(start)
        }
    }
}
