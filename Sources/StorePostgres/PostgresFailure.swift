import CPostgres
import Store

/// What went wrong at the database, without any words of a statement or a value.
///
/// PostgreSQL's own messages quote values, so of a statement only its SQLSTATE is taken over. What it says of a connection that
/// could not be made is told: it names host, port, user and database, and no password.
struct PostgresFailure: Error, Equatable {
    enum Kind: Equatable {
        /// The server refused a statement, by its SQLSTATE.
        case refused(String)
        /// No connection could be made.
        case unreachable(String)
        /// The connection was lost; what had been asked may have been done.
        case lost
        /// The server did not answer in time.
        case silent
    }

    var kind: Kind
    /// A commit was under way: whether it took place is not known.
    var mayHaveCommitted = false

    init(_ kind: Kind) { self.kind = kind }

    init(sqlState: String) { kind = .refused(sqlState) }

    /// Whether the connection is of no use any more.
    var endsConnection: Bool {
        switch kind {
        case .unreachable, .lost, .silent: true
        // 57P0x: the server shuts down, crashed or is not up yet; 08: the connection; 25006: it takes no writes, so another may.
        case .refused(let state):
            state.hasPrefix("57P") || state.hasPrefix("08") || state == "25006" || state.isEmpty
        }
    }

    /// Whether the very same may go well at once: two transactions were in each other's way.
    var isCollision: Bool {
        switch kind {
        case .refused(let state): state == "40001" || state == "40P01"
        case .unreachable, .lost, .silent: false
        }
    }
}

extension StoreError {
    /// - Parameter error: what ended an operation; a ``StoreError`` stays what it is.
    init(postgres error: any Error) {
        if let known = error as? StoreError {
            self = known
            return
        }
        if error is CancellationError {
            self.init(.stopping, "The task that asked the store was cancelled.")
            return
        }
        switch (error as? PostgresFailure)?.kind {
        case .unreachable(let why):
            self = Self.notConnected(why)
        case .lost:
            self.init(
                .busy, "The connection to the database was lost; it is made anew once the server takes connections.")
        case .silent:
            self.init(.busy, "The database does not answer: look at the server, its locks and the network to it.")
        case .refused(let state): self = Self.refused(state)
        case nil: self.init(.failed, "The store failed.")
        }
    }

    private static func notConnected(_ why: String) -> StoreError {
        if let state = state(ofRefusal: why) { return refused(state) }
        let words = why.lowercased()
        if words.contains("certificate") {
            return StoreError(
                .failed,
                """
                The database server's certificate is not verified: name its authority with ?sslrootcert=/path in store.url, and the \
                host as the certificate does: \(why)
                """)
        }
        if words.contains("ssl") {
            return StoreError(
                .failed,
                """
                The database server speaks no TLS with this program, which spares no connection to another machine from it: set ssl, \
                ssl_cert_file and ssl_key_file there: \(why)
                """)
        }
        return StoreError(
            .busy, "The database cannot be reached: start its server, or correct host and port in store.url: \(why)")
    }

    /// libpq tells no SQLSTATE of a connection that the server refuses, only its words.
    private static func state(ofRefusal why: String) -> String? {
        let known = [
            ("too many connections", "53300"), ("too many clients", "53300"), ("connection slots", "53300"),
            ("authentication failed", "28P01"), ("no password supplied", "28P01"), ("no pg_hba.conf entry", "28000"),
            ("the database system is", "57P03"), ("session is read-only", "25006"), ("role \"", "28000"),
        ]
        if let found = known.first(where: { why.contains($0.0) }) { return found.1 }
        return why.contains("database \"") && why.contains("does not exist") ? "3D000" : nil
    }

    private static func refused(_ state: String) -> StoreError {
        switch state {
        case "53100": return StoreError(.full, "The database server's disk is full; make room there.")
        case "53300":
            return StoreError(
                .busy,
                """
                The database server has no connection left (53300): raise its max_connections, or that of the role or the \
                database, or run fewer workers.
                """)
        case "25006":
            return StoreError(
                .readOnly,
                """
                The database takes no writes, as a standby does not: promote it, or name all hosts in store.url \
                (postgresql://USER@HOST1,HOST2/DATABASE), so that the primary is found.
                """
            )
        case "40001", "40P01":
            return StoreError(.busy, "The database was too busy with others' transactions (\(state)).")
        case "55P03", "57014":
            return StoreError(.busy, "Somebody else has held rows or locks of the database for too long (\(state)).")
        case "57P01", "57P02", "57P03":
            return StoreError(.busy, "The database server is stopping or starting (\(state)).")
        case "42501":
            return StoreError(
                .readOnly, "The database's role may not do this: it has to own the store's tables (42501).")
        case "42P01", "42703", "3F000":
            return StoreError(.wrongSchema, "The database holds no store of this version; `store init` makes one.")
        case "3D000":
            return StoreError(.missing, "There is no such database; make it with createdb, then `store init`.")
        case "XX001", "XX002":
            return StoreError(.corrupt, "The database is damaged (\(state)); restore it from a backup.")
        case "28P01":
            return StoreError(
                .failed,
                """
                The database refuses this user or password (28P01): correct the user in store.url, or the password in the file that \
                ?passfile=/path names there (HOST:PORT:DATABASE:USER:PASSWORD, rights 0600).
                """)
        case let other where other.hasPrefix("28"):
            return StoreError(
                .failed,
                """
                The database lets this user in from here by no way (\(other)): correct the user in store.url, or the server's \
                pg_hba.conf.
                """)
        case let other where other.hasPrefix("53"):
            return StoreError(.full, "The database server is out of a resource (\(other)).")
        case let other where other.hasPrefix("08"):
            return StoreError(.busy, "The connection to the database failed (\(other)).")
        case let other: return StoreError(.failed, "The database refused a statement (SQLSTATE \(other)).")
        }
    }
}
