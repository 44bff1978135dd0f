import Basics
import Logging
import TestKit
import Testing
import Wire

@testable import Store
@testable import StoreSQLite

/// A record that cannot be read, damaged or of a newer version, ends the jobs that need it and nothing else.
@Suite("Contract 8: a record that cannot be read", .timeLimit(.minutes(10)))
struct UnreadableTests {
    /// Texts of closed lists that a newer version may have made longer.
    static let choices = [
        SealedColumn(table: "job", column: "kind"), SealedColumn(table: "job", column: "application"),
        SealedColumn(table: "job", column: "outcome"), SealedColumn(table: "job", column: "withheld"),
        SealedColumn(table: "pending", column: "application"), SealedColumn(table: "pending", column: "purpose"),
        SealedColumn(table: "pending", column: "ended"), SealedColumn(table: "code", column: "channel"),
        SealedColumn(table: "code", column: "ended"), SealedColumn(table: "approval", column: "application"),
        SealedColumn(table: "enrolment", column: "application"), SealedColumn(table: "enrolment", column: "ended"),
        SealedColumn(table: "canceled_send", column: "application"),
        SealedColumn(table: "dead_letter", column: "reason"), SealedColumn(table: "dead_letter", column: "state"),
        SealedColumn(table: "provider_chore", column: "kind"), SealedColumn(table: "audit", column: "kind"),
        SealedColumn(table: "audit", column: "outcome"), SealedColumn(table: "audit", column: "reason"),
        SealedColumn(table: "history", column: "kind"), SealedColumn(table: "history", column: "application"),
        SealedColumn(table: "history", column: "outcome"), SealedColumn(table: "history", column: "reason"),
        SealedColumn(table: "audit_refusal", column: "kind"), SealedColumn(table: "tally", column: "tally"),
        SealedColumn(table: "read_log", column: "kind"),
    ]

    /// Columns of any text: names, ids, words.
    static let texts: [String: Set<String>] = [
        "meta": ["name"], "site_option": ["name", "value"],
        "job": ["front_end", "message_id", "user", "login", "calls", "code_events"],
        "user": ["name", "factor_sid", "factor_identity"], "code": ["sid", "attempts", "cohort"],
        "pending": ["user", "login", "sid"], "approval": ["user", "login"], "client": ["user"],
        "tally": ["front_end", "message_id", "owner"], "bypass": ["user"], "ticket": ["user"],
        "canceled_send": ["front_end", "message_id", "user", "login"],
        "dead_letter": ["routing_key", "front_end", "message_id", "properties"],
        "history": ["front_end", "message_id", "user", "masked", "channel", "country", "login", "sid"],
        "rollup": ["labels"],
        "audit": ["operator", "front_end", "message_id", "user", "detail", "former_user"],
        "letter_total": ["front_end"], "audit_refusal": ["front_end"],
        "enrolment": ["user", "login", "identity", "factor_sid", "label", "issuer"],
        "challenge": ["factor_sid", "sid"], "used_code": ["front_end", "message_id"],
        "grdb_migrations": ["identifier"],
        // What a newer version says of a worker is passed over; that it lives, the kernel knows.
        "worker": ["ended_how"], "worker_report": ["body"],
        // And so is a wish that only a newer version knows: its workers obey it.
        "queue_sample": ["body"], "queue_hour": ["queue"], "lane_settled": ["lane"],
        "worker_order": ["lane", "wish", "by", "why"],
    ]

    /// Of a store in PostgreSQL those of its own, and those that only one in SQLite has.
    private static let postgresOnly = [
        "schema_migration": ["name"], "server": ["incarnation"], "worker": ["incarnation"], "used_code": ["user"],
    ]
    private static let sqliteOnly = ["job": ["code_events"], "grdb_migrations": ["identifier"]]

    /// The name that a table or column has in a kind of store: `user` is a word of SQL's own.
    private static func name(_ word: String, in kind: StoreKind) -> String {
        switch kind {
        case .sqlite: word
        case .postgres: ["user": "person", "former_user": "former_person"][word] ?? word
        }
    }

    private static func columns(_ lists: [String: some Sequence<String>]) -> Set<SealedColumn> {
        Set(lists.flatMap { table, columns in columns.map { SealedColumn(table: table, column: $0) } })
    }

