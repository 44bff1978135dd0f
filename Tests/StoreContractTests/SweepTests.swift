import Basics
import Store
import TestKit
import Testing
import Wire

@Suite("What has ended is forgotten, and nothing before its time", .timeLimit(.minutes(10)))
struct SweepTests {
    private func sweep(_ store: any LoginStore, _ change: (inout Retention) -> Void = { _ in }) async throws -> Int {
        var retention = Retention()
        change(&retention)
        return try await store.sweep(retention, limit: 100)
    }

    @Test("5.2 a record is kept for 48 hours, whatever is set", arguments: StoreKind.allCases)
    func records(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            let job = Sample.job("one", number: nil)
            _ = try await store.begin(job) { _ in .answer(Sample.answer(.approved)) }
            world.time.advance(.seconds(48 * 3600))
            _ = try await sweep(store) { ($0.deadLetters, $0.history) = (.zero, .zero) }
            #expect(try await store.begin(job, decide: Sample.calling).recorded?.outcome == .approved)
            world.time.advance(.seconds(3601))
            #expect(try await sweep(store) >= 1)
            #expect(try await store.state(of: job.key).name == "unknown")
        }
    }

    @Test(
        "a job that was begun, or given back, and never comes again goes after 49 hours", arguments: StoreKind.allCases)
    func neverReturned(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            let (begun, released) = (Sample.job("one"), Sample.job("two", number: "+15005550199"))
            #expect(try await store.begin(begun, decide: Sample.calling).intent != nil)
            let place = try Sample.place("+15005550199")
            let intent = try await store.begin(released) { _ in
                .call(.send(PlannedSend(place: place, channel: .sms, locale: nil, purpose: .login)), changes: [])
            }.intent
            try await store.release(try #require(intent))
            world.time.advance(.seconds(49 * 3600))
            #expect(try await sweep(store) == 0)
            world.time.advance(.milliseconds(1))
            #expect(try await sweep(store) == 2)
            // Neither holds its number any more.
            for number in [Sample.text, "+15005550199"] {
                #expect(
                    try await store.begin(Sample.job("new \(number)", number: number), decide: Sample.calling).busy
                        == nil)
            }
        }
    }

    @Test("6 Limits: what is counted in a day stays for it; a known client for 30 days", arguments: StoreKind.allCases)
    func limits(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            let tally = Tally.unprovenNumberSends
            let job = Sample.job("count", kind: .registerPhone)
            let pace = Pace(streak: 5, notBefore: Sample.now)
            try await store.write(
                [
                    .count([tally]), .approval(LoginKey(job.login), client: job.login.client),
                    .pace(.user("ada"), pace),
                ], as: job)
            world.time.advance(.seconds(86_400) - .milliseconds(1))
            _ = try await sweep(store)
            let counted = try await store.look(Sample.job("a", kind: .registerPhone)) { $0.tallies = [tally: 5] }
            #expect(counted.tallies[tally]?.used == 1)
            world.time.advance(.seconds(29 * 86_400))
            _ = try await sweep(store)
            let seen = try await store.look(Sample.job("b", kind: .registerPhone)) {
                ($0.approval, $0.paces) = (true, true)
            }
            #expect(seen.clientApprovedAt == Sample.now)
            // Cleared by an approval only.
            #expect(seen.paces[.user("ada")] == pace)
        }
    }

    @Test("2 Dead-lettering: retention 7 days by default", arguments: StoreKind.allCases)
    func letters(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            let letter = DeadLetter(
                reason: .malformed, routingKey: "send", frontEnd: "", messageID: nil, body: Redacted([]), at: Sample.now
            )
            try await store.write([.deadLetter(letter)])
            func count() async throws -> Int {
                try await store.allLetters().count
            }
            world.time.advance(.seconds(7 * 86_400))
            _ = try await sweep(store)
            #expect(try await count() == 1)
            world.time.advance(.milliseconds(1))
            _ = try await sweep(store)
            #expect(try await count() == 0)
        }
    }

    @Test("8 retention.history_days: outcomes go, but never before their records", arguments: StoreKind.allCases)
    func history(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            try await store.write([])
            world.time.advance(.seconds(86_400))
            _ = try await sweep(store) { $0.history = .zero }
            #expect(try await store.history(HistoryQuery()).count == 1)
            world.time.advance(.seconds(3 * 86_400))
            _ = try await sweep(store) { $0.history = .seconds(10 * 86_400) }
            #expect(try await store.history(HistoryQuery()).count == 1)
            _ = try await sweep(store) { $0.history = .zero }
            #expect(try await store.history(HistoryQuery()).isEmpty)
        }
    }

    @Test(
        "one-use codes and tickets go when they end; people, audit trail and history stay",
        arguments: StoreKind.allCases)
    func others(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            try await store.write([
                .user(Sample.user()), .audit(Sample.entry(user: "ada")), .code(try Sample.code()),
                .pending(try Sample.tie(Sample.login("ada"))),
                .bypass(user: "ada", Redacted("12345678"), until: Sample.now + .seconds(60)),
                .ticket(user: "ada", Redacted("T"), until: Sample.now + .seconds(60)),
            ])
            #expect(try await sweep(store) == 0)
            world.time.advance(.seconds(61))
            #expect(try await sweep(store) == 2)
            world.time.advance(.seconds(400 * 86_400))
            _ = try await sweep(store)
            #expect(try await store.user("ada") == Sample.user())
            #expect(try await store.audit(AuditQuery()).count == 1)
            #expect(try await store.history(HistoryQuery()).count == 1)
            #expect(try await store.look(Sample.job("x", kind: .check, number: nil)).pending == nil)
        }
    }

    @Test("what has ended is found anywhere in a table, so many rows at a time")
    func anywhere() async throws {
        try await withStore(.sqlite) { world, store in
            for index in 0..<20 {
                let until = Sample.now + .seconds(index % 2 == 0 ? 60 : 600)
                try await store.write([.ticket(user: "u\(index)", Redacted("T-\(index)"), until: until)])
            }
            world.time.advance(.seconds(61))
            var gone: [Int] = []
            for _ in 0..<5 { gone.append(try await store.sweep(Retention(), limit: 3)) }
            #expect(gone == [3, 3, 3, 1, 0])
            world.time.advance(.seconds(600))
            #expect(try await store.sweep(Retention(), limit: 100) == 10)
        }
    }

    @Test("a step forgets no more of each than it was told")
    func steps() async throws {
        try await withStore(.sqlite) { world, store in
            for index in 0..<7 { try await store.write([], as: Sample.job("\(index)", number: nil)) }
            world.time.advance(.seconds(50 * 3600))
            // Seven records, and the one number that they were counted in.
            for expected in [4, 3, 1, 0] { #expect(try await store.sweep(Retention(), limit: 3) == expected) }
        }
    }

    @Test(
        "one worker sweeps for all; another does when it is gone, has stopped, or its clock was ahead",
        arguments: StoreKind.allCases)
    func oneSweeps(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let (first, second) = (try await world.worker(), try await world.worker())
        world.time.advance(.seconds(7200))
        /// Whether an outdated letter goes.
        func sweeps(_ store: any LoginStore) async throws -> Bool {
            let letter = DeadLetter(
                reason: .malformed, routingKey: "send", frontEnd: "", messageID: nil, body: Redacted([]),
                at: world.time.wall - .seconds(60))
            try await store.write([.deadLetter(letter)])
            return try await sweep(store) { $0.deadLetters = .seconds(30) } > 0
        }
        #expect(try await sweeps(first))
        world.time.advance(.seconds(179))
        #expect(try await !sweeps(second))
        world.time.advance(.seconds(1))
        #expect(try await sweeps(second))
        #expect(try await !sweeps(first))
        world.time.advance(.seconds(-3600))
        #expect(try await sweeps(first))
        #expect(try await !sweeps(second))
        await world.end(first)
        #expect(try await sweeps(second))
        await world.end(second)
    }
}
