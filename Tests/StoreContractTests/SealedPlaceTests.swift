import Basics
import Foundation
import GRDB
import Logging
import TestKit
import Testing
import Wire

@testable import Store
@testable import StoreSQLite

/// What is sealed opens at its place only: whoever can write the store's file, but has no key, can move nothing.
@Suite("Sealed values and their places", .timeLimit(.minutes(10)))
struct SealedPlaceTests {
    private static let numbers = ["ada": "+15005550142", "bob": "+15005550199"]

    /// A store with two values in every sealed column.
    ///
    /// - Parameter isOlder: As an older version made it, whose keys bind nothing.
    private func filled(isOlder: Bool = false) async throws -> World {
        let world = try await World(.sqlite)
        if isOlder { try loosen(world.configuration.keyFile) }
        let store = try await world.worker()
        for (name, number) in Self.numbers.sorted(by: { $0.key < $1.key }) {
            let phone = try Sample.phone(number)
            let user = Sample.user(name) { $0.phone = phone }
            let enrolment = Enrolment(
                login: Sample.login(name, "in-1"), identity: name, secret: Redacted(Array(name.utf8)), label: name,
                expiresAt: Sample.now + .seconds(600), ticket: nil, wasConfirmed: false)
            try await store.write(
                [
                    .user(user), .pending(try Sample.tie(Sample.login(name, "in-1"), sid: "VE1", number)),
                    .enrolment(user: name, enrolment), .deadLetter(Sample.letter("{\"user\":\"\(name)\"}")),
                    .chore(.cancelVerification(sid: name)),
                ], as: Sample.job("recorded-\(name)", user: name, number: nil))
            let begun = Sample.job("begun-\(name)", user: name, login: "in-1", number: number)
            let call = PlannedCall.send(
                PlannedSend(place: try Sample.place(number), channel: .sms, locale: "en", purpose: .login))
            #expect(try await store.begin(begun) { _ in .call(call, changes: []) }.intent != nil)
        }
        await world.end(store)
        return world
    }

    /// Makes of a new key file one of an older version.
    private func loosen(_ path: String) throws {
        let content = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
        var fields = try #require(content as? [String: Any])
        #expect(fields.removeValue(forKey: "binding_from") as? Int == 0 && fields["version"] as? Int == 2)
        fields["version"] = 1
        try JSONSerialization.data(withJSONObject: fields).write(to: URL(fileURLWithPath: path))
        #expect(chmod(path, 0o600) == 0)
    }

    private struct Value {
        var column: SealedColumn
        var key: [DatabaseValue]
        var sealed: [UInt8]
    }

    private func values(_ queue: DatabaseQueue) async throws -> [Value] {
        try await queue.read { db in
            try SealedColumn.all.flatMap { column in
                let rows = try column.rows(db, after: nil, limit: 100)
                #expect(rows.count == 2, "\(column)")
                return rows.map { Value(column: column, key: $0.key, sealed: $0.sealed) }
            }
        }
    }

    private func put(_ sealed: [UInt8], at value: Value, _ queue: DatabaseQueue) async throws {
        try await queue.write { try value.column.put(sealed, at: value.key, $0) }
    }

    @Test("a value opens at its own place, and in no other row, column or table")
    func everywhereElse() async throws {
        let world = try await filled()
        let sealing = try KeyFile.read(world.configuration.keyFile)
        let values = try await values(try DatabaseQueue(path: world.configuration.path))
        #expect(Set(values.map { Data($0.sealed) }).count == 14)
        for (index, value) in values.enumerated() {
            for (other, place) in values.enumerated() {
                let opened = try? place.column.open(value.sealed, of: place.key, sealing)
                #expect((opened != nil) == (index == other), "\(value.column) \(place.column)")
            }
        }
    }

