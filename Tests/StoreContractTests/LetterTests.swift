import Basics
import Store
import TestKit
import Testing
import Wire

@Suite("Contract 2: dead letters, as the store holds them", .timeLimit(.minutes(10)))
struct LetterTests {
    private func letter(
        _ reason: DeadLetterReason = .malformed, key: String = "send", frontEnd: String = "portal",
        deadline: Timestamp? = nil
    ) -> DeadLetter {
        DeadLetter(
            reason: reason, routingKey: key, frontEnd: frontEnd, messageID: "m-1", properties: #"{"type":"x"}"#,
            body: Redacted(Array("body".utf8)), deadline: deadline, at: Sample.now)
    }

    private func letters(
        _ store: any LoginStore, _ select: (inout DeadSelection) -> Void = { _ in }
    ) async throws -> [DeadLetterRow] {
        var selection = DeadSelection()
        select(&selection)
        return try await store.letters(
            LetterQuery(selection, limit: selection.limit ?? 10_000, withBodies: true)
        ).letters
    }

    @Test("2 Dead-lettering: key, properties, front end, reason, times and body", arguments: StoreKind.allCases)
    func fields(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let deadline = Sample.now + .seconds(30)
            try await store.write([.deadLetter(letter(deadline: deadline)), .deadLetter(letter(.poison))])
            let rows = try await letters(store)
            #expect(rows.map(\.id) == [1, 2] && rows.map(\.state) == [.waiting, .waiting])
            let row = try #require(rows.first)
            #expect(row.letter.body.revealed == Array("body".utf8) && row.letter.properties == #"{"type":"x"}"#)
            #expect(row.letter.routingKey == "send" && row.letter.frontEnd == "portal" && row.letter.messageID == "m-1")
            #expect(row.letter.at == Sample.now && row.letter.deadline == deadline && row.replays == 0)
            #expect(rows.last?.letter.deadline == nil && row.dueAt == nil)
        }
    }

    @Test("2 admin.dead.*: ids or filter, limit, the oldest first", arguments: StoreKind.allCases)
    func selection(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            try await store.write([
                .deadLetter(letter(.malformed)), .deadLetter(letter(.poison, key: "check")),
                .deadLetter(letter(.poison, frontEnd: "desk")),
                .deadLetter(letter(.broker, key: "check", frontEnd: "")),
            ])
            try await store.write([.letters([2, 99], .discarded, dueAt: [])])
            #expect(try await letters(store).map(\.id) == [1, 2, 3, 4])
            #expect(try await letters(store) { $0.ids = [4, 2, 99] }.map(\.id) == [2, 4])
            #expect(try await letters(store) { $0.reason = .poison }.map(\.id) == [2, 3])
            #expect(try await letters(store) { $0.routingKey = "check" }.map(\.id) == [2, 4])
            #expect(try await letters(store) { $0.frontEnd = "" }.map(\.id) == [4])
            #expect(try await letters(store) { $0.state = .discarded }.map(\.id) == [2])
            #expect(try await letters(store) { ($0.reason, $0.state) = (.poison, .waiting) }.map(\.id) == [3])
            #expect(try await letters(store) { $0.limit = 3 }.map(\.id) == [1, 2, 3])
        }
    }

    @Test("2 admin.dead.replay: each letter has its turn, one worker's for a while", arguments: StoreKind.allCases)
    func turns(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let stores = [try await world.worker(), try await world.worker()]
        try await stores[0].write([.deadLetter(letter()), .deadLetter(letter()), .deadLetter(letter())])
        let due = [Sample.now + .seconds(2), Sample.now + .seconds(1), Sample.now + .seconds(2)]
        try await stores[0].write([.letters([1, 2, 3], .replaying, dueAt: due)])
        #expect(try await stores[0].takeDueLetters(limit: 9).isEmpty)
        world.time.advance(.seconds(2))
        #expect(try await stores[0].takeDueLetters(limit: 2).map(\.id) == [2, 1])
        #expect(try await stores[1].takeDueLetters(limit: 9).map(\.id) == [3])
        #expect(try await stores[1].takeDueLetters(limit: 9).isEmpty)
        try await stores[0].write([.letters([2], .replayed, dueAt: [])])
        // Whoever took a turn and died gives it up by time.
        world.time.advance(.seconds(60))
        #expect(try await Set(stores[1].takeDueLetters(limit: 9).map(\.id)) == [1, 3])
        let rows = try await letters(stores[1])
        #expect(rows.map(\.state) == [.replaying, .replayed, .replaying] && rows.map(\.replays) == [0, 1, 0])
        for store in stores { await world.end(store) }
    }

    @Test("2 admin.dead.restore: back to waiting, its turn forgotten", arguments: StoreKind.allCases)
    func restore(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            try await store.write([.deadLetter(letter())])
            try await store.write([.letters([1], .replaying, dueAt: [Sample.now])])
            try await store.write([.letters([1], .waiting, dueAt: [])])
            world.time.advance(.seconds(1))
            #expect(try await store.takeDueLetters(limit: 9).isEmpty)
            #expect(try await letters(store).map(\.dueAt) == [nil])
        }
    }
}
