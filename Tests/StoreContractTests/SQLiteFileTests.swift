import Basics
import Foundation
import GRDB
import Logging
import Store
import StoreSQLite
import TestKit
import Testing
import Wire

/// What only a store in a file has: its errors, and what can be read from it without the key.
@Suite(.timeLimit(.minutes(10)))
struct SQLiteFileTests {
    private func openError(_ configuration: SQLiteStoreConfiguration) async -> StoreError.Code? {
        do {
            await (try SQLiteStore.open(configuration, logger: Logger(label: "test"))).close()
            return nil
        } catch { return error.code }
    }

    @Test func aStoreIsNeitherMadeByAccidentNorReplaced() async throws {
        let world = try await World(.sqlite)
        await #expect(throws: StoreError.self) { try await SQLiteStore.create(world.configuration, siteOptions: [:]) }
        #expect(await openError(world.configuration) == nil)
        let nowhere = world.folder.path + "/nowhere.db"
        #expect(await openError(SQLiteStoreConfiguration(path: nowhere)) == .missing)
        #expect(!FileManager.default.fileExists(atPath: nowhere))
    }

    @Test func aKeyThatDoesNotFitIsRefused() async throws {
        let world = try await World(.sqlite)
        let path = world.configuration.path
        let other = world.folder.path + "/other.key"
        _ = try KeyFile.create(other)
        #expect(await openError(SQLiteStoreConfiguration(path: path, keyFile: other)) == .wrongKey)
        #expect(await openError(SQLiteStoreConfiguration(path: path, keyFile: other + "x")) == .wrongKey)
        for mode: mode_t in [0o604, 0o641, 0o620, 0o660] {
            chmod(path + ".key", mode)
            #expect(await openError(world.configuration) == .wrongKey, "\(String(mode, radix: 8))")
        }
        for mode: mode_t in [0o600, 0o400, 0o640, 0o440] {
            chmod(path + ".key", mode)
            #expect(await openError(world.configuration) == nil, "\(String(mode, radix: 8))")
        }
    }

    @Test func aFileThatIsNoDatabaseIsCorrupt() async throws {
        let world = try await World(.sqlite)
        try Data(repeating: 7, count: 8192).write(to: URL(fileURLWithPath: world.configuration.path))
        #expect(await openError(world.configuration) == .corrupt)
    }

    @Test func noNumberCanBeReadFromTheFiles() async throws {
        let world = try await World(.sqlite)
        let store = try await world.worker()
        var user = UserRecord(name: "ada")
        user.phone = Phone(place: try Sample.place(), registeredAt: Timestamp(seconds: 1))
        let letter = DeadLetter(
            reason: .malformed, routingKey: "send", frontEnd: "portal", messageID: nil,
            body: Redacted(Array(Sample.text.utf8)), at: Timestamp(seconds: 1))
        let code = LiveCode(
            number: try Sample.number(), sid: "VE", channel: .sms, expiresAt: Timestamp(seconds: 2), attempts: [])
        let pending = PendingCode(
            login: LoginKey(user: "ada", application: .web, login: ""), place: try Sample.place(), sid: "VE",
            purpose: .login)
        let changes: [Change] = [.user(user), .deadLetter(letter), .code(code), .pending(pending)]
        _ = try await store.begin(Sample.job("one", body: Sample.text)) { _ in .call(Sample.call, changes: changes) }
        var reply = Reply(.done, at: Sample.now)
        reply.to = Sample.text
        let answer = Answer(outcome: .done, reason: nil, body: reply.encoded())
        let job = Sample.job("two", kind: .adminDeadShow, number: nil)
        _ = try await store.begin(job) { _ in .answer(answer) }
        #expect(try await store.begin(job, decide: Sample.calling).recorded?.body == answer.body)
        await world.end(store)
        let digits = Data(Sample.text.utf8.dropFirst())
        let names = try FileManager.default.contentsOfDirectory(atPath: world.folder.path)
        #expect(names.contains("store.db"))
        for name in names {
            let bytes = try Data(contentsOf: world.folder.appendingPathComponent(name))
            #expect(bytes.range(of: digits) == nil, "\(name)")
        }
    }

    @Test func aClosedStoreRefusesAndForgetsNothing() async throws {
        let world = try await World(.sqlite)
        let store = try await world.worker()
        _ = try await store.begin(Sample.job("one")) { _ in .answer(Sample.answer()) }
        await world.end(store)
        await #expect(throws: StoreError.self) { _ = try await store.renew(Sample.intent) }
        let next = try await world.worker()
        #expect(try await next.state(of: Sample.intent.key).name == "recorded")
        await world.end(next)
    }
}