    /// What is in no list above has no row in ``filled()`` either: a new column has to be thought of.
    @Test("every column of text is known to be of a closed list, or of any text", arguments: StoreKind.allCases)
    func columns(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        var known = Self.columns(Self.texts).union(Self.choices)
        let sql: String
        switch kind {
        case .sqlite:
            sql = """
                SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c
                WHERE m.type = 'table' AND c.type = 'TEXT'
                """
        case .postgres:
            known.subtract(Self.columns(Self.sqliteOnly))
            known.formUnion(Self.columns(Self.postgresOnly))
            sql = """
                SELECT table_name || '.' || column_name FROM information_schema.columns
                WHERE table_schema = current_schema() AND data_type = 'text'
                """
        }
        let names = known.map { "\(Self.name($0.table, in: kind)).\(Self.name($0.column, in: kind))" }
        let found = Set(try await world.query(sql))
        #expect(found == Set(names))
    }

    /// A store with a row in every table, and a value in every column that can be damaged, all of one person's.
    private func filled(_ kind: StoreKind) async throws -> World {
        let world = try await World(kind)
        let store = try await world.worker()
        let login = Sample.login("ada", "in-1")
        let phone = try Sample.phone()
        let user = Sample.user {
            $0.phone = phone
            $0.authenticator = Authenticator(factorSID: "YF1", identity: "person-1", registeredAt: Sample.now)
        }
        var code = try Sample.code()
        code.ended = .reset
        let enrolment = Enrolment(
            login: login, identity: "person-2", secret: Redacted([1, 2, 3]), label: "ada",
            expiresAt: Sample.now - .seconds(1), ticket: [1], wasConfirmed: true)
        let audit = AuditEntry(
            at: Sample.now, administrator: "olga", frontEnd: "desk", kind: .adminUserGet, messageID: "a-1",
            user: "ada", outcome: .invalid, reason: .malformed, detail: "{}")
        let letter = DeadLetter(
            reason: .poison, routingKey: "send", frontEnd: "portal", messageID: "m-1", body: Redacted([0x7B, 0x7D]),
            at: Sample.now)
        let changes: [Change] = [
            .user(user), .code(code), .pending(try Sample.tie(login, ended: .reset)),
            .enrolment(user: "ada", enrolment),
            .approval(login, client: "10.0.0.9"), .audit(audit), .refusedAudit(audit), .deadLetter(letter),
            .letters([1], .replaying, dueAt: [Sample.now]), .chore(.cancelVerification(sid: "VE1")),
            .cancelSend(JobKey(frontEnd: "portal", messageID: "c-1"), login), .count([.userSends]),
            .challenge(factorSID: "YF1", OpenChallenge(sid: "YC1", expiresAt: Sample.now + .seconds(60), tries: 1)),
            .bypass(user: "ada", Redacted("1"), until: Sample.now + .seconds(600)),
        ]
        _ = try await store.begin(Sample.job("recorded", login: "in-1", number: nil)) { _ in
            .answer(
                Answer(
                    outcome: .enrolling, reason: .answerLost, body: Array("reply".utf8), withheld: .code,
                    changes: changes))
        }
        #expect(try await store.begin(Sample.job("begun", login: "in-2"), decide: Sample.calling).intent != nil)
        #expect(try await store.takeRead(.verification, limits: [ReadLimit(count: 9, per: .seconds(60))]))
        await world.end(store)
        world.time.advance(.seconds(3600))
        switch kind {
        case .sqlite: try await world.change("DROP TRIGGER audit_is_never_changed")
        case .postgres: try await world.change("DROP TRIGGER audit_is_kept ON audit")
        }
        return world
    }

