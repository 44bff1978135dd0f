import Basics
import GRDB
import TestKit
import Testing
import Wire

@testable import Store
@testable import StoreSQLite

@Suite("8 Roll-ups", .timeLimit(.minutes(10)))
struct RollupTests {
    /// Records `count` outcomes of a kind, each a job of its own.
    private func record(_ count: Int, _ outcome: Outcome = .done, in store: any LoginStore) async throws {
        for _ in 0..<count {
            _ = try await store.begin(Sample.job(RandomID.uuid(), number: nil)) { _ in .answer(Sample.answer(outcome)) }
        }
    }

    private func look<Value: Sendable>(
        _ world: World, _ body: (any StoreReader) async throws -> Value
    ) async throws -> Value {
        let look = try await world.look()
        defer { look.close() }
        return try await body(look)
    }

    private static let ever = (since: Timestamp(seconds: 0), until: Timestamp(seconds: 4_000_000_000))

    private func count(_ world: World, _ series: RollupSeries) async throws -> Int {
        try await look(world) {
            try await $0.rollups(RollupQuery([series], since: Self.ever.since, until: Self.ever.until)).rows
                .reduce(0) { $0 + $1.count }
        }
    }

    private func worker(_ world: World) async throws -> SQLiteStore {
        try #require(try await world.worker() as? SQLiteStore)
    }

    private func rows(_ world: World, _ series: RollupSeries) async throws -> Int {
        try await world.number("SELECT coalesce(sum(count), 0) FROM rollup WHERE series = \(series.rawValue)")
    }

    @Test(
        "a few outcomes write no number; a beat counts what came, and a reader finds it before and after",
        arguments: StoreKind.allCases)
    func counting(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try #require(try await world.worker() as? any WorkingStore)
        try await record(40, in: store)
        #expect(try await rows(world, .trafficByHour) == 0)
        #expect(try await count(world, .trafficByHour) == 40)
        _ = try await store.beat(WorkerReport(host: "h", pid: 1, version: "1", listen: nil, settings: "s"), [])
        #expect(try await rows(world, .trafficByHour) == 40)
        #expect(try await count(world, .trafficByHour) == 40)
        try await record(3, in: store)
        try await store.leave(.stopped)
        #expect(try await rows(world, .trafficByHour) == 43)
        await world.end(store)
    }

    @Test("while many come, they are counted along with what is written, without a beat")
    func countingAlong() async throws {
        let world = try await World()
        let store = try await worker(world)
        try await record(3 * SQLiteRows.countedAtOnce, in: store)
        await store.close()
        #expect(try await rows(world, .trafficByHour) >= 2 * SQLiteRows.countedAtOnce)
        #expect(try await count(world, .trafficByHour) == 3 * SQLiteRows.countedAtOnce)
    }

    @Test("outcomes that came while nobody counted are counted before any record goes")
    func countedBeforeSwept() async throws {
        let world = try await World()
        let store = try await worker(world)
        try await record(4, in: store)
        let history = { () async throws -> Int in try await store.history(HistoryQuery()).count }
        world.time.advance(.seconds(3 * 86_400))
        var retention = Retention()
        retention.history = .seconds(86_400)
        #expect(try await history() == 4)
        _ = try await store.sweep(retention, limit: 500)
        #expect(try await history() == 0)
        #expect(try await rows(world, .trafficByHour) == 4)
        // The next records may get the numbers of those that went.
        try await record(2, in: store)
        try await store.countOutcomes()
        #expect(try await rows(world, .trafficByHour) == 6)
        await world.end(store)
    }

    @Test("a record that cannot be read is in no number, and keeps none away")
    func unreadable() async throws {
        let world = try await World()
        let store = try await worker(world)
        try await record(3, in: store)
        try await DatabaseQueue(path: world.configuration.path).write { db in
            try db.execute(sql: "UPDATE history SET outcome = x'00' WHERE id = (SELECT min(id) + 1 FROM history)")
        }
        #expect(try await count(world, .trafficByHour) == 2)
        try await store.countOutcomes()
        try await record(1, in: store)
        #expect(try await count(world, .trafficByHour) == 3)
        await world.end(store)
    }

    @Test("an outcome that is repeated counts once; 'options' and lookers count nothing", arguments: StoreKind.allCases)
    func once(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        let job = Sample.job("one", number: nil)
        for _ in 0..<3 { _ = try await store.begin(job) { _ in .answer(Sample.answer(.done)) } }
        _ = try await store.history(HistoryQuery())
        _ = try await store.situation(of: Job.Login(user: "ada"))
        #expect(try await count(world, .trafficByHour) == 1)
        await world.end(store)
    }

