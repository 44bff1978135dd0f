import Basics
import GRDB
import GRDBSQLite
import Store

/// What nearly every job runs.
///
/// Everything else goes through GRDB.
enum HotText: Hashable {
    /// A job with all that its decision rests on, and the newest times of so many tallies, and so many paces.
    case look(tallies: Int, paces: Int)
    /// A number's code, and who works on it, with limits: for a number that only the person's sealed phone tells.
    case lookAtNumber(tallies: Int, paces: Int)
    case options
    case putJob, addHistory, settle
    /// That the replies of so many jobs were confirmed.
    case confirm(Int)
    case putUser, putPending, putCode, putApproval
    /// So many rows at once.
    case count(Int), uncount(Int), putPaces(Int), dropPaces(Int)
    /// Outcomes that are in no roll-up yet.
    case uncounted
    /// So many numbers at once.
    case addRollups(Int)
}

/// The hashes that were looked up last.
///
/// The steps of a job ask for the same ones, and so do the jobs of a sign-in: a person's number, counters and pauses.
struct Lookups {
    /// Then all are forgotten: a person's ten or so are made anew within a job.
    static let most = 1024
    private(set) var known: [String: [UInt8]] = [:]

    mutating func hash(_ text: String, _ make: (String) -> [UInt8]) -> [UInt8] {
        if let hash = known[text] { return hash }
        if known.count >= Self.most { known.removeAll(keepingCapacity: true) }
        let hash = make(text)
        known[text] = hash
        return hash
    }
}

/// The hot statements of one connection, and what it has read in its transaction that does not change.
///
/// `@unchecked`: like the connection's `Database`, it is used on the connection's own queue only, one operation at a time.
final class HotStatements: @unchecked Sendable {
    private var prepared: [HotText: HotStatement] = [:]
    var lookups = Lookups()
    /// The site options as this transaction sees them, its own changes included.
    var options: [String: String]?
    /// SQLite's own count of the changes that this connection has seen, behind its latest commit.
    private var seen: UInt32?

    func statement(_ text: HotText, _ db: Database) throws -> HotStatement {
        if let known = prepared[text] { return known }
        let statement = try HotStatement(text.sql, db)
        prepared[text] = statement
        return statement
    }

    /// Notes what became of a reply.
    func settle(_ key: JobKey, as state: ReplyState, at now: Timestamp, _ db: Database) throws {
        try statement(.settle, db).run {
            $0.integer(state.rawValue)
            $0.time(now)
            $0.text(key.frontEnd)
            $0.text(key.messageID)
        }
    }

    /// Notes that replies were confirmed: many at once, in as few statements as powers of two make up.
    ///
    /// What became of a job's reply later than that is left alone.
    func confirm(_ keys: [JobKey], at now: Timestamp, _ db: Database) throws {
        var rest = keys[...]
        while !rest.isEmpty {
            var count = Self.mostConfirmed
            while count > rest.count { count /= 2 }
            try statement(.confirm(count), db).run {
                $0.time(now)
                for key in rest.prefix(count) {
                    $0.text(key.frontEnd)
                    $0.text(key.messageID)
                }
            }
            rest = rest.dropFirst(count)
        }
    }

    private static let mostConfirmed = 64

    /// Adds numbers to those that are there.
    func add(_ increments: RollupIncrements, _ db: Database) throws {
        var rest = increments.sorted[...]
        while !rest.isEmpty {
            let count = min(rest.count, Self.mostRollups)
            try statement(.addRollups(count), db).run {
                for (key, count) in rest.prefix(count) {
                    $0.integer(key.series.rawValue)
                    $0.time(key.start)
                    $0.text(key.labels)
                    $0.integer(count)
                }
            }
            rest = rest.dropFirst(count)
        }
    }

    private static let mostRollups = 32

    /// At the beginning of a transaction that writes: what was read stays known unless others have written since.
    func begin(_ db: Database) {
        if seen == nil || Self.changes(db) != seen { options = nil }
    }

    func committed(_ db: Database) { seen = Self.changes(db) }