    @Test("a moved value is found, and nothing else with it", arguments: SealedColumn.all.indices)
    func moved(index: Int) async throws {
        let column = SealedColumn.all[index]
        let world = try await filled()
        #expect(try await StoreKeeping.check(world.configuration).isSound)
        let queue = try DatabaseQueue(path: world.configuration.path)
        let all = try await values(queue)
        let own = all.filter { $0.column == column }
        let strangers = all.filter { $0.column != column }
        for from in [own[0]] + strangers {
            try await put(from.sealed, at: own[1], queue)
            let report = try await StoreKeeping.check(world.configuration)
            #expect(report.unreadable == ["\(column.table).\(column.column)": 1] && report.violations.isEmpty)
        }
    }

    @Test("another person's number in one's row is a record that cannot be read; the other person goes on")
    func stolen() async throws {
        let world = try await filled()
        let queue = try DatabaseQueue(path: world.configuration.path)
        let phones = try await values(queue).filter { $0.column == .phone }
        try await put(phones[0].sealed, at: phones[1], queue)
        let store = try await world.worker()
        do {
            _ = try await store.look(at: "bob")
            Issue.record("bob was read")
        } catch let error as StoreError {
            #expect(error.record == UnreadableRecord(table: "user", key: "bob"))
        }
        #expect(try await store.user("ada")?.phone?.number.revealed == Self.numbers["ada"])
        await world.end(store)
    }