    @Test(
        "what is old is in the coarser series, and nothing is lost or doubled on the way", arguments: StoreKind.allCases
    )
    func folding(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        // Days ago, on both sides of what is kept by the hour.
        for _ in 0..<12 {
            try await record(3, in: store)
            try await record(2, .denied, in: store)
            world.time.advance(.seconds(86_400 - 3600))
        }
        let all = 12 * 5
        for limit in [1, 2, 500] {
            _ = try await store.sweep(Retention(), limit: limit)
            let (hours, days) = (try await count(world, .trafficByHour), try await count(world, .trafficByDay))
            #expect(hours + days == all, "with steps of \(limit): \(hours) and \(days)")
        }
        // Twelve days, of which eight are told by the hour.
        let days = try await look(world) {
            try await $0.rollups(RollupQuery([.trafficByDay], since: Self.ever.since, until: Self.ever.until)).rows
        }
        #expect(!days.isEmpty && days.allSatisfy { $0.start.milliseconds % 86_400_000 == 0 })
        let now = world.time.clocks.wall()
        #expect(days.allSatisfy { $0.start < now - .seconds(8 * 86_400) })
        func counted(_ outcome: String) -> Int {
            days.filter { $0[.outcome] == outcome }.reduce(0) { $0 + $1.count }
        }
        let (denied, done) = (counted("denied"), counted("done"))
        #expect(denied > 0 && denied * 3 == done * 2)
        await world.end(store)
    }

    @Test(
        "minutes of traffic go after 26 hours, calls by the hour after 40 days; days stay",
        arguments: StoreKind.allCases
    )
    func retention(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        let intent = try #require(try await store.begin(Sample.job("one"), decide: Sample.calling).intent)
        intent.calls.add(
            ProviderCall(
                at: world.time.clocks.wall(), operation: "verification.start", milliseconds: 80, result: "success"))
        _ = try await store.finish(intent) { _ in Sample.answer(.sent) }
        let series: [RollupSeries] = [.trafficByMinute, .trafficByHour, .trafficByDay, .callsByMinute, .callsByHour]
        func counts() async throws -> [Int] {
            _ = try await store.sweep(Retention(), limit: 500)
            var counts: [Int] = []
            for series in series { counts.append(try await count(world, series)) }
            return counts
        }
        #expect(try await counts() == [1, 1, 0, 1, 0])
        world.time.advance(.seconds(26 * 3600 + 61))
        #expect(try await counts() == [0, 1, 0, 0, 1])
        world.time.advance(.seconds(8 * 86_400))
        #expect(try await counts() == [0, 0, 1, 0, 1])
        world.time.advance(.seconds(40 * 86_400))
        #expect(try await counts() == [0, 0, 1, 0, 0])
        world.time.advance(.seconds(900 * 86_400))
        #expect(try await counts() == [0, 0, 1, 0, 0])
        await world.end(store)
    }

    @Test("an answer that would be too long ends with a whole span, and says where")
    func tooMany() async throws {
        let world = try await World()
        let store = try await world.worker()
        for outcome in [Outcome.done, .denied, .sent] {
            for other in [Outcome.approved, .late] {
                try await record(1, outcome, in: store)
                try await record(1, other, in: store)
            }
            world.time.advance(.seconds(3600))
        }
        let (path, clocks) = (world.configuration.path, world.time.clocks)
        let sealing = try KeyFile.read(world.configuration.keyFile)
        let page = try await DatabaseQueue(path: path).read { db in
            try SQLiteRows.looking(db, clocks, sealing, Liveness(watching: path + ".live")).rollups(
                RollupQuery([.trafficByHour], since: Self.ever.since, until: Self.ever.until), limit: 7)
        }
        let end = try #require(page.endsAt)
        #expect(!page.rows.isEmpty && page.rows.allSatisfy { $0.start > end })
        #expect(page.rows.count == 6, "two whole hours of three rows: \(page.rows)")
        #expect(page.countedSince != nil)
        await world.end(store)
    }