    /// After a transaction that was taken back, and before one of which it is not known what it sees.
    func forget() { (options, seen) = (nil, nil) }

    private static func changes(_ db: Database) -> UInt32? {
        var count: UInt32 = 0
        guard let connection = db.sqliteConnection,
            sqlite3_file_control(connection, "main", SQLITE_FCNTL_DATA_VERSION, &count) == SQLITE_OK
        else { return nil }
        return count
    }
}

/// The hot statements of all connections of a pool.
///
/// A connection cannot be closed before its statements are gone.
final class HotConnections: Sendable {
    private let statements = Locked<[ObjectIdentifier: HotStatements]>([:])

    func statements(of db: Database) -> HotStatements {
        statements.withLock { statements in
            let id = ObjectIdentifier(db)
            if let known = statements[id] { return known }
            let new = HotStatements()
            statements[id] = new
            return new
        }
    }

    /// While nobody uses any connection.
    func end() { statements.withLock { $0 = [:] } }
}

/// The columns that records are made of, in the order in which they are read.
enum RecordColumns {
    static let job = [
        "kind", "fingerprint", "user", "application", "login", "state", "worker", "fence", "begins", "lease_until",
        "begun_at", "deadline", "generation", "outcome", "reply", "reply_state", "recorded_at", "withheld",
        "received_at", "settled_at",
    ]
    static let user = [
        "known", "required", "grace_until", "phone", "phone_registered_at", "factor_sid", "factor_identity",
        "factor_registered_at", "generation", "last_approved_at",
    ]
    static let pending = ["sid", "place", "purpose", "ticket", "ended", "confirmed", "number_hmac"]
    static let code = [
        "sid", "channel", "expires_at", "attempts", "checks_begun", "checks_denied", "checks_excused", "ended",
        "cohort",
    ]
    static let enrolment = [
        "application", "login", "identity", "factor_sid", "seed", "label", "issuer", "digits", "period", "expires_at",
        "tries", "ticket", "confirmed", "ended", "checks_begun", "checks_denied", "lost_call_over_at",
    ]
    static let challenge = ["sid", "expires_at", "tries", "checks_begun", "checks_denied"]
    static let bypass = ["hash", "tries"]
    static let holder = ["front_end", "message_id", "worker", "lease_until"]

    static func list(_ columns: [String], of table: String = "") -> String {
        columns.map { table.isEmpty ? $0 : "\(table).\($0)" }.joined(separator: ", ")
    }
}

/// Where each record begins in a row of ``HotText/look``.
///
/// Of one that is not there all columns are empty.
enum LookColumns {
    static let job = 0
    static let user = job + RecordColumns.job.count
    static let pending = user + RecordColumns.user.count
    static let pendingNumber = code - 1
    static let code = pending + RecordColumns.pending.count
    static let holder = code + RecordColumns.code.count
    static let enrolment = holder + RecordColumns.holder.count
    static let challenge = enrolment + RecordColumns.enrolment.count
    static let bypass = challenge + RecordColumns.challenge.count
    static let approvedAt = bypass + RecordColumns.bypass.count
    static let clientApprovedAt = approvedAt + 1
    static let pendingElsewhere = clientApprovedAt + 1
    static let isCanceled = pendingElsewhere + 1
    /// One for each tally, then one for each pace.
    static let limits = isCanceled + 1
}

/// Where each record begins in a row of ``HotText/lookAtNumber``.
enum NumberColumns {
    static let code = 0
    static let holder = RecordColumns.code.count
    static let limits = holder + RecordColumns.holder.count
}