    @Test(
        "an older store goes on, a new key binds all of it, and then nothing unbound is taken any more",
        arguments: [false, true])
    func older(isInterrupted: Bool) async throws {
        let world = try await filled(isOlder: true)
        let place = world.configuration
        let queue = try DatabaseQueue(path: place.path)
        let keyed = JobKey(frontEnd: "portal", messageID: "recorded-ada")
        // Older still: a reply that is not sealed at all.
        try await queue.write {
            try $0.execute(
                sql: "UPDATE job SET reply = ? WHERE message_id = 'recorded-ada'", arguments: [Data("{}".utf8)])
        }
        let before = try await values(queue)
        let report = try await StoreKeeping.check(place)
        #expect(report.isSound && !report.isBound && report.sealed == 14)
        world.time.advance(.seconds(60))
        let store = try await world.worker()
        #expect(try await store.user("ada")?.phone?.number.revealed == Self.numbers["ada"])
        #expect(try await store.takeDueChores(limit: 9).isEmpty == false)
        #expect(try await store.state(of: keyed).name == "recorded")
        await world.end(store)

        if isInterrupted {
            let sealing = try KeyFile.addKey(place.keyFile)
            let plain = try before[0].column.open(before[0].sealed, of: before[0].key, sealing)
            try await put(before[0].column.seal(plain, of: before[0].key, sealing), at: before[0], queue)
            let halfway = try await StoreKeeping.check(place)
            #expect(halfway.isSound && !halfway.isBound)
        }
        let done = try await StoreKeeping.rekey(place, step: 1)
        #expect(done == .init(key: 2, values: isInterrupted ? 13 : 14))
        let after = try await StoreKeeping.check(place)
        #expect(after.isSound && after.isBound)
        #expect(try String(contentsOfFile: place.keyFile, encoding: .utf8).contains(#""version":2"#))
        // The oldest key is still there, for look-ups: what it had sealed is not taken for all that.
        let sealing = try KeyFile.read(place.keyFile)
        for (old, new) in zip(before, try await values(queue)) {
            #expect(new.sealed.first == 2 && old.sealed.first != 2)
            #expect(throws: (any Error).self) { try old.column.open(old.sealed, of: old.key, sealing) }
            try await put(old.sealed, at: old, queue)
            #expect(
                try await StoreKeeping.check(place).unreadable == ["\(old.column.table).\(old.column.column)": 1])
            try await put(new.sealed, at: new, queue)
        }
        let again = try await world.worker()
        #expect(try await again.user("bob")?.phone?.number.revealed == Self.numbers["bob"])
        await world.end(again)
        #expect(try await StoreKeeping.rekey(place) == .init(key: 3, values: 14))
        #expect(try await StoreKeeping.check(place).isBound)
    }

    @Test("what an erasure blanked keeps nobody from a new key; what is damaged ends it, by its name")
    func unreadable() async throws {
        let world = try await filled()
        let queue = try DatabaseQueue(path: world.configuration.path)
        try await queue.write {
            try $0.execute(sql: "UPDATE job SET reply = \(SealedColumn.blank) WHERE message_id = 'recorded-ada'")
        }
        #expect(try await StoreKeeping.rekey(world.configuration) == .init(key: 2, values: 13))
        #expect(try await StoreKeeping.rekey(world.configuration) == .init(key: 3, values: 13))
        try await queue.write { try $0.execute(sql: "UPDATE dead_letter SET body = x'0203' WHERE id = 2") }
        do throws(StoreError) {
            _ = try await StoreKeeping.rekey(world.configuration)
            Issue.record("a damaged value was passed over")
        } catch {
            #expect(error.record == UnreadableRecord(table: "dead_letter", key: "2"))
        }
    }

    @Test("a renamed person's number and ties open under the new name", arguments: [false, true])
    func renamed(isOlder: Bool) async throws {
        let world = try await filled(isOlder: isOlder)
        let store = try await world.worker()
        try await store.write(
            [.rename(user: "ada", to: "eve"), .audit(Sample.entry(.adminUserRename, user: "eve", former: "ada"))],
            as: Sample.job("rename", kind: .adminUserRename, user: "carl", number: nil))
        let seen = try await store.situation(of: Job.Login(user: "eve", login: "in-1"))
        #expect(seen.user?.phone?.number.revealed == Self.numbers["ada"])
        #expect(seen.pending?.number.revealed == Self.numbers["ada"])
        #expect(try await store.enrolment(of: "eve") == nil)
        #expect(try await store.user("bob")?.phone?.number.revealed == Self.numbers["bob"])
        await world.end(store)
        #expect(try await StoreKeeping.check(world.configuration).isSound)
    }

    @Test("a number that a row was bound to is never given again")
    func numbers() async throws {
        let world = try await filled()
        let queue = try DatabaseQueue(path: world.configuration.path)
        try await queue.write { try $0.execute(sql: "DELETE FROM dead_letter; DELETE FROM provider_chore") }
        let store = try await world.worker()
        try await store.write(
            [.deadLetter(Sample.letter("{}")), .chore(.cancelVerification(sid: "VE9"))],
            as: Sample.job("carl", user: "carl", number: nil))
        #expect(try await store.allLetters().map(\.id) == [3])
        await world.end(store)
        #expect(try await queue.read { try Int64.fetchAll($0, sql: "SELECT id FROM provider_chore") } == [3])
        #expect(try await StoreKeeping.check(world.configuration).isSound)
    }

    @Test("no two places are written alike")
    func encoding() {
        var random = Seeded(21)
        // Few letters and short texts: what stands on either side of a border is often the same.
        func text() -> String {
            String(
                (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    "a\u{0}\u{1}1é".randomElement(using: &random) ?? "a"
                })
        }
        var places: [[UInt8]: Set<SealedPlace>] = [:]
        for _ in 0..<20_000 {
            let key = (0..<Int.random(in: 0...3, using: &random)).map { _ in text() }
            let place = SealedPlace(table: text(), column: text(), key: key)
            places[place.authenticated(with: 1), default: []].insert(place)
            #expect(place.authenticated(with: 1) != place.authenticated(with: 2))
        }
        #expect(places.count > 1000 && places.values.allSatisfy { $0.count == 1 })
        let borders = [
            ("ab", "c", ["d"]), ("a", "bc", ["d"]), ("ab", "cd", []), ("ab", "c", ["", "d"]), ("ab", "c", ["d", ""]),
        ]
        let written = borders.map { SealedPlace(table: $0.0, column: $0.1, key: $0.2).authenticated(with: 1) }
        #expect(Set(written).count == borders.count)
        #expect(
            SealedPlace(table: "t", column: "c", key: ["12"]).authenticated(with: 7) == [
                7, 0, 0, 0, 1, 0x74, 0, 0, 0, 1, 0x63, 0, 0, 0, 2, 0x31, 0x32,
            ])
    }
}
