import Foundation
import GRDB
import Store

/// The tables, as migrations that are never changed once released.
enum Schema {
    static let version = "1"

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("0001") { try $0.execute(sql: first) }
        migrator.registerMigration("0002") { try $0.execute(sql: calls) }
        migrator.registerMigration("0003-chores") { try $0.execute(sql: chores) }
        migrator.registerMigration("0004-erased-details") { try $0.execute(sql: erasedDetails) }
        migrator.registerMigration("0005-authenticators") { try $0.execute(sql: authenticators) }
        migrator.registerMigration("0006-times") { try $0.execute(sql: times) }
        migrator.registerMigration("0007-entry") { try $0.execute(sql: entry) }
        migrator.registerMigration("0008-letters") { try $0.execute(sql: letters) }
        migrator.registerMigration("0009-provider-codes") { try $0.execute(sql: providerCodes) }
        migrator.registerMigration("0010-ends") { try $0.execute(sql: ends) }
        migrator.registerMigration("0011-workers") { try $0.execute(sql: workers) }
        migrator.registerMigration("0012-worker-orders") { try $0.execute(sql: orders) }
        migrator.registerMigration("0013-queues") { try $0.execute(sql: queues) }
        migrator.registerMigration("0014-rollups") { try $0.execute(sql: rollups) }
        migrator.registerMigration("0015-counting") { try $0.execute(sql: counting) }
        migrator.registerMigration("0016-queue-hours") { try $0.execute(sql: queueHours) }
        return migrator
    }

    /// Refuses a file of another program, of a newer version, or of another key.
    static func check(_ db: Database, _ sealing: Sealing, _ place: SQLiteStoreConfiguration) throws {
        guard try db.tableExists("meta") else {
            throw StoreError(.wrongSchema, "The store's file is not one of this program's.")
        }
        guard try !migrator.hasBeenSuperseded(db) else {
            throw StoreError(.wrongSchema, "The store was made by a newer version of this program; use that one.")
        }
        let value = try Data.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'key_check'")
        guard value.map({ Array($0) }) == sealing.checkValue else {
            throw StoreError(
                .wrongKey,
                "The key file \(place.keyFile) belongs to another store; put back this store's own (store.key_file).")
        }
        // A store of an older version, or whose keys were never changed, does not say.
        let current = try UInt8.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'key_current'")
        guard current.map(sealing.holds) ?? true else {
            throw StoreError(
                .wrongKey,
                """
                The key file \(place.keyFile) does not hold the key of the store's latest 'store rekey'; put back the key \
                file of that time (store.key_file).
                """)
        }
    }

    /// Refuses a store of an older version, for whoever brings none up to date.
    static func requireCompleted(_ db: Database) throws {
        guard try migrator.hasCompletedMigrations(db) else {
            throw StoreError(
                .wrongSchema,
                """
                The store is of an older version than this program, which brings none up to date here: use the workers' \
                program, or bring the store up to date with `store migrate`.
                """)
        }
    }

    /// From an entry of the trail only that may go which tells of an erased person.
    private static let erasedDetails = """
        DROP TRIGGER audit_is_never_changed;
        CREATE TRIGGER audit_is_never_changed
            BEFORE UPDATE OF id, at, operator, front_end, kind, message_id, outcome, reason ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
        CREATE TRIGGER audit_detail_is_never_changed
            BEFORE UPDATE OF detail ON audit
            WHEN NEW.detail IS NOT json_remove(OLD.detail, '$.reason')
                AND NEW.detail IS NOT json_remove(OLD.detail, '$.phone', '$.reason')
            BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
        """

    /// What a job's timeline needs, and what finds jobs that were given back and never came again.
    private static let times = """
        ALTER TABLE job ADD COLUMN received_at INTEGER;
        ALTER TABLE job ADD COLUMN settled_at INTEGER;
        CREATE INDEX job_released ON job (begun_at) WHERE state = 2;
        """

    /// Tries of bypass codes; the checks of codes, enrolments and challenges, so that none is taken for another; what is to be undone
    /// at Twilio by its priority.
    private static let entry = """
        ALTER TABLE bypass ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE code ADD COLUMN checks_excused INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE enrolment ADD COLUMN checks_begun INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE enrolment ADD COLUMN checks_denied INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE enrolment ADD COLUMN lost_call_over_at INTEGER;
        ALTER TABLE challenge ADD COLUMN checks_begun INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE challenge ADD COLUMN checks_denied INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE provider_chore ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
        DROP INDEX provider_chore_due;
        CREATE INDEX provider_chore_due ON provider_chore (priority, due_at);
        CREATE INDEX ticket_by_user ON ticket (user);
        """

    /// Why Twilio refused.
    ///
    /// A worker of an older version goes on writing its outcomes without.
    private static let providerCodes = "ALTER TABLE history ADD COLUMN provider_code INTEGER"

    /// What has ended is found without a look at the rest, and so is what operators look up.
    ///
    /// Times are mostly the newest, so an index of them is written at its end.
    private static let ends = """
        CREATE INDEX code_by_end ON code (expires_at);
        CREATE INDEX pending_by_end ON pending (until);
        CREATE INDEX approval_by_time ON approval (at);
        CREATE INDEX tally_by_time ON tally (at);
        CREATE INDEX pace_by_end ON pace (not_before);
        CREATE INDEX client_by_time ON client (approved_at);
        CREATE INDEX bypass_by_end ON bypass (until);
        CREATE INDEX ticket_by_end ON ticket (until);
        CREATE INDEX enrolment_ended ON enrolment (expires_at) WHERE ended IS NOT NULL;
        CREATE INDEX challenge_by_end ON challenge (expires_at);
        CREATE INDEX used_code_by_end ON used_code (until);
        CREATE INDEX canceled_send_by_time ON canceled_send (at);
        CREATE INDEX history_by_time ON history (at);
        CREATE INDEX audit_by_administrator ON audit (operator, at);
        CREATE INDEX audit_by_kind ON audit (kind, at);
        """

    private static let first = """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY) WITHOUT ROWID;
        CREATE TABLE worker (id INTEGER PRIMARY KEY AUTOINCREMENT, started_at INTEGER NOT NULL);
        CREATE TABLE site_option (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE job (
            front_end TEXT NOT NULL, message_id TEXT NOT NULL, kind TEXT NOT NULL, fingerprint BLOB NOT NULL,
            user TEXT NOT NULL, application TEXT NOT NULL, login TEXT NOT NULL, state INTEGER NOT NULL,
            worker INTEGER NOT NULL, fence INTEGER NOT NULL, begins INTEGER NOT NULL, lease_until INTEGER NOT NULL,
            begun_at INTEGER NOT NULL, deadline INTEGER NOT NULL, generation INTEGER NOT NULL,
            number_hmac BLOB, call BLOB, outcome TEXT, reply BLOB NOT NULL, reply_state INTEGER NOT NULL,
            recorded_at INTEGER, withheld TEXT, PRIMARY KEY (front_end, message_id)) WITHOUT ROWID;
        CREATE INDEX job_begun_on_number ON job (number_hmac) WHERE state = 0;
        CREATE INDEX job_by_time ON job (recorded_at) WHERE recorded_at IS NOT NULL;
        CREATE TABLE user (
            name TEXT PRIMARY KEY, known INTEGER NOT NULL, required INTEGER NOT NULL, grace_until INTEGER,
            phone BLOB, phone_registered_at INTEGER, factor_sid TEXT, factor_identity TEXT,
            factor_registered_at INTEGER, generation INTEGER NOT NULL, last_approved_at INTEGER) WITHOUT ROWID;
        CREATE TABLE code (
            number_hmac BLOB PRIMARY KEY, sid TEXT NOT NULL, channel TEXT NOT NULL, expires_at INTEGER NOT NULL,
            attempts TEXT NOT NULL, checks_begun INTEGER NOT NULL, checks_denied INTEGER NOT NULL,
            ended TEXT) WITHOUT ROWID;
        CREATE TABLE pending (
            user TEXT NOT NULL, application TEXT NOT NULL, login TEXT NOT NULL, number_hmac BLOB NOT NULL,
            place BLOB NOT NULL, sid TEXT NOT NULL, purpose TEXT NOT NULL, ticket BLOB, ended TEXT,
            until INTEGER NOT NULL, PRIMARY KEY (user, application, login)) WITHOUT ROWID;
        CREATE INDEX pending_by_number ON pending (number_hmac) WHERE ended IS NULL;
        CREATE TABLE approval (
            user TEXT NOT NULL, application TEXT NOT NULL, login TEXT NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (user, application, login)) WITHOUT ROWID;
        CREATE TABLE client (
            user TEXT NOT NULL, client_hmac BLOB NOT NULL, approved_at INTEGER NOT NULL,
            PRIMARY KEY (user, client_hmac)) WITHOUT ROWID;
        CREATE TABLE tally (
            tally TEXT NOT NULL, key BLOB NOT NULL, at INTEGER NOT NULL, front_end TEXT NOT NULL,
            message_id TEXT NOT NULL, owner TEXT NOT NULL,
            PRIMARY KEY (tally, key, at, front_end, message_id)) WITHOUT ROWID;
        CREATE INDEX tally_of_job ON tally (front_end, message_id);
        CREATE TABLE pace (key BLOB PRIMARY KEY, streak INTEGER NOT NULL, not_before INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE bypass (user TEXT PRIMARY KEY, hash BLOB NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE ticket (hash BLOB PRIMARY KEY, user TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE canceled_send (
            front_end TEXT NOT NULL, message_id TEXT NOT NULL, user TEXT NOT NULL, application TEXT NOT NULL,
            login TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (front_end, message_id)) WITHOUT ROWID;
        CREATE TABLE dead_letter (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, reason TEXT NOT NULL,
            routing_key TEXT NOT NULL, front_end TEXT NOT NULL, message_id TEXT, properties TEXT NOT NULL,
            body BLOB NOT NULL, deadline INTEGER, state TEXT NOT NULL, replays INTEGER NOT NULL, due_at INTEGER);
        CREATE INDEX dead_letter_due ON dead_letter (due_at) WHERE state = 'replaying';
        CREATE TABLE history (
            id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, front_end TEXT NOT NULL,
            message_id TEXT NOT NULL, user TEXT NOT NULL, application TEXT NOT NULL, number_hmac BLOB, masked TEXT,
            outcome TEXT NOT NULL, reason TEXT, begun_at INTEGER NOT NULL);
        CREATE INDEX history_by_user ON history (user, at);
        CREATE INDEX history_by_job ON history (message_id);
        CREATE INDEX history_by_number ON history (number_hmac, at) WHERE number_hmac IS NOT NULL;
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY, at INTEGER NOT NULL, operator TEXT NOT NULL, front_end TEXT NOT NULL,
            kind TEXT NOT NULL, message_id TEXT, user TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT,
            detail TEXT NOT NULL, former_user TEXT);
        CREATE INDEX audit_by_user ON audit (user, at);
        CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
        CREATE TRIGGER audit_is_never_changed
            BEFORE UPDATE OF id, at, operator, front_end, kind, message_id, outcome, reason, detail ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
        CREATE TABLE read_log (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, at_ms INTEGER NOT NULL);
        CREATE INDEX read_log_by_time ON read_log (kind, at_ms);
        """
}
