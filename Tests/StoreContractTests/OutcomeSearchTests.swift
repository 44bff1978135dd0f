import Basics
import Store
import TestKit
import Testing
import Wire

/// `outcomes find`, whose searches are bounded.
@Suite("8 Outcomes are found", .timeLimit(.minutes(10)))
struct OutcomeSearchTests {
    /// Thirty outcomes of three people, a second apart; each third is a call, each fifth British, and each has a sign-in of its own.
    private func withOutcomes(_ kind: StoreKind, _ body: (World, any LoginStore) async throws -> Void) async throws {
        try await withStore(kind) { world, store in
            for index in 0..<30 {
                let isCall = index % 3 == 0
                var job = Sample.job("m-\(index)", user: "user\(index % 3)", login: "sign-in-\(index)")
                job.asked = .code(isCall ? .call : .sms)
                job.place?.region = index % 5 == 0 ? "GB" : "US"
                if index == 17 { job.login.application = .windows }
                let outcome: Outcome = index == 4 ? .blocked : .throttled
                _ = try await store.begin(job) { _ in
                    var answer = Answer(outcome: outcome, reason: index == 4 ? .landline : nil, body: [])
                    answer.providerCode = index == 4 ? 60205 : nil
                    return .answer(answer)
                }
                world.time.advance(.seconds(1))
            }
            try await body(world, store)
        }
    }

    private func found(
        _ store: any LoginStore, _ change: (inout HistoryQuery) -> Void
    ) async throws -> [String] {
        var query = HistoryQuery()
        change(&query)
        return try await store.history(query).map(\.messageID)
    }

    private func names(_ fits: (Int) -> Bool) -> [String] { (0..<30).reversed().filter(fits).map { "m-\($0)" } }

    @Test(
        "8 outcomes find: by channel, country, code, sign-in, job, front end, application, reason",
        arguments: StoreKind.allCases)
    func fields(_ kind: StoreKind) async throws {
        try await withOutcomes(kind) { _, store in
            #expect(try await found(store) { $0.channel = .code(.call) } == names { $0 % 3 == 0 })
            #expect(try await found(store) { $0.country = "GB" } == names { $0 % 5 == 0 })
            #expect(
                try await found(store) { ($0.country, $0.channel) = ("GB", .code(.sms)) }
                    == names { $0 % 5 == 0 && $0 % 3 != 0 })
            #expect(try await found(store) { $0.providerCode = 60205 } == ["m-4"])
            #expect(try await found(store) { $0.login = "sign-in-7" } == ["m-7"])
            #expect(try await found(store) { $0.reason = .landline } == ["m-4"])
            #expect(try await found(store) { $0.application = .windows } == ["m-17"])
            #expect(try await found(store) { $0.kind = .check }.isEmpty)
            #expect(try await found(store) { $0.frontEnd = "portal" }.count == 30)
            #expect(try await found(store) { $0.frontEnd = "desk" }.isEmpty)
            #expect(try await found(store) { ($0.user, $0.country) = ("user0", "GB") } == names { $0 % 15 == 0 })
            var query = HistoryQuery()
            query.messageID = "m-15"
            let entry = try #require(try await store.history(query).first)
            #expect(entry.channel == .code(.call) && entry.country == "GB" && entry.login == "sign-in-15")
        }
    }

    @Test(
        "8 outcomes find: page by page, each once; no more rows are looked at than is said",
        arguments: StoreKind.allCases)
    func pages(_ kind: StoreKind) async throws {
        try await withOutcomes(kind) { _, store in
            for (limit, mostRead) in [(1, 100), (4, 100), (4, 3), (100, 7), (100, 1), (3, 30)] {
                for country in [nil, "GB"] {
                    var query = HistoryQuery()
                    (query.limit, query.mostRead, query.country) = (limit, mostRead, country)
                    var (all, looks) = ([String](), 0)
                    repeat {
                        let page = try await store.outcomes(query)
                        #expect(page.entries.count <= min(limit, mostRead))
                        all += page.entries.map(\.messageID)
                        query.after = page.next
                        looks += 1
                    } while query.after != nil && looks < 100
                    #expect(all == names { country == nil || $0 % 5 == 0 }, "\(limit), \(mostRead)")
                }
            }
            // Where nothing is left there is no way on.
            #expect(try await store.outcomes(HistoryQuery()).next == nil)
        }
    }

    @Test("8 outcomes find: several in one millisecond are told apart by their order", arguments: StoreKind.allCases)
    func sameTime(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            for index in 0..<9 {
                _ = try await store.begin(Sample.job("m-\(index)", number: nil)) { _ in .answer(Sample.answer(.done)) }
            }
            var query = HistoryQuery()
            query.limit = 2
            var all: [String] = []
            repeat {
                let page = try await store.outcomes(query)
                all += page.entries.map(\.messageID)
                query.after = page.next
            } while query.after != nil && all.count < 20
            #expect(all == (0..<9).reversed().map { "m-\($0)" })
        }
    }

    @Test(
        "8 outcomes find --sid: the sends of a code, and whatever its person did with it", arguments: StoreKind.allCases
    )
    func sid(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            var code = try Sample.code("VE7")
            code.cohort = CodeCohort(
                sentAt: Sample.now, purpose: .login, application: .web, channel: .sms, country: "US")
            let sent = code
            for id in ["one", "two"] {
                let intent = try #require(try await store.begin(Sample.job(id), decide: Sample.calling).intent)
                _ = try await store.finish(intent) { _ in Sample.answer(.sent, [.code(sent)]) }
                world.time.advance(.seconds(60))
            }
            let place = try Sample.place()
            let check = PlannedCall.check(PlannedCheck(place: place, sid: "VE7", purpose: .login))
            let intent = try #require(
                try await store.begin(Sample.job("check", kind: .check)) { _ in .call(check, changes: []) }.intent)
            _ = try await store.finish(intent) { _ in Sample.answer(.denied) }
            _ = try await store.begin(Sample.job("other", number: nil)) { _ in .answer(Sample.answer(.done)) }
            #expect(try await found(store) { $0.sid = "VE7" } == ["check", "two", "one"])
            #expect(try await found(store) { ($0.sid, $0.kind) = ("VE7", .check) } == ["check"])
            #expect(try await found(store) { $0.sid = "VE8" }.isEmpty)
        }
    }

    @Test("8 a place is what it says, and nothing else is one")
    func places() {
        let place = HistoryPlace(at: Sample.now, id: 42)
        #expect(HistoryPlace(place.description) == place)
        for text in ["", "1", "1-", "-1-2", "a-1", "1-2-3"] { #expect(HistoryPlace(text) == nil, "\(text)") }
    }
}
