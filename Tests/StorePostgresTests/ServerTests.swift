import Basics
import Glibc
import Store
import StorePostgres
import TestKit
import Testing
import Wire

/// Servers that end, refuse and come back.
@Suite(.enabled(if: StoreKind.allCases.contains(.postgres)), .timeLimit(.minutes(10)))
struct ServerTests {
    @Test("a connection that was cut is made anew: the operation goes on, and the worker lives on")
    func cutOff() async throws {
        let place = try await Place(clocks: TestClocks().clocks)
        let (store, other) = (try await place.worker(), try await place.worker())
        let call = try Sample.call()
        let intent = try #require(
            try await store.begin(Sample.job("one", user: "ada", number: Sample.number)) { _ in .call(call, changes: [])
            }
            .intent)
        for _ in 0..<3 {
            await store.cutOff()
            try await store.probe()
        }
        try await Wait.until("the worker's life to be there again") {
            try await other.workers().first { $0.id == store.worker }?.isAlive == true
        }
        let again = Sample.job("one", user: "ada", number: Sample.number)
        #expect(try await other.begin(again) { _ in .call(call, changes: []) }.isInProgress)
        guard case .recorded = try await store.finish(intent, conclude: { _ in Sample.answer() }) else {
            Issue.record("the intent was taken over")
            return
        }
        await store.close()
        await other.close()
    }

    @Test("the server crashes and comes back: what was answered is there, nobody's work is taken over, all go on")
    func crash() async throws {
        let server = try await PrivatePostgres.own()
        let place = try await Place(server, clocks: TestClocks().clocks)
        let (store, other) = (try await place.worker(), try await place.worker())
        let call = try Sample.call()
        let job = Sample.job("one", user: "ada", number: Sample.number)
        let intent = try #require(try await store.begin(job) { _ in .call(call, changes: []) }.intent)
        try await server.kill()
        let error = await #expect(throws: StoreError.self) { try await store.probe() }
        #expect(error?.code == .busy)
        try await server.startAgain()
        try await Wait.until("the server to be used again") { (try? await other.probe()) != nil }
        // Both hold no lock for a moment, and yet neither is dead.
        #expect(try await other.begin(job) { _ in .call(call, changes: []) }.isInProgress)
        guard case .recorded = try await store.finish(intent, conclude: { _ in Sample.answer() }) else {
            Issue.record("the intent was taken over")
            return
        }
        await store.close()
        await other.close()
    }

    @Test(
        "a server that crashed gives its transactions' numbers again: what it did not keep is not taken for committed")
    func reusedNumbers() async throws {
        let server = try await PrivatePostgres.own()
        let place = try await Place(server, clocks: TestClocks().clocks)
        let (store, other) = (try await place.worker(), try await place.worker())
        let (decided, goesOn) = (Watched(false), Watched(false))
        let call = try Sample.call()
        let job = Sample.job("one", user: "ada", number: Sample.number)
        let lost = Task {
            try await store.begin(job) { _ in
                decided.set(true)
                // On the session's own thread, which has nothing else to do.
                let end = MonotonicTime.now() + Wait.timeout
                while !goesOn.value, MonotonicTime.now() < end { usleep(1000) }
                return .call(call, changes: [])
            }
        }
        try await Wait.until("the job to be under way") { decided.value }
        try await server.kill()
        try await server.startAgain()
        try await Wait.until("the server to be used again") { (try? await other.probe()) != nil }
        // More numbers than were given and not kept.
        for _ in 0..<50 { try await other.probe() }
        goesOn.set(true)
        await #expect(throws: StoreError.self) { try await lost.value }
        #expect(try await store.begin(job) { _ in .call(call, changes: []) }.intent != nil)
        await store.close()
        await other.close()
    }

    @Test("a standby takes no writes, and says so; a look is content with it; once promoted it is the store")
    func standby() async throws {
        let server = try await PrivatePostgres.own()
        let place = try await Place(server)
        let store = try await place.worker()
        _ = try await store.begin(Sample.job("one", user: "ada")) { _ in .answer(Sample.answer(.done)) }
        let standby = try await server.standby()
        let schema = String(place.location.split(separator: "D").last ?? "")
        let there = standby.location(of: schema)
        let error = await #expect(throws: StoreError.self) { try await place.worker(at: there) }
        #expect(error?.code == .readOnly)
        let look = try await PostgresLook.open(try place.configuration(at: there))
        var query = HistoryQuery()
        query.user = "ada"
        #expect(try await look.outcomes(query).entries.count == 1)
        look.close()
        // Both hosts are named: whoever takes writes is found.
        let both =
            "//tests@/postgres?host=\(server.folder),\(standby.folder)&port=\(server.port),\(standby.port)"
            + "&options=-csearch_path%3D\(schema)"
        let failing = try await place.worker(at: both)
        try await server.kill()
        try await standby.promote()
        try await Wait.until("the standby to be found") { (try? await failing.probe()) != nil }
        let again = try await failing.begin(Sample.job("one", user: "ada")) { _ in .answer(Sample.answer(.blocked)) }
        #expect(again.recorded?.outcome == .done)
        await failing.close()
        await store.close()
    }

    @Test("no connection left: said as such, and gone on with once there is one")
    func connectionLimit() async throws {
        let place = try await Place()
        let user = "limited" + RandomID.hex(bytes: 4)
        try await place.server.run(
            "CREATE ROLE \(user) SUPERUSER LOGIN; ALTER ROLE \(user) NOSUPERUSER CONNECTION LIMIT 0")
        let limited = place.location.replacing("tests@", with: "\(user)@")
        let error = await #expect(throws: StoreError.self) { try await place.worker(at: limited) }
        #expect(error?.code == .busy && error?.message.contains("max_connections") == true)
    }

    @Test("leases and limits go by the database's time, however wrong a host's clocks are")
    func wrongClocks() async throws {
        let place = try await Place()
        let ahead = Clocks(
            wall: { Timestamp.now() + .seconds(86_400) }, monotonic: { MonotonicTime.now() + .seconds(86_400) })
        let (right, wrong) = (try await place.worker(), try await place.worker(clocks: ahead))
        let call = try Sample.call()
        let job = Sample.job("one", user: "ada", number: Sample.number)
        let intent = try #require(try await right.begin(job) { _ in .call(call, changes: []) }.intent)
        // A day later by its own clock, and yet the lease lives.
        #expect(try await wrong.begin(job) { _ in .call(call, changes: []) }.isInProgress)
        let left = intent.leaseUntil - .now()
        #expect(left > .zero && left <= Lease.length)
        let other = Sample.job("two", user: "bob", number: "+15005550143")
        let theirs = try #require(
            try await wrong.begin(other) { situation in
                #expect(abs((situation.now - Timestamp.now()).milliseconds) < 3_600_000)
                return .call(call, changes: [])
            }.intent)
        let leftThere = theirs.leaseUntil - ahead.monotonic()
        #expect(leftThere > .zero && leftThere <= Lease.length)
        await right.close()
        await wrong.close()
    }
}
