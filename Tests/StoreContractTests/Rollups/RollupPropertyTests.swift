import Basics
import Foundation
import GRDB
import TestKit
import Testing
import Wire

@testable import Store
@testable import StoreSQLite

/// Random stories of codes, many at a time, some of which fail behind a write or before it: what is counted afterwards is what a query
/// over the records finds.
@Suite("8 Roll-ups equal the records", .timeLimit(.minutes(10)))
struct RollupPropertyTests {
    @Test("whatever outcomes come in whatever batches, by two workers, with some taken back", arguments: 1...6)
    func equal(seed: UInt64) async throws {
        let world = try await World()
        try await Self.refuseSome(world.configuration.path)
        var stores: [SQLiteStore] = []
        for _ in 0..<2 { stores.append(try #require(try await world.worker() as? SQLiteStore)) }
        var story = RollupStory(seed: seed)
        for _ in 0..<12 {
            let steps = (0..<Int.random(in: 1...40, using: &story.generator)).map { _ in story.step() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, step) in steps.enumerated() {
                    let store = stores[index % 2]
                    group.addTask { try await step.run(store) }
                }
                // Two who count at the same time, or nobody for a while.
                let counting = Int.random(in: 0...2, using: &story.generator)
                for store in stores.prefix(counting) { group.addTask { try await store.countOutcomes() } }
                try await group.waitForAll()
            }
            try await Self.expectAllRead(world)
            world.time.advance(.seconds(Int.random(in: 1...2400, using: &story.generator)))
        }
        try await stores[0].countOutcomes()
        let ledger = try await Ledger.read(world.configuration.path)
        for series in Ledger.series {
            let (counted, recorded) = (ledger.counted[series] ?? [:], ledger.recorded[series] ?? [:])
            #expect(counted == recorded, "\(series)")
            #expect(!recorded.isEmpty, "the story has something for \(series)")
        }
        // What was taken back, or could not be begun, is nowhere.
        #expect(ledger.isWithoutRefused)
        for store in stores { await world.end(store) }
    }

    /// Whoever reads the numbers finds every outcome, counted yet or not.
    private static func expectAllRead(_ world: World) async throws {
        let look = try await StoreLook.open(world.configuration, clocks: world.time.clocks)
        defer { look.close() }
        var read: [RollupSeries: Ledger.Counts] = [:]
        for series in Ledger.series {
            let (first, last) = (Timestamp(seconds: 0), Timestamp(seconds: 4_000_000_000))
            for row in try await look.rollups(RollupQuery([series], since: first, until: last)).rows {
                let labels = series.labels.map { row[$0] }.joined(separator: "\t")
                read[series, default: [:]]["\(row.start.milliseconds) \(labels)"] = row.count
            }
        }
        let recorded = try await Ledger.read(world.configuration.path).recorded
        for series in Ledger.series { #expect(read[series] ?? [:] == recorded[series] ?? [:], "\(series)") }
    }

    /// Outcomes of `bad` fail behind a write, and those of `damaged` before any.
    static func refuseSome(_ path: String) async throws {
        let raw = try DatabaseQueue(path: path)
        try await raw.write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER refuse BEFORE INSERT ON history WHEN NEW.user = 'bad'
                    BEGIN SELECT RAISE(ABORT, 'refused'); END;
                    INSERT INTO user (name, known, required, generation) VALUES ('damaged', 'x', 0, 0);
                    """)
        }
        try raw.close()
    }
}

/// Jobs as they come, by chance.
struct RollupStory {
    var generator: Seeded
    private var count = 0

    init(seed: UInt64) { generator = Seeded(seed) }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &generator)]
    }

    /// One job, and what comes of it.
    struct Step: Sendable {
        var job: NewJob
        var place: NumberPlace
        var channel: Channel
        var outcome: Outcome
        var reason: Reason?
        var isCalled: Bool
        var calls: [ProviderCall]
        var sid: String
    }

    mutating func step() -> Step {
        count += 1
        let places = [("+15005550142", "US"), ("+447700900123", "GB"), ("+15005550199", nil)].compactMap {
            text, region in
            E164(text).map { NumberPlace(number: $0, region: region, isLandline: false) }
        }
        let (place, channel) = (pick(places), pick([Channel.sms, .sms, .call]))
        let kind = pick([JobKind.send, .send, .registerPhone, .check, .check, .check, .cancel, .adminUserGet])
        var job = Sample.job(
            "m-\(count)", kind: kind, user: pick(["ada", "bob", "eve", "bad", "damaged"]),
            login: pick(["", "one-login"]),
            number: nil)
        job.place = place
        job.login.application = pick([.web, .windows])
        if kind.lane == .send { job.asked = .code(channel) }
        let outcomes: [Outcome] =
            switch kind.lane {
            case .send: [.sent, .sent, .sent, .throttled, .uncertain]
            case .check: [.approved, .denied, .denied, .denied, .uncertain, .expired]
            case .account, .admin: [.done]
            }
        let outcome = kind == .cancel ? .canceled : pick(outcomes)
        let calls = (0..<Int.random(in: 0...3, using: &generator)).map { call($0) }
        return Step(
            job: job, place: place, channel: channel, outcome: outcome, reason: outcome == .expired ? .replaced : nil,
            isCalled: !kind.isAdministration && pick([true, true, false]), calls: calls, sid: "VE\(count)")
    }

    private mutating func call(_ index: Int) -> ProviderCall {
        let isWell = pick([true, true, false])
        return ProviderCall(
            at: Sample.now + .seconds(Int.random(in: 0...7200, using: &generator)),
            operation: pick(["verification.start", "verification.check"]),
            milliseconds: pick([0, 49, 50, 120, 5000, 9000]),
            result: isWell ? "success" : pick(["timeout", "client_error"]),
            code: isWell ? nil : pick([nil, 60203]), sid: pick([nil, "VE\(index)"]),
            requestID: pick([nil, "RQ\(index)"]))
    }
}

extension RollupStory.Step {
    /// Has a store record it, as far as nothing stands in its way.
    func run(_ store: any LoginStore) async throws {
        do throws(StoreError) {
            let begun = try await store.begin(job) { decide($0) }
            guard let intent = begun.intent else { return }
            for call in calls { intent.calls.add(call) }
            _ = try await store.finish(intent) { conclude($0) }
        } catch {
            let isMeant = job.login.user == "bad" || job.login.user == "damaged"
            guard isMeant else { throw error }
        }
    }

    private func decide(_ situation: Situation) -> Decision {
        // What fails behind a write has to be the outcome alone: nobody would take the intent up again.
        guard isCalled, job.login.user != "bad" else { return .answer(answer()) }
        let live = situation.code.flatMap { $0.ended == nil ? $0 : nil }
        switch job.kind.lane {
        case .send:
            return .call(
                .send(PlannedSend(place: place, channel: channel, locale: nil, purpose: purpose)), changes: [])
        case .check:
            guard let live else { return .answer(answer()) }
            let call: PlannedCall =
                job.kind == .cancel
                ? .cancel(PlannedCancel(codes: [OpenCode(number: live.number.revealed, sid: live.sid)]))
                : .check(PlannedCheck(place: place, sid: live.sid, purpose: purpose))
            return .call(call, changes: [])
        case .account, .admin: return .answer(answer())
        }
    }

    private var purpose: Purpose { job.kind == .registerPhone ? .register : .login }

    private func answer(_ changes: [Change] = []) -> Answer {
        Answer(outcome: outcome, reason: reason, body: Array("reply".utf8), changes: changes)
    }

    private func conclude(_ situation: Situation) -> Answer {
        var code = situation.code
        switch outcome {
        case .sent:
            if code?.ended != nil { code = nil }
            var sent =
                code
                ?? LiveCode(
                    number: place.number, sid: sid, channel: channel, expiresAt: situation.now + .seconds(600),
                    attempts: [])
            sent.channel = channel
            sent.cohort =
                sent.cohort
                ?? CodeCohort(
                    sentAt: situation.now, purpose: purpose, application: job.login.application, channel: channel,
                    country: place.region)
            return answer([.code(sent)])
        case .approved: code?.ended = .codeUsed
        case .denied: code?.checksDenied += 1
        case .canceled: code?.ended = .notPending
        default: return answer()
        }
        return answer(code.map { [.code($0)] } ?? [])
    }
}

/// What was counted, and the same counted once more from the records.
struct Ledger {
    typealias Counts = [String: Int]
    /// Those that outcomes are counted in; the others are made of them.
    static let series = [RollupSeries.trafficByMinute, .trafficByHour, .codesByHour, .callsByMinute]
    var counted: [RollupSeries: Counts] = [:]
    var recorded: [RollupSeries: Counts] = [:]
    var isWithoutRefused = false

    static func read(_ path: String) async throws -> Ledger {
        try await DatabaseQueue(path: path).read { db in
            var ledger = Ledger()
            for row in try Row.fetchAll(db, sql: "SELECT series, start, labels, count FROM rollup") {
                let series = try #require(RollupSeries(rawValue: row[0]))
                ledger.counted[series, default: [:]]["\(row[1] as Int64) \(row[2] as String)"] = row[3]
            }
            try ledger.traffic(db)
            try ledger.calls(db)
            try ledger.codes(db)
            let refused = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM history WHERE user IN ('bad', 'damaged')")
            ledger.isWithoutRefused = refused == 0
            return ledger
        }
    }

    private mutating func note(_ series: RollupSeries, _ at: Int64, _ labels: [String?]) {
        let span = series.span.milliseconds
        let key = "\(at / span * span) \(labels.map { $0 ?? "" }.joined(separator: "\t"))"
        recorded[series, default: [:]][key, default: 0] += 1
    }

    private static func bucket(_ series: RollupSeries, _ milliseconds: Int64) -> String {
        String(series.bounds.count(where: { Int64($0) <= milliseconds }))
    }

    private mutating func traffic(_ db: Database) throws {
        let history = try Row.fetchAll(
            db, sql: "SELECT at, front_end, application, kind, channel, country, outcome, reason FROM history")
        for row in history {
            note(.trafficByHour, row[0], (1...7).map { row[$0] as String? })
        }
        let jobs = try Row.fetchAll(
            db, sql: "SELECT recorded_at, kind, outcome, recorded_at - received_at FROM job WHERE state = 1")
        for row in jobs {
            note(.trafficByMinute, row[0], [row[1], row[2], Self.bucket(.trafficByMinute, row[3])])
        }
    }

    private mutating func calls(_ db: Database) throws {
        for text in try String.fetchAll(db, sql: "SELECT calls FROM job WHERE state = 1 AND calls IS NOT NULL") {
            for call in ProviderCall.unpack(text) {
                note(
                    .callsByMinute, call.at.milliseconds,
                    [
                        call.operation, call.result, call.code.map(String.init),
                        Self.bucket(.callsByMinute, Int64(call.milliseconds)),
                    ])
            }
        }
    }

    /// A code's own course, from the outcomes that were about it.
    private mutating func codes(_ db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT sid, at, kind, outcome, application, channel, country FROM history
                WHERE sid IS NOT NULL ORDER BY at, id
                """)
        for (_, course) in Dictionary(grouping: rows, by: { $0[0] as String }) {
            let first = try #require(course.first { ($0[3] as String) == "sent" })
            let labels: [String?] =
                [first[2] as String == "register.phone" ? "register" : "login"] + (4...6).map { first[$0] as String? }
            let start: Int64 = first[1]
            func add(_ event: String, _ bucket: String = "") { note(.codesByHour, start, labels + [event, bucket]) }
            var (sends, compared, denied) = (0, 0, 0)
            for row in course {
                switch (row[2] as String, row[3] as String) {
                case (_, "sent"):
                    add(sends == 0 ? "sent" : "resent")
                    sends += 1
                case ("check", "approved"), ("check", "denied"):
                    if compared == 0 { add("entered") }
                    compared += 1
                    guard row[3] as String == "denied" else {
                        add("approved", Self.bucket(.codesByHour, row[1] as Int64 - start))
                        continue
                    }
                    denied += 1
                    add("denied")
                    if denied == 5 { add("used_up") }
                case ("cancel", "canceled"): add("canceled")
                default: break
                }
            }
        }
    }
}
