import Basics
import Store
import TestKit
import Testing
import Wire

@Suite("Contract 2 and 6: bypass codes and tickets", .timeLimit(.minutes(10)))
struct OneUseTests {
    private func bypass(_ store: any LoginStore, _ user: String, _ code: String) async throws -> Situation.Bypass {
        try await store.look(at: user) { $0.code = Redacted(code) }.bypass
    }

    private func ticket(_ store: any LoginStore, _ user: String, _ text: String) async throws -> [UInt8]? {
        try await store.look(at: user) { $0.ticket = Redacted(text) }.ticket
    }

    @Test("2 admin.user.bypass: the person's own code, while it lasts, once", arguments: StoreKind.allCases)
    func bypass(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            #expect(try await bypass(store, "ada", "12345678") == .none)
            let until = Sample.now + .seconds(60)
            try await store.write([.bypass(user: "ada", Redacted("12345678"), until: until)])
            #expect(try await bypass(store, "ada", "12345678") == .right)
            #expect(try await bypass(store, "ada", "12345679") == .wrong(triesLeft: 4))
            #expect(try await bypass(store, "bob", "12345678") == .none)
            #expect(try await store.look(at: "ada").bypass == .none)
            try await store.write([.bypass(user: "ada", Redacted("87654321"), until: until)])
            #expect(try await bypass(store, "ada", "12345678") == .wrong(triesLeft: 4))
            try await store.write([.bypass(user: "bob", nil, until: until)])
            world.time.advance(.seconds(60) - .milliseconds(1))
            #expect(try await bypass(store, "ada", "87654321") == .right)
            world.time.advance(.milliseconds(1))
            #expect(try await bypass(store, "ada", "87654321") == .none)
        }
    }

    @Test("2 admin.user.bypass: used up, it is gone", arguments: StoreKind.allCases)
    func usedBypass(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let until = Sample.now + .seconds(60)
            try await store.write([.bypass(user: "ada", Redacted("12345678"), until: until)])
            try await store.write([.bypass(user: "ada", nil, until: until)])
            #expect(try await bypass(store, "ada", "12345678") == .none)
        }
    }

    @Test(
        "2 admin.user.bypass: it dies after five wrong guesses; a new one has five again", arguments: StoreKind.allCases
    )
    func guesses(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            let until = Sample.now + .seconds(60)
            for name in ["ada", "bob"] {
                try await store.write([.bypass(user: name, Redacted("12345678"), until: until)])
            }
            for left in [4, 3, 2, 1, 0] {
                #expect(try await bypass(store, "ada", "12345678") == .right)
                #expect(try await bypass(store, "ada", "00000000") == .wrong(triesLeft: left))
                try await store.write([.bypassTry(user: "ada")])
            }
            for code in ["12345678", "00000000"] { #expect(try await bypass(store, "ada", code) == .none) }
            #expect(try await bypass(store, "bob", "00000000") == .wrong(triesLeft: 4))
            try await store.write([.bypass(user: "ada", Redacted("87654321"), until: until)])
            #expect(try await bypass(store, "ada", "00000000") == .wrong(triesLeft: 4))
        }
    }

    @Test("6 site.tickets: one-time, the person's own, until it ends", arguments: StoreKind.allCases)
    func tickets(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            let until = Sample.now + .seconds(60)
            try await store.write([.ticket(user: "ada", Redacted("T1"), until: until)])
            let first = try #require(try await ticket(store, "ada", "T1"))
            #expect(!String(decoding: first, as: UTF8.self).contains("T1"))
            #expect(try await ticket(store, "ada", "t1") == nil)
            #expect(try await ticket(store, "bob", "T1") == nil)
            try await store.write([.useTicket(first)])
            #expect(try await ticket(store, "ada", "T1") == nil)
            // A new one replaces those that were handed out before.
            for text in ["T1", "T2"] { try await store.write([.ticket(user: "ada", Redacted(text), until: until)]) }
            try await store.write([.ticket(user: "bob", Redacted("T3"), until: until)])
            let second = try #require(try await ticket(store, "ada", "T2"))
            #expect(try await ticket(store, "ada", "T1") == nil && second != first)
            world.time.advance(.seconds(60) - .milliseconds(1))
            #expect(try await ticket(store, "ada", "T2") == second)
            world.time.advance(.milliseconds(1))
            #expect(try await ticket(store, "ada", "T2") == nil)
        }
    }

    @Test("5.6 secrets of a job's reply: the same for each repeat, another for each job", arguments: StoreKind.allCases)
    func secrets(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let stores = [try await world.worker(), try await world.worker()]
        var codes: Set<String> = []
        var tickets: Set<String> = []
        for index in 0..<200 {
            let key = JobKey(frontEnd: index % 2 == 0 ? "portal" : "desk", messageID: "m-\(index / 2)")
            let code = try #require(stores[0].secret(.code, of: key)?.revealed)
            let ticket = try #require(stores[0].secret(.ticket, of: key)?.revealed)
            #expect(stores[1].secret(.code, of: key)?.revealed == code)
            #expect(stores[1].secret(.ticket, of: key)?.revealed == ticket)
            #expect(code.utf8.count == 8 && code.allSatisfy(\.isWholeNumber))
            #expect(ticket.utf8.count == 19 && ticket.split(separator: "-").count == 4)
            codes.insert(code)
            tickets.insert(ticket)
        }
        #expect(codes.count == 200 && tickets.count == 200)
        #expect(stores[0].secret(.user, of: JobKey(frontEnd: "", messageID: "m")) == nil)
        for store in stores { await world.end(store) }
    }

    @Test("5.6 secrets differ between stores", arguments: StoreKind.allCases)
    func secretsOfStores(_ kind: StoreKind) async throws {
        let key = JobKey(frontEnd: "portal", messageID: "m")
        try await withStore(kind) { _, first in
            try await withStore(kind) { _, second in
                let secrets = [WithheldField.code, .ticket].map { field in
                    (first.secret(field, of: key)?.revealed, second.secret(field, of: key)?.revealed)
                }
                for (left, right) in secrets { #expect(left != right) }
                #expect(first.pseudonym(of: "ada") == first.pseudonym(of: "ada"))
                #expect(first.pseudonym(of: "ada") != first.pseudonym(of: "bob"))
                #expect(first.pseudonym(of: "ada") != second.pseudonym(of: "ada"))
            }
        }
    }

    @Test("5.6 a reply's withheld field is noted with the record, and is not in it", arguments: StoreKind.allCases)
    func withheld(_ kind: StoreKind) async throws {
        try await withStore(kind) { _, store in
            for (index, field) in [WithheldField.code, .ticket, .user].enumerated() {
                let job = Sample.job("\(index)", kind: .adminUserBypass, number: nil)
                let begun = try await store.begin(job) { _ in
                    .answer(Answer(outcome: .done, reason: nil, body: [1], withheld: field))
                }
                #expect(begun.recorded?.withheld == field)
                #expect(try await store.begin(job, decide: Sample.calling).recorded?.withheld == field)
            }
        }
    }
}