extension HotText {
    var sql: String {
        switch self {
        case .look(let tallies, let paces): Self.lookText(tallies, paces)
        case .lookAtNumber(let tallies, let paces): Self.numberText(tallies, paces)
        case .options: "SELECT name, value FROM site_option"
        case .putJob:
            """
            REPLACE INTO job (front_end, message_id, \(RecordColumns.list(RecordColumns.job)), lock_hmac, call, calls, code_events)
            VALUES \(Self.marks(RecordColumns.job.count + 6))
            """
        case .addHistory:
            """
            INSERT INTO history
            (at, kind, front_end, message_id, user, application, number_hmac, masked, outcome, reason, begun_at,
             provider_code, channel, country, login, sid)
            VALUES \(Self.marks(16))
            """
        case .settle:
            "UPDATE job SET reply_state = ?, settled_at = ? WHERE front_end = ? AND message_id = ? AND state = 1"
        case .confirm(let rows):
            """
            UPDATE job SET reply_state = 1, settled_at = ?1
            WHERE (front_end, message_id) IN (SELECT column1, column2 FROM (VALUES \(Self.rows(rows, of: 2))))
            AND state = 1
            AND ifnull(settled_at, ?1) <= ?1
            """
        case .putUser:
            """
            REPLACE INTO user (name, \(RecordColumns.list(RecordColumns.user)))
            VALUES \(Self.marks(RecordColumns.user.count + 1))
            """
        case .putPending:
            """
            REPLACE INTO pending (user, application, login, \(RecordColumns.list(RecordColumns.pending)), until)
            VALUES \(Self.marks(RecordColumns.pending.count + 4))
            """
        case .putCode:
            """
            REPLACE INTO code (number_hmac, \(RecordColumns.list(RecordColumns.code)))
            VALUES \(Self.marks(RecordColumns.code.count + 1))
            """
        case .putApproval: "REPLACE INTO approval (user, application, login, at) VALUES \(Self.marks(4))"
        case .count(let rows):
            """
            INSERT OR REPLACE INTO tally (tally, key, at, front_end, message_id, owner)
            VALUES \(Self.rows(rows, of: 6))
            """
        case .uncount(let rows):
            // The plus keeps the list out of the search, where it would become a table of its own.
            """
            DELETE FROM tally WHERE front_end = ? AND message_id = ?
            AND (\(Array(repeating: "+tally = ?", count: rows).joined(separator: " OR ")))
            """
        case .putPaces(let rows): "REPLACE INTO pace (key, streak, not_before) VALUES \(Self.rows(rows, of: 3))"
        case .dropPaces(let rows): "DELETE FROM pace WHERE key IN \(Self.marks(rows))"
        case .uncounted:
            """
            SELECT history.id, history.at, history.at - ifnull(job.received_at, history.begun_at), history.kind,
                history.front_end, history.application, history.channel, history.country, history.outcome,
                history.reason, job.code_events, job.calls
            FROM history LEFT JOIN job USING (front_end, message_id)
            WHERE history.id > ? ORDER BY history.id LIMIT ?
            """
        case .addRollups(let rows):
            """
            INSERT INTO rollup (series, start, labels, count) VALUES \(Self.rows(rows, of: 4))
            ON CONFLICT DO UPDATE SET count = count + excluded.count
            """
        }
    }

    private static func marks(_ count: Int) -> String {
        "(" + Array(repeating: "?", count: count).joined(separator: ", ") + ")"
    }

    private static func rows(_ count: Int, of columns: Int) -> String {
        Array(repeating: marks(columns), count: count).joined(separator: ", ")
    }

    /// A look's parameters: `?1` and `?2` are the job, `?3` to `?5` its login, `?6` its number where that is known, `?7` whether it is the
    /// pending code's otherwise, `?8` the client, `?9` now; then, each empty unless it is wanted, the person whose bypass code,
    /// enrolment and approvals are looked at, what else nobody may have begun on, and whether the same goes for the number; at last those of the limits.
    private static func lookText(_ tallies: Int, _ paces: Int) -> String {
        "\(lookColumns)\(limitColumns(tallies, paces, behind: 14)) \(lookSources)"
    }