    @Test("what everybody may ask for at once ends with a whole span, too", arguments: StoreKind.allCases)
    func tooManyForAll(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let (series, most) = (RollupSeries.trafficByHour, RollupQuery.mostRows)
        let rows = most + 2
        try await world.change(
            """
            INSERT INTO rollup (series, start, labels, count)
            WITH RECURSIVE numbers (number) AS (
                SELECT 0 UNION ALL SELECT number + 1 FROM numbers WHERE number < \(rows - 1))
            SELECT \(series.rawValue), CAST(number AS bigint) / 4 * 3600000, 'portal' || number, 1 FROM numbers
            """)
        let page = try await look(world) {
            try await $0.rollups(RollupQuery([series], since: Self.ever.since, until: Self.ever.until))
        }
        let end = try #require(page.endsAt)
        // The oldest hour is whole, but one row of it is behind the bound.
        #expect(end == Timestamp(milliseconds: 0) && page.rows.count == rows - 4)
        #expect(
            page.rows.allSatisfy { $0.start > end } && page.rows.map(\.start) == page.rows.map(\.start).sorted(by: >))
    }

    @Test(
        "of a person who was erased the numbers stay, and nothing that leads to them", arguments: StoreKind.allCases)
    func erased(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        let intent = try #require(
            try await store.begin(Sample.job("one", login: "sign-in-1"), decide: Sample.calling).intent)
        intent.calls.add(
            ProviderCall(
                at: Sample.now, operation: "verification.start", milliseconds: 80, result: "success", sid: "VE1",
                requestID: "RQ1"))
        var code = try Sample.code()
        code.cohort = CodeCohort(sentAt: Sample.now, purpose: .login, application: .web, channel: .sms, country: "US")
        let sent = code
        _ = try await store.finish(intent) { _ in Sample.answer(.sent, [.code(sent)]) }
        let before = (try await count(world, .codesByHour), try await count(world, .trafficByHour))
        #expect(before == (1, 1))
        try await store.write([.erase(user: "ada", pseudonym: "erased-1")])
        let left = """
            SELECT COUNT(*) FROM history JOIN job USING (front_end, message_id) WHERE message_id = 'one'
            AND (history.sid IS NOT NULL OR history.login IS NOT NULL OR job.calls IS NOT NULL)
            """
        #expect(try await world.number(left) == 0)
        #expect(try await count(world, .codesByHour) == 1)
        await world.end(store)
    }
}

@Suite("8 What an outcome counts in")
struct RollupFiguresTests {
    @Test("spans begin where the clock says, also before 1970")
    func spans() {
        let time = Timestamp(seconds: 1_800_003_661)
        #expect(RollupSeries.trafficByMinute.start(of: time) == Timestamp(seconds: 1_800_003_660))
        #expect(RollupSeries.trafficByHour.start(of: time) == Timestamp(seconds: 1_800_003_600))
        #expect(RollupSeries.trafficByDay.start(of: time).milliseconds % 86_400_000 == 0)
        #expect(RollupSeries.trafficByHour.start(of: Timestamp(seconds: -1)) == Timestamp(seconds: -3600))
    }

    @Test("every series has the labels of the one that it is folded into, and a longer span")
    func coarser() {
        for series in RollupSeries.allCases {
            guard let coarser = series.coarser else { continue }
            #expect(series.labels == coarser.labels && series.bounds == coarser.bounds)
            #expect(coarser.span > series.span && series.kept != nil)
            #expect(coarser.span.milliseconds % series.span.milliseconds == 0)
        }
    }

    @Test("a time on a bound is in the next bucket, one beyond all in the last")
    func buckets() {
        let series = RollupSeries.callsByMinute
        #expect([0, 49, 50, 5000, 99_000].map { series.bucket(of: .milliseconds($0)) } == [0, 0, 1, 7, 7])
    }

    @Test("calls are kept as a line each, and come back as they were; the first and the last of very many")
    func packing() {
        let calls = (0..<3).map { index in
            ProviderCall(
                at: Timestamp(milliseconds: 1000 + Int64(index)), operation: "attempts.list", milliseconds: index,
                result: index == 0 ? "success" : "timeout", code: index == 2 ? 60203 : nil,
                sid: index == 1 ? "VE1" : nil,
                requestID: index == 0 ? "RQ1" : nil)
        }
        #expect(ProviderCall.pack(calls).map(ProviderCall.unpack) == calls)
        #expect(ProviderCall.pack([]) == nil)
        var odd = calls[0]
        (odd.sid, odd.requestID) = ("a b\nc", String(repeating: "x", count: 65))
        #expect(ProviderCall.pack([odd]).map(ProviderCall.unpack)?.first?.sid == nil)
        let many = (0..<100).map {
            ProviderCall(at: Timestamp(milliseconds: $0), operation: "check", milliseconds: 1, result: "success")
        }
        let kept = ProviderCall.pack(many).map(ProviderCall.unpack) ?? []
        #expect(kept.map(\.at.milliseconds) == Array(0..<16) + Array(84..<100))
        #expect(ProviderCall.unpack("what a newer version wrote\n" + (ProviderCall.pack(calls) ?? "")) == calls)
    }