    /// Lets the store do all that it can be asked for, the damaged person's jobs and other people's.
    private func exercise(_ store: any WorkingStore, in world: World) async throws -> Set<UnreadableRecord> {
        let look = try await world.look()
        defer { look.close() }
        var found: Set<UnreadableRecord> = []
        func damaged(_ body: () async throws -> Void) async throws {
            do { try await body() } catch let error as StoreError { found.insert(try #require(error.record)) }
        }
        for id in ["recorded", "begun", "new"] {
            let job = Sample.job(id, login: id == "begun" ? "in-2" : "in-1", number: id == "begun" ? Sample.text : nil)
            try await damaged {
                var job = job
                (job.wanted.approval, job.wanted.authenticator, job.wanted.strangers) = (true, true, true)
                (job.wanted.openCodes, job.wanted.tallies, job.wanted.paces) = (true, [.userSends: 5], true)
                let begun = try await store.begin(job) { _ in .answer(Sample.answer(.done)) }
                if let intent = begun.abandoned { _ = try await store.finish(intent) { _ in Sample.answer() } }
            }
            try await damaged { _ = try await store.state(of: job.key) }
            try await damaged { _ = try await look.timelines(of: id) }
        }
        try await damaged { _ = try await store.enrolment(of: "ada") }
        // Others are served, also on the number that a job which nobody can read had begun on.
        let other = Sample.job("other", user: "bob", number: "+15005550199")
        #expect(try await store.begin(other, decide: Sample.calling).intent != nil)
        _ = try await store.takeDueLetters(limit: 9)
        _ = try await store.takeDueChores(limit: 9)
        _ = try await store.audit(AuditQuery())
        _ = try await store.history(HistoryQuery())
        _ = try await store.waitingLetters()
        _ = try await store.brakes()
        let lists = try await store.look(at: "") {
            $0.census = true
            $0.page = UserPage(filter: nil, after: nil, limit: 9)
        }
        #expect(lists.unreadable == 0 || lists.page.isEmpty)
        let letters = try await store.letters(
            LetterQuery(DeadSelection(), limit: 9, withBodies: true, withCounts: true))
        #expect(letters.letters.count + letters.counts["unreadable", default: 0] == 1 && letters.last == 1)
        _ = try await store.sweep(Retention(), limit: 100)
        return found
    }

    /// Any sealed value that no key made, and any text of a closed list that is not known.
    private static let damages = SealedColumn.all.map { (column: $0, isSealed: true) } + choices.map { ($0, false) }

    @Test(
        "damage of any sealed value, and any text of a closed list that is not known", arguments: StoreKind.allCases,
        damages.indices)
    func damage(_ kind: StoreKind, index: Int) async throws {
        let (column, isSealed) = Self.damages[index]
        let world = try await filled(kind)
        let (table, name) = (Self.name(column.table, in: kind), Self.name(column.column, in: kind))
        let value: String
        switch kind {
        case .sqlite: value = isSealed ? "x'0102030405'" : "'of_the_future'"
        case .postgres: value = isSealed ? "'\\x0102030405'" : "'of_the_future'"
        }
        let count = "SELECT COUNT(*) FROM \(table) WHERE \(name) = \(value)"
        try await world.change("UPDATE \(table) SET \(name) = \(value) WHERE length(\(name)) > 0")
        let damaged = try await world.number(count)
        // The value is really there, unless it stands in a column that only an ended enrolment has.
        #expect(damaged > 0 || column == SealedColumn(table: "enrolment", column: "ended"))
        let seen = Locked<[UnreadableRecord]>([])
        let watch = StoreWatch(clocks: world.time.clocks, observer: Observer(seen: seen))
        let silence = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let store = try await world.worker(watch: watch, logger: silence)
        let found = try await exercise(store, in: world)
        #expect(store.watch.trouble == nil)
        let told = seen.withLock { $0 }
        #expect(told.count == Set(told).count && found.isSubset(of: told), "each is told once: \(found), \(told)")
        #expect(told.allSatisfy { $0.table == column.table || $0.table == "job" }, "\(told)")
        await world.end(store)
        let kept = try await world.number(count)
        // A job whose call cannot be read is ended by its own message; all else stays as it was found.
        let mayGo = column == SealedColumn(table: "job", column: "call") ? 1 : 0
        #expect(kept >= damaged - mayGo)
    }

    private struct Observer: StoreObserver {
        let seen: Locked<[UnreadableRecord]>
        func ended(_ operation: String, _ failure: StoreError?, after: Duration) {}
        func committed(after: Duration) {}
        func dropped(letters: Int) {}
        func found(_ record: UnreadableRecord) { seen.withLock { $0.append(record) } }
    }

    @Test(
        "lists pass such rows over and count them; those behind get their turn, however many stand in front",
        arguments: StoreKind.allCases)
    func lists(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        for name in ["a", "b", "c", "d"] {
            let phone = try Sample.phone()
            try await store.write([.user(Sample.user(name) { $0.phone = phone })])
            try await store.write([.chore(.cancelVerification(sid: name))])
            let letter = DeadLetter(
                reason: .broker, routingKey: "send", frontEnd: "", messageID: name, body: Redacted([]), at: Sample.now)
            try await store.write([.deadLetter(letter)])
        }
        try await store.write([.letters([1, 2, 3, 4], .replaying, dueAt: Array(repeating: Sample.now, count: 4))])
        // The first byte names the key, and none has that number.
        let damage: String
        switch kind {
        case .sqlite: damage = "x'00'"
        case .postgres: damage = "'\\x00'"
        }
        try await world.change(
            """
            UPDATE \(Self.name("user", in: kind)) SET phone = \(damage) WHERE name < 'c';
            UPDATE dead_letter SET body = \(damage) WHERE id < 3; UPDATE provider_chore SET payload = \(damage) WHERE id < 3;
            """)
        world.time.advance(.seconds(60))
        let page = try await store.look(at: "") { $0.page = UserPage(filter: nil, after: nil, limit: 2) }
        #expect(page.page.map(\.name) == ["c", "d"] && page.unreadable == 2)
        #expect(try await store.takeDueLetters(limit: 2).map(\.id) == [3, 4])
        #expect(try await store.takeDueChores(limit: 2).map(\.id) == [3, 4])
        await world.end(store)
    }

    @Test("of many at once a hundred a minute are told, each once", arguments: StoreKind.allCases)
    func flood(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let log = Lines()
        let store = try await world.worker(logger: Logger(label: "test") { _ in log })
        for _ in 0..<150 { try await store.write([.deadLetter(Sample.letter("{}"))]) }
        switch kind {
        case .sqlite: try await world.change("UPDATE dead_letter SET body = x'00'")
        case .postgres: try await world.change("UPDATE dead_letter SET body = '\\x00'")
        }
        var told: [Int] = []
        for pause in [0, 1, 60, 60] {
            world.time.advance(.seconds(pause))
            _ = try await store.letters(LetterQuery(DeadSelection(), limit: 1000, withBodies: true))
            told.append(log.lines.withLock { $0 }.count { $0.contains("cannot be read") })
        }
        #expect(told == [100, 100, 150, 150])
        await store.close()
    }

    @Test(
        "what is under way on a number and cannot be read waits for its own message, and holds up nobody else",
        arguments: StoreKind.allCases)
    func locked(_ kind: StoreKind) async throws {
        let world = try await filled(kind)
        switch kind {
        case .sqlite: try await world.change("UPDATE job SET call = x'00' WHERE state = 0")
        case .postgres: try await world.change("UPDATE job SET call = '\\x00' WHERE state = 0")
        }
        let store = try await world.worker()
        #expect(try await store.begin(Sample.job("next", user: "bob"), decide: Sample.calling).intent != nil)
        await #expect(throws: StoreError.self) {
            _ = try await store.begin(Sample.job("begun", login: "in-2"), decide: Sample.calling)
        }
        let ended = try await store.refuse(Sample.job("begun", login: "in-2"), answer: Sample.answer(.unavailable))
        #expect(ended?.recorded?.outcome == .unavailable)
        await world.end(store)
    }

    @Test("an intent ends without a look at what it is about", arguments: StoreKind.allCases)
    func end(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let intent = try #require(try await store.begin(Sample.job("one"), decide: Sample.calling).intent)
            #expect(try await store.end(intent, answer: Sample.answer(.unavailable)).recorded?.outcome == .unavailable)
            #expect(try await store.end(intent, answer: Sample.answer(.unavailable)).recorded == nil)
            #expect(try await store.begin(Sample.job("two"), decide: Sample.calling).intent != nil)
        }
    }

    @Test("a read whose task is cancelled says nothing of the store")
    func cancelled() {
        #expect(StoreError(sqlite: CancellationError()).code == .stopping)
        var health = StoreHealth()
        let now = MonotonicTime(nanoseconds: 0)
        func end(_ failure: StoreError) {
            let operation = health.begin(at: now)
            health.end(operation, failure, wrote: false)
        }
        for code in [StoreError.Code.stopping, .closed] { end(StoreError(code, "")) }
        end(StoreError(unreadable: UnreadableRecord(table: "user", key: "ada")))
        #expect(health.trouble(at: now) == nil)
        end(StoreError(.full, ""))
        #expect(health.trouble(at: now) != nil)
    }
}