    /// The limits as columns of another statement that has so many parameters.
    private static func limitColumns(_ tallies: Int, _ paces: Int, behind values: Int) -> String {
        let times = (0..<tallies).map { index in
            let first = values + 4 * index
            return """
                , (SELECT group_concat(at) FROM (SELECT at FROM tally
                WHERE tally = ?\(first + 1) AND key = ?\(first + 2) AND at > ?\(first + 3)
                ORDER BY at DESC LIMIT ?\(first + 4)))
                """
        }
        let pauses = (0..<paces).map { index in
            ", (SELECT streak || ' ' || not_before FROM pace WHERE key = ?\(values + 4 * tallies + index + 1))"
        }
        return (times + pauses).joined()
    }

    private static let lookColumns = """
        SELECT \(RecordColumns.list(RecordColumns.job, of: "job")),
            \(RecordColumns.list(RecordColumns.user, of: "user")),
            \(RecordColumns.list(RecordColumns.pending, of: "pending")),
            \(RecordColumns.list(RecordColumns.code, of: "code")),
            \(holderColumns),
            \(RecordColumns.list(RecordColumns.enrolment, of: "enrolment")),
            \(RecordColumns.list(RecordColumns.challenge, of: "challenge")),
            \(RecordColumns.list(RecordColumns.bypass, of: "bypass")),
            approval.at, client.approved_at,
            EXISTS (
                SELECT 1 FROM pending AS other
                JOIN code ON code.number_hmac = other.number_hmac AND code.sid = other.sid
                WHERE other.user = ?3 AND NOT (other.application = ?4 AND other.login = ?5)
                AND other.ended IS NULL AND code.ended IS NULL AND code.expires_at > ?9),
            EXISTS (
                SELECT 1 FROM canceled_send
                WHERE front_end = ?1 AND message_id = ?2 AND user = ?3 AND application = ?4 AND login = ?5)
        """

    private static let lookSources = """
        FROM (SELECT 1)
        LEFT JOIN job ON job.front_end = ?1 AND job.message_id = ?2
        LEFT JOIN user ON user.name = ?3
        LEFT JOIN pending ON pending.user = ?3 AND pending.application = ?4 AND pending.login = ?5
        LEFT JOIN code ON code.number_hmac = ifnull(?6, iif(?7, pending.number_hmac, NULL))
        LEFT JOIN bypass ON bypass.user = ?10 AND bypass.until > ?9
        LEFT JOIN enrolment ON enrolment.user = ?11
        LEFT JOIN challenge ON challenge.factor_sid = iif(?11 IS NULL, NULL, user.factor_sid) AND challenge.expires_at > ?9
        LEFT JOIN approval ON approval.user = ?12 AND approval.application = ?4 AND approval.login = ?5
        LEFT JOIN client ON client.user = ?12 AND client.client_hmac = ?8
        LEFT JOIN job AS holder ON holder.lock_hmac = ?13
            AND holder.state = 0 AND NOT (holder.front_end = ?1 AND holder.message_id = ?2)
        LEFT JOIN job AS holder_of_number
            ON holder_of_number.lock_hmac = iif(?14, ifnull(?6, iif(?7, pending.number_hmac, NULL)), NULL)
            AND holder_of_number.state = 0
            AND NOT (holder_of_number.front_end = ?1 AND holder_of_number.message_id = ?2)
        LIMIT 1
        """

    /// Of one that holds either.
    ///
    /// A list to look in would be a table of its own, made for each run.
    private static let holderColumns = RecordColumns.holder.map { "ifnull(holder.\($0), holder_of_number.\($0))" }
        .joined(separator: ", ")

    /// `?1` is the number, `?2` the same where nobody may have begun on it, `?3` and `?4` the job that asks; then the limits.
    private static func numberText(_ tallies: Int, _ paces: Int) -> String {
        """
        SELECT \(RecordColumns.list(RecordColumns.code, of: "code")),
            \(RecordColumns.list(RecordColumns.holder, of: "holder"))\(limitColumns(tallies, paces, behind: 4))
        FROM (SELECT 1)
        LEFT JOIN code ON code.number_hmac = ?1
        LEFT JOIN job AS holder ON holder.lock_hmac = ?2
            AND holder.state = 0 AND NOT (holder.front_end = ?3 AND holder.message_id = ?4)
        LIMIT 1
        """
    }
}