    @Test("a cohort comes back as it was; one that a newer version wrote is none")
    func cohort() {
        for country in [nil, "US"] {
            let cohort = CodeCohort(
                sentAt: Sample.now, purpose: .register, application: .windows, channel: .call, country: country)
            #expect(CodeCohort(packed: cohort.packed) == cohort)
        }
        #expect(CodeCohort(packed: "1 login web pigeon US") == nil)
        let cohort = CodeCohort(
            sentAt: Sample.now, purpose: .login, application: .web, channel: .sms, country: "US")
        for events in CodeEvent.allCases.map({ [$0] }) + [[.entered, .denied, .usedUp]] {
            let done = CodeEvents(cohort, events)
            #expect(CodeEvents(packed: done.packed) == done)
        }
        #expect(CodeEvents(packed: "sent") == nil && CodeEvents(packed: "sent 1 login") == nil)
    }

    @Test("a front end's name is told from the next label, whatever is in it")
    func labels() {
        let key = RollupKey(.trafficByHour, at: Sample.now, "a\tb\n", "web", "send", nil, "US", "sent", nil)
        let row = RollupRow(key, count: 1)
        #expect(row[.frontEnd] == "ab" && row[.application] == "web" && row[.channel] == "" && row[.country] == "US")
        #expect(row[.operation] == "")
    }

    private static func codes(_ event: CodeEvent, _ count: Int, bucket: Int? = nil) -> RollupRow {
        RollupRow(
            RollupKey(
                series: .codesByHour, start: Sample.now,
                labels: "login\tweb\tsms\tGB\t\(event.rawValue)\t\(bucket.map(String.init) ?? "")"), count: count)
    }

    @Test("codes that nobody enters make the share fall, and repeats do not")
    func conversion() {
        let well = ConversionFigures([
            Self.codes(.sent, 10), Self.codes(.resent, 7), Self.codes(.entered, 9), Self.codes(.approved, 6, bucket: 0),
            Self.codes(.approved, 2, bucket: 5), Self.codes(.denied, 5), Self.codes(.usedUp, 1),
            Self.codes(.canceled, 1),
        ])
        #expect(well.codes == 10 && well.resends == 7 && well.approved == 8 && well.unused == 0)
        #expect(well.approvedShare == 0.8 && well.enteredShare == 0.9)
        #expect(well.times.bound(of: 0.5) == .below(15_000) && well.times.bound(of: 0.95) == .atLeast(300_000))
        let pumped = ConversionFigures([
            Self.codes(.sent, 100), Self.codes(.entered, 9), Self.codes(.approved, 8, bucket: 0),
        ])
        #expect(pumped.approvedShare == 0.08 && pumped.unused == 92)
        #expect(ConversionFigures([]).approvedShare == nil && ConversionFigures([]).times.bound(of: 0.5) == nil)
    }

    @Test("groups: by labels, by span, the largest first")
    func groups() {
        let hour: Duration = .seconds(3600)
        let rows = [(0, "sent", 2), (1, "sent", 3), (1, "denied", 9), (25, "sent", 1)].map { index, outcome, count in
            RollupRow(
                RollupKey(
                    series: .trafficByHour, start: Timestamp(seconds: 1_799_971_200 + 3600 * Int64(index)),
                    labels: "portal\tweb\tsend\tsms\tUS\t\(outcome)\t"), count: count)
        }
        let all = RollupGroup.of(rows, by: [.outcome])
        #expect(all.map(\.values) == [["denied"], ["sent"]] && all.map(\.count) == [9, 6])
        let hours = RollupGroup.of(rows, by: [], span: hour)
        #expect(hours.map(\.count) == [2, 12, 1])
        #expect(RollupGroup.of(rows, by: [.outcome], span: hour * 24).map(\.count) == [9, 5, 1])
    }
}
