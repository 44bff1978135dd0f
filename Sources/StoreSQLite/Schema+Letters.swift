extension Schema {
    /// Dead letters are bounded by front end, looked at without their bodies, and found by the names in them without
    /// opening any; the audit trail is found likewise, and may be shortened by age.
    ///
    /// What is counted is counted by triggers: workers of an older version may still write here meanwhile. Their letters are
    /// not indexed by name, nor are those from before; the sweep makes up for that.
    ///
    /// What is written with every job gets no index for the sake of what is rare: a person's jobs are found by the history,
    /// which is kept longer.
    ///
    /// An entry of the trail goes to another name only when nobody bears its old one any more: with a person who was renamed
    /// or erased.
    static let letters = """
        ALTER TABLE dead_letter ADD COLUMN named INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX dead_letter_unnamed ON dead_letter (id) WHERE named = 0;
        CREATE INDEX dead_letter_by_state ON dead_letter (state, reason, front_end, routing_key, at);
        CREATE INDEX dead_letter_by_front_end ON dead_letter (front_end);
        CREATE INDEX dead_letter_by_time ON dead_letter (at);
        CREATE TABLE letter_name (
            hash BLOB NOT NULL, letter INTEGER NOT NULL, PRIMARY KEY (hash, letter)) WITHOUT ROWID;
        CREATE INDEX letter_name_by_letter ON letter_name (letter);
        CREATE TABLE letter_total (
            front_end TEXT PRIMARY KEY, letters INTEGER NOT NULL, bytes INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO letter_total
            SELECT front_end, COUNT(*), SUM(length(body) + length(properties)) FROM dead_letter GROUP BY front_end;
        CREATE TRIGGER dead_letter_added AFTER INSERT ON dead_letter BEGIN
            INSERT INTO letter_total VALUES (NEW.front_end, 1, length(NEW.body) + length(NEW.properties))
                ON CONFLICT DO UPDATE SET letters = letters + 1, bytes = bytes + excluded.bytes;
            END;
        CREATE TRIGGER dead_letter_resealed AFTER UPDATE OF body ON dead_letter BEGIN
            UPDATE letter_total SET bytes = bytes + length(NEW.body) - length(OLD.body)
                WHERE front_end = NEW.front_end;
            END;
        CREATE TRIGGER dead_letter_gone AFTER DELETE ON dead_letter BEGIN
            UPDATE letter_total SET letters = letters - 1,
                bytes = bytes - length(OLD.body) - length(OLD.properties) WHERE front_end = OLD.front_end;
            DELETE FROM letter_name WHERE letter = OLD.id;
            END;

        ALTER TABLE audit ADD COLUMN named INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX audit_unnamed ON audit (id) WHERE named = 0;
        CREATE INDEX audit_by_time ON audit (at);
        CREATE TABLE audit_name (
            hash BLOB NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (hash, entry)) WITHOUT ROWID;
        CREATE INDEX audit_name_by_entry ON audit_name (entry);
        CREATE TRIGGER audit_gone AFTER DELETE ON audit BEGIN DELETE FROM audit_name WHERE entry = OLD.id; END;
        CREATE TRIGGER audit_reason_gone AFTER UPDATE OF detail ON audit
            BEGIN DELETE FROM audit_name WHERE entry = NEW.id; END;
        DROP TRIGGER audit_is_never_shortened;
        CREATE TRIGGER audit_is_shortened_by_age_only BEFORE DELETE ON audit
            WHEN OLD.at >= IFNULL((SELECT value FROM meta WHERE name = 'audit_kept_since'), OLD.at)
            BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

        CREATE TRIGGER audit_person_stays BEFORE UPDATE OF user, former_user ON audit
            WHEN NEW.user IS NOT OLD.user AND EXISTS (SELECT 1 FROM user WHERE name = OLD.user)
                OR NEW.former_user IS NOT OLD.former_user AND NEW.former_user IS NOT NEW.user
            BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
        CREATE TABLE audit_refusal (
            front_end TEXT NOT NULL, hour INTEGER NOT NULL, count INTEGER NOT NULL, kind TEXT NOT NULL,
            PRIMARY KEY (front_end, hour)) WITHOUT ROWID;

        CREATE INDEX job_that_lists ON job (kind) WHERE kind IN (\(listing));
        CREATE INDEX job_open ON job (user) WHERE state <> 1;
        CREATE INDEX code_live_by_sid ON code (sid) WHERE ended IS NULL;
        CREATE INDEX canceled_send_by_user ON canceled_send (user);
        """

    /// The kinds of jobs whose replies name anybody, as they stand in SQL.
    ///
    /// The index goes by them: a new kind needs a new index, and an erasure's query has to name the same ones.
    static let listing = "'admin.user.list', 'admin.dead.show'"
}
