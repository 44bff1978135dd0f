import Basics
import Store
import TestKit
import Testing
import Wire

/// What operators want of workers: what stands of it, and what it comes to.
@Suite("Contract 8: workers pause, resume, drain", .timeLimit(.minutes(10)))
struct WorkerOrderTests {
    private static let report = WorkerReport(host: "h", pid: 1, version: "1", listen: nil, settings: "s")

    private func fleet(_ count: Int, _ world: World) async throws -> [any WorkingStore] {
        var workers: [any WorkingStore] = []
        for _ in 0..<count {
            let worker = try await world.worker()
            workers.append(try #require(worker as? any WorkingStore))
        }
        return workers
    }

    private func command(
        _ wish: WorkerWish, _ worker: Int64? = nil, _ lane: LaneName? = nil, until: Timestamp? = nil
    ) -> WorkerCommand {
        WorkerCommand(wish, worker: worker, lane: lane, until: until, by: "mara", why: "Anna complained")
    }

    @discardableResult
    private func order(_ command: WorkerCommand, _ world: World) async throws -> WorkerCommandResult {
        try await world.order(command)
    }

    private func paused(_ store: any WorkingStore, _ world: World) async throws -> Set<LaneName> {
        let orders = try await store.beat(Self.report, []).orders
        return Set(LaneName.allCases.filter { orders.pause(of: $0, worker: store.worker, at: world.time.wall) != nil })
    }

    @Test(
        "a pause of all holds for those that start later too; a worker's own for that one; the latest word counts",
        arguments: StoreKind.allCases)
    func latest(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let workers = try await fleet(2, world)
        try await order(command(.pause), world)
        let late = try await fleet(1, world)[0]
        for worker in workers + [late] { #expect(try await paused(worker, world) == Set(LaneName.allCases)) }
        try await order(command(.resume, workers[0].worker, .check), world)
        #expect(try await paused(workers[0], world) == [.send, .account, .admin])
        #expect(try await paused(workers[1], world) == Set(LaneName.allCases))
        try await order(command(.resume, nil, .send), world)
        #expect(try await paused(workers[0], world) == [.account, .admin])
        #expect(try await paused(late, world) == [.check, .account, .admin])
        try await order(command(.pause, late.worker, .send), world)
        #expect(try await paused(late, world) == Set(LaneName.allCases))
        try await order(command(.resume), world)
        for worker in workers + [late] { #expect(try await paused(worker, world).isEmpty) }
        for worker in workers + [late] { await world.end(worker) }
    }

    @Test(
        "a pause ends by itself when its time is over, and what it took the place of does not come back",
        arguments: StoreKind.allCases)
    func until(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let worker = try await fleet(1, world)[0]
        try await order(command(.pause, nil, .send), world)
        try await order(command(.pause, worker.worker, nil, until: world.time.wall + .seconds(60)), world)
        world.time.advance(.milliseconds(59_999))
        #expect(try await paused(worker, world) == Set(LaneName.allCases))
        world.time.advance(.milliseconds(1))
        #expect(try await paused(worker, world).isEmpty)
        await world.end(worker)
    }

    @Test(
        "who is drained: those that live, not those that start later; resumed before it obeyed, it goes on",
        arguments: StoreKind.allCases)
    func drain(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let workers = try await fleet(2, world)
        guard case .stands(let meant) = try await order(command(.drain), world) else {
            Issue.record("it does not stand")
            return
        }
        #expect(meant.map(\.id) == workers.map(\.worker))
        let late = try await fleet(1, world)[0]
        let orders = try await late.beat(Self.report, []).orders
        #expect(workers.allSatisfy { orders.drain(of: $0.worker)?.by == "mara" })
        #expect(orders.drain(of: late.worker) == nil)
        try await order(command(.resume, workers[0].worker), world)
        let after = try await late.beat(Self.report, []).orders
        #expect(after.drain(of: workers[0].worker) == nil && after.drain(of: workers[1].worker) != nil)
        // With the worker its orders go.
        try await workers[1].leave(.stopped)
        #expect(try await late.beat(Self.report, []).orders.orders.isEmpty)
        for worker in workers + [late] { await world.end(worker) }
    }

    @Test(
        "a number that no living worker has is refused with those that there are, and nothing stands",
        arguments: StoreKind.allCases)
    func unknown(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let workers = try await fleet(2, world)
        await world.end(workers[0])
        for number in [workers[0].worker, 99] {
            guard case .noSuchWorker(let living) = try await order(command(.pause, number), world) else {
                Issue.record("\(number) was found")
                continue
            }
            #expect(living.map(\.id) == [workers[1].worker])
        }
        let look = try await world.look()
        #expect(try await look.orders().orders.isEmpty)
        #expect(try await look.audit(AuditQuery()).isEmpty)
        look.close()
        await world.end(workers[1])
    }

    @Test(
        "each is in the audit trail with operator, workers, lane and why; a person named there can be erased",
        arguments: StoreKind.allCases)
    func trail(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let worker = try await fleet(1, world)[0]
        let until = world.time.wall + .seconds(60)
        try await order(command(.pause, nil, .send, until: until), world)
        try await order(command(.resume, worker.worker), world)
        try await order(command(.drain, worker.worker), world)
        let entries = Array(try await worker.audit(AuditQuery()).reversed())
        #expect(entries.map(\.kind) == [.act(.pauseWorkers), .act(.resumeWorkers), .act(.drainWorkers)])
        #expect(entries.allSatisfy { $0.administrator == "mara" && $0.outcome == .done && $0.user.isEmpty })
        let number = worker.worker
        #expect(
            entries.map(\.detail) == [
                #"{"lane":"send","reason":"Anna complained","until":"\#(until)","worker":"all","workers":"\#(number)"}"#,
                #"{"reason":"Anna complained","worker":"\#(number)","workers":"\#(number)"}"#,
                #"{"reason":"Anna complained","worker":"\#(number)","workers":"\#(number)"}"#,
            ])
        var query = AuditQuery()
        query.kind = .act(.resumeWorkers)
        #expect(try await worker.audit(query).count == 1)
        try await worker.write([.user(Sample.user("Anna")), .erase(user: "Anna", pseudonym: "erased-1")])
        #expect(try await worker.audit(AuditQuery()).allSatisfy { !$0.detail.contains("Anna") })
        #expect(try await worker.beat(Self.report, []).orders.orders.allSatisfy { $0.why.isEmpty })
        await world.end(worker)
    }

    @Test("however often operators change their minds, a few rows stand", arguments: StoreKind.allCases)
    func bounded(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let workers = try await fleet(2, world)
        var generator = Seeded(7)
        for _ in 0..<200 {
            let worker = [nil, workers[0].worker, workers[1].worker].randomElement(using: &generator) ?? nil
            let lane = ([nil] + LaneName.allCases.map(Optional.some)).randomElement(using: &generator) ?? nil
            let wish = [WorkerWish.pause, .resume].randomElement(using: &generator) ?? .pause
            try await order(command(wish, worker, lane), world)
        }
        #expect(try await workers[0].beat(Self.report, []).orders.orders.count <= 15)
        try await order(command(.resume), world)
        #expect(try await workers[0].beat(Self.report, []).orders.orders.isEmpty)
        for worker in workers { await world.end(worker) }
    }
}

/// The rules alone, against a list of everything that was ever said.
@Suite struct WorkerOrdersPropertyTests {
    @Test(
        "what is thrown away was needless: with it and without it, every worker's lane is the same", arguments: 0..<50)
    func needless(seed: Int) {
        var generator = Seeded(UInt64(seed))
        var (all, kept): ([WorkerOrder], [WorkerOrder]) = ([], [])
        let start = Timestamp(seconds: 1_000)
        for id in 1...30 {
            let now = start + .seconds(id)
            let wish = [WorkerWish.pause, .resume].randomElement(using: &generator) ?? .pause
            let until = wish == .pause && Bool.random(using: &generator) ? now + .seconds(2) : nil
            let command = WorkerCommand(
                wish, worker: [nil, 1, 2].randomElement(using: &generator) ?? nil,
                lane: [nil, .send, .check].randomElement(using: &generator) ?? nil, until: until, by: "m", why: "w")
            let order = WorkerOrder(
                id: Int64(id), worker: command.worker, lane: command.lane, wish: wish, by: "m", why: "w", at: now,
                until: until)
            kept.removeAll(where: command.supersedes)
            if wish == .pause || !kept.isEmpty { kept.append(order) }
            all.append(order)
            for worker in [1, 2, 3, nil] as [Int64?] {
                for lane in LaneName.allCases {
                    #expect(
                        WorkerOrders(all).pause(of: lane, worker: worker, at: now)
                            == WorkerOrders(kept).pause(of: lane, worker: worker, at: now))
                }
            }
        }
    }
}
