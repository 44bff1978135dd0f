extension Schema {
    static let first = basics + jobs + people + limits + letters + records + counts + workers

    private static let basics = [
        "CREATE TABLE IF NOT EXISTS schema_migration (name text COLLATE \"C\" PRIMARY KEY)",
        // What is one number, or some bytes.
        "CREATE TABLE meta (name text COLLATE \"C\" PRIMARY KEY, number bigint, bytes bytea)",
        // The servers that the store was at, one after the other: the time of the first word with each.
        "CREATE TABLE server (incarnation text COLLATE \"C\" PRIMARY KEY, seen_at bigint NOT NULL)",
        "CREATE TABLE site_option (name text COLLATE \"C\" PRIMARY KEY, value text NOT NULL)",
        // The lock of a hash: its first eight bytes.
        """
        CREATE FUNCTION lock_of(hash bytea) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN ('x' || encode(substr(hash, 1, 8), 'hex'))::bit(64)::bigint
        """,
    ]

    private static let jobs = [
        """
        CREATE TABLE job (
            front_end text COLLATE "C" NOT NULL, message_id text COLLATE "C" NOT NULL, kind text COLLATE "C" NOT NULL,
            fingerprint bytea NOT NULL, person text COLLATE "C" NOT NULL, application text NOT NULL, login text NOT NULL,
            state bigint NOT NULL, worker bigint NOT NULL, fence bigint NOT NULL, begins bigint NOT NULL,
            lease_until bigint NOT NULL, begun_at bigint NOT NULL, deadline bigint NOT NULL, generation bigint NOT NULL,
            lock_hmac bytea, call bytea, outcome text, reply bytea NOT NULL, reply_state bigint NOT NULL,
            recorded_at bigint, withheld text, received_at bigint, settled_at bigint, calls text,
            PRIMARY KEY (front_end, message_id))
        """,
        "CREATE INDEX job_begun_on_number ON job (lock_hmac) WHERE state = 0",
        "CREATE INDEX job_by_time ON job (recorded_at) WHERE recorded_at IS NOT NULL",
        "CREATE INDEX job_begun ON job (begun_at) WHERE state = 0",
        "CREATE INDEX job_released ON job (begun_at) WHERE state = 2",
        "CREATE INDEX job_that_lists ON job (kind) WHERE kind IN (\(listing))",
        "CREATE INDEX job_open ON job (person) WHERE state <> 1",
        """
        CREATE TABLE canceled_send (
            front_end text COLLATE "C" NOT NULL, message_id text COLLATE "C" NOT NULL, person text COLLATE "C" NOT NULL,
            application text NOT NULL, login text NOT NULL, at bigint NOT NULL, PRIMARY KEY (front_end, message_id))
        """,
        "CREATE INDEX canceled_send_by_time ON canceled_send (at)",
        "CREATE INDEX canceled_send_by_person ON canceled_send (person)",
    ]

    /// Beside a sealed number stand the hashes that its code, counters and pauses are found by (``NumberKeys``): a look at
    /// all of them needs no answer of its own first.
    private static let people = [
        """
        CREATE TABLE person (
            name text COLLATE "C" PRIMARY KEY, known bigint NOT NULL, required bigint NOT NULL, grace_until bigint,
            phone bytea, phone_registered_at bigint, factor_sid text COLLATE "C", factor_identity text,
            factor_registered_at bigint, generation bigint NOT NULL, last_approved_at bigint, phone_keys bytea)
        """,
        """
        CREATE TABLE code (
            number_hmac bytea PRIMARY KEY, sid text COLLATE "C" NOT NULL, channel text NOT NULL, expires_at bigint NOT NULL,
            attempts text NOT NULL, checks_begun bigint NOT NULL, checks_denied bigint NOT NULL,
            checks_excused bigint NOT NULL DEFAULT 0, ended text, cohort text)
        """,
        "CREATE INDEX code_by_end ON code (expires_at)",
        "CREATE INDEX code_live_by_sid ON code (sid) WHERE ended IS NULL",
        """
        CREATE TABLE pending (
            person text COLLATE "C" NOT NULL, application text COLLATE "C" NOT NULL, login text COLLATE "C" NOT NULL,
            number_hmac bytea NOT NULL, place bytea NOT NULL, sid text NOT NULL, purpose text NOT NULL, ticket bytea,
            ended text, confirmed bigint NOT NULL, until bigint NOT NULL, number_keys bytea NOT NULL, PRIMARY KEY (person, application, login))
        """,
        "CREATE INDEX pending_by_number ON pending (number_hmac) WHERE ended IS NULL",
        "CREATE INDEX pending_by_end ON pending (until)",
        """
        CREATE TABLE approval (
            person text COLLATE "C" NOT NULL, application text COLLATE "C" NOT NULL, login text COLLATE "C" NOT NULL,
            at bigint NOT NULL, PRIMARY KEY (person, application, login))
        """,
        "CREATE INDEX approval_by_time ON approval (at)",
        """
        CREATE TABLE client (
            person text COLLATE "C" NOT NULL, client_hmac bytea NOT NULL, approved_at bigint NOT NULL,
            PRIMARY KEY (person, client_hmac))
        """,
        "CREATE INDEX client_by_time ON client (approved_at)",
        """
        CREATE TABLE bypass (
            person text COLLATE "C" PRIMARY KEY, hash bytea NOT NULL, until bigint NOT NULL, tries bigint NOT NULL DEFAULT 0)
        """,
        "CREATE INDEX bypass_by_end ON bypass (until)",
        "CREATE TABLE ticket (hash bytea PRIMARY KEY, person text COLLATE \"C\" NOT NULL, until bigint NOT NULL)",
        "CREATE INDEX ticket_by_person ON ticket (person)",
        "CREATE INDEX ticket_by_end ON ticket (until)",
        """
        CREATE TABLE enrolment (
            person text COLLATE "C" PRIMARY KEY, application text NOT NULL, login text NOT NULL, identity text NOT NULL,
            factor_sid text, seed bytea, label text NOT NULL, issuer text NOT NULL, digits bigint NOT NULL,
            period bigint NOT NULL, expires_at bigint NOT NULL, tries bigint NOT NULL, ticket bytea,
            confirmed bigint NOT NULL, ended text, checks_begun bigint NOT NULL, checks_denied bigint NOT NULL,
            lost_call_over_at bigint)
        """,
        "CREATE INDEX enrolment_by_end ON enrolment (expires_at) WHERE ended IS NULL",
        "CREATE INDEX enrolment_ended ON enrolment (expires_at) WHERE ended IS NOT NULL",
        """
        CREATE TABLE challenge (
            factor_sid text COLLATE "C" PRIMARY KEY, sid text NOT NULL, expires_at bigint NOT NULL, tries bigint NOT NULL,
            checks_begun bigint NOT NULL, checks_denied bigint NOT NULL)
        """,
        "CREATE INDEX challenge_by_end ON challenge (expires_at)",
        """
        CREATE TABLE used_code (
            front_end text COLLATE "C" NOT NULL, message_id text COLLATE "C" NOT NULL, person text COLLATE "C" NOT NULL,
            hash bytea NOT NULL, until bigint NOT NULL, PRIMARY KEY (front_end, message_id))
        """,
        "CREATE INDEX used_code_by_person ON used_code (person)",
        "CREATE INDEX used_code_by_end ON used_code (until)",
        """
        CREATE TABLE provider_chore (
            id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, kind text NOT NULL, payload bytea NOT NULL,
            due_at bigint NOT NULL, tries bigint NOT NULL, priority bigint NOT NULL)
        """,
        "CREATE INDEX provider_chore_due ON provider_chore (priority, due_at)",
    ]

    private static let limits = [
        """
        CREATE TABLE tally (
            tally text COLLATE "C" NOT NULL, key bytea NOT NULL, at bigint NOT NULL, front_end text COLLATE "C" NOT NULL,
            message_id text COLLATE "C" NOT NULL, owner text NOT NULL,
            PRIMARY KEY (tally, key, at, front_end, message_id))
        """,
        "CREATE INDEX tally_of_job ON tally (front_end, message_id)",
        "CREATE INDEX tally_by_time ON tally (at)",
        "CREATE TABLE pace (key bytea PRIMARY KEY, streak bigint NOT NULL, not_before bigint NOT NULL)",
        "CREATE INDEX pace_by_end ON pace (not_before)",
        """
        CREATE TABLE read_log (
            id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, kind text COLLATE "C" NOT NULL, at_ms bigint NOT NULL)
        """,
        "CREATE INDEX read_log_by_time ON read_log (kind, at_ms)",
        """
        CREATE TABLE call_lease (
            worker bigint PRIMARY KEY, until bigint NOT NULL, running bigint NOT NULL, starting bigint NOT NULL,
            waiting bigint NOT NULL, places bigint NOT NULL, starts bigint NOT NULL, served_at bigint)
        """,
        """
        CREATE TABLE call_departure (
            at bigint NOT NULL, worker bigint NOT NULL, count bigint NOT NULL, PRIMARY KEY (at, worker))
        """,
    ]

    /// What is counted of letters is counted by triggers, a row for each front end.
    private static let letters = [
        """
        CREATE TABLE dead_letter (
            id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, at bigint NOT NULL, reason text COLLATE "C" NOT NULL,
            routing_key text COLLATE "C" NOT NULL, front_end text COLLATE "C" NOT NULL, message_id text COLLATE "C",
            properties text NOT NULL, body bytea NOT NULL, deadline bigint, state text COLLATE "C" NOT NULL,
            replays bigint NOT NULL, due_at bigint)
        """,
        "CREATE INDEX dead_letter_due ON dead_letter (due_at) WHERE state = 'replaying'",
        "CREATE INDEX dead_letter_by_state ON dead_letter (state, reason, front_end, routing_key, at)",
        "CREATE INDEX dead_letter_by_front_end ON dead_letter (front_end, id)",
        "CREATE INDEX dead_letter_by_time ON dead_letter (at)",
        "CREATE TABLE letter_name (hash bytea NOT NULL, letter bigint NOT NULL, PRIMARY KEY (hash, letter))",
        "CREATE INDEX letter_name_by_letter ON letter_name (letter)",
        "CREATE TABLE letter_total (front_end text COLLATE \"C\" PRIMARY KEY, letters bigint NOT NULL, bytes bigint NOT NULL)",
        """
        CREATE FUNCTION count_letter() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                INSERT INTO letter_total AS total
                VALUES (NEW.front_end, 1, length(NEW.body) + octet_length(NEW.properties))
                ON CONFLICT (front_end) DO UPDATE SET letters = total.letters + 1, bytes = total.bytes + excluded.bytes;
            ELSIF TG_OP = 'UPDATE' THEN
                UPDATE letter_total SET bytes = bytes + length(NEW.body) - length(OLD.body)
                WHERE front_end = NEW.front_end;
            ELSE
                UPDATE letter_total SET letters = letters - 1,
                    bytes = bytes - length(OLD.body) - octet_length(OLD.properties) WHERE front_end = OLD.front_end;
                DELETE FROM letter_name WHERE letter = OLD.id;
            END IF;
            RETURN NULL;
        END $$
        """,
        """
        CREATE TRIGGER dead_letter_counted AFTER INSERT OR DELETE OR UPDATE OF body ON dead_letter
        FOR EACH ROW EXECUTE FUNCTION count_letter()
        """,
    ]

    /// The trail is only ever added to: from an entry may go what tells of an erased person, and it goes by its age.
    private static let records = [
        """
        CREATE TABLE history (
            id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, at bigint NOT NULL, kind text NOT NULL,
            front_end text COLLATE "C" NOT NULL, message_id text COLLATE "C" NOT NULL, person text COLLATE "C" NOT NULL,
            application text NOT NULL, number_hmac bytea, masked text, outcome text NOT NULL, reason text,
            begun_at bigint NOT NULL, provider_code bigint, channel text, country text, login text, sid text COLLATE "C")
        """,
        "CREATE INDEX history_by_person ON history (person, at)",
        "CREATE INDEX history_by_job ON history (message_id)",
        "CREATE INDEX history_by_number ON history (number_hmac, at) WHERE number_hmac IS NOT NULL",
        "CREATE INDEX history_by_time ON history (at)",
        // Only sends need be in it: whatever else was about a code comes behind its send, and is found by the person.
        "CREATE INDEX history_by_sid ON history (sid, at) WHERE sid IS NOT NULL AND outcome = 'sent'",
        """
        CREATE TABLE audit (
            id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, at bigint NOT NULL, operator text COLLATE "C" NOT NULL,
            front_end text NOT NULL, kind text COLLATE "C" NOT NULL, message_id text, person text COLLATE "C" NOT NULL,
            outcome text NOT NULL, reason text, detail text NOT NULL, former_person text COLLATE "C")
        """,
        "CREATE INDEX audit_by_person ON audit (person, at)",
        "CREATE INDEX audit_by_time ON audit (at)",
        "CREATE INDEX audit_by_administrator ON audit (operator, at)",
        "CREATE INDEX audit_by_kind ON audit (kind, at)",
        "CREATE TABLE audit_name (hash bytea NOT NULL, entry bigint NOT NULL, PRIMARY KEY (hash, entry))",
        "CREATE INDEX audit_name_by_entry ON audit_name (entry)",
        """
        CREATE TABLE audit_refusal (
            front_end text COLLATE "C" NOT NULL, hour bigint NOT NULL, count bigint NOT NULL, kind text NOT NULL,
            PRIMARY KEY (front_end, hour))
        """,
        """
        CREATE FUNCTION keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF OLD.at >= coalesce((SELECT number FROM meta WHERE name = 'audit_kept_since'), OLD.at) THEN
                    RAISE EXCEPTION 'the audit trail is append-only';
                END IF;
                DELETE FROM audit_name WHERE entry = OLD.id;
                RETURN OLD;
            END IF;
            IF (NEW.id, NEW.at, NEW.operator, NEW.front_end, NEW.kind, NEW.message_id, NEW.outcome, NEW.reason)
                IS DISTINCT FROM
                (OLD.id, OLD.at, OLD.operator, OLD.front_end, OLD.kind, OLD.message_id, OLD.outcome, OLD.reason)
                OR NEW.detail <> OLD.detail AND NEW.detail::jsonb <> OLD.detail::jsonb - 'reason'
                    AND NEW.detail::jsonb <> OLD.detail::jsonb - 'reason' - 'phone'
                OR NEW.person <> OLD.person AND EXISTS (SELECT 1 FROM person WHERE name = OLD.person)
                OR NEW.former_person IS DISTINCT FROM OLD.former_person AND NEW.former_person IS DISTINCT FROM NEW.person
            THEN
                RAISE EXCEPTION 'the audit trail is append-only';
            END IF;
            IF NEW.detail <> OLD.detail THEN DELETE FROM audit_name WHERE entry = NEW.id; END IF;
            RETURN NEW;
        END $$
        """,
        """
        CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION keep_audit()
        """,
    ]

    /// Numbers that jobs add to.
    ///
    /// One that every job adds to would make one queue of all jobs, so a job writes down what it adds, in one row of its own, and
    /// beats and the sweep move that into the numbers (``PostgresRows/gatherRollups(limit:)``). Until then both together are the number.
    private static let counts = [
        """
        CREATE TABLE rollup (
            series bigint NOT NULL, start bigint NOT NULL, labels text COLLATE "C" NOT NULL, count bigint NOT NULL,
            PRIMARY KEY (series, start, labels))
        """,
        "CREATE TABLE rollup_added (series bigint[] NOT NULL, start bigint[] NOT NULL, labels text[] NOT NULL)",
        "INSERT INTO meta (name, number) VALUES ('counted_since', extract(epoch FROM clock_timestamp()) * 1000)",
    ]

    private static let workers = [
        """
        CREATE TABLE worker (
            id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, started_at bigint NOT NULL, ended_at bigint,
            ended_how text, incarnation text NOT NULL, released_at bigint)
        """,
        "CREATE INDEX worker_by_end ON worker (ended_at) WHERE ended_at IS NOT NULL",
        "CREATE INDEX worker_not_ended ON worker (id) WHERE ended_at IS NULL",
        """
        CREATE TABLE worker_report (
            worker bigint PRIMARY KEY REFERENCES worker (id) ON DELETE CASCADE, at bigint NOT NULL, heard bigint NOT NULL,
            body text NOT NULL)
        """,
        """
        CREATE TABLE worker_order (
            id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, worker bigint, lane text, wish text NOT NULL,
            by text NOT NULL, why text NOT NULL, at bigint NOT NULL, until bigint)
        """,
        "CREATE INDEX worker_order_by_worker ON worker_order (worker)",
        """
        CREATE TABLE queue_sample (
            id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, at bigint NOT NULL, grain bigint NOT NULL,
            worker bigint NOT NULL, body text NOT NULL)
        """,
        "CREATE INDEX queue_sample_by_grain ON queue_sample (grain, at)",
        """
        CREATE TABLE queue_hour (
            start bigint NOT NULL, queue text COLLATE "C" NOT NULL, samples bigint NOT NULL, ready_least bigint,
            ready_most bigint, ready_last bigint, consumers_least bigint, in_hand_most bigint NOT NULL,
            settled_first bigint NOT NULL, settled_last bigint NOT NULL, PRIMARY KEY (start, queue))
        """,
        "CREATE TABLE lane_settled (lane text COLLATE \"C\" PRIMARY KEY, count bigint NOT NULL)",
    ]
}
