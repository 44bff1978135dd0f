import Basics
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("CallBudget", .timeLimit(.minutes(10)))
struct CallBudgetTests {
    @Test("without limits everybody has room, and the store is not asked")
    func unlimited() async throws {
        let scene = try await BudgetScene(CallLimits())
        for _ in 0..<500 {
            let place = scene.budget.lineUp(in: .lane(.send))
            #expect(await scene.hasRoom(place) && place.mayDepart())
        }
        await scene.pass(5)
        #expect(scene.store.asked.isEmpty)
    }

    @Test("without limits too, calls under way are told, and no more once they have ended")
    func unlimitedLoad() async throws {
        let scene = try await BudgetScene(CallLimits())
        let places = (0..<3).map { _ in scene.budget.lineUp(in: .lane(.send)) }
        #expect(scene.budget.load.running == 3)
        for place in places { place.leave() }
        #expect(scene.budget.load.running == 0)
    }

    @Test("the first call asks; who finds room in the grant starts at once")
    func reuse() async throws {
        let scene = try await BudgetScene(CallLimits(atOnce: 100))
        let first = scene.budget.lineUp(in: .lane(.send))
        #expect(await !scene.hasRoom(first))
        await scene.settle()
        #expect(await scene.hasRoom(first))
        for number in 0..<49 {
            let place = scene.budget.lineUp(in: .lane(number % 2 == 0 ? .check : .send))
            #expect(await scene.hasRoom(place))
        }
        #expect(scene.store.asked.count == 1)
        // The fifty-first has to wait for the next block.
        let next = scene.budget.lineUp(in: .lane(.send))
        #expect(await !scene.hasRoom(next))
        await scene.pass(1)
        #expect(await scene.hasRoom(next))
        #expect(scene.store.asked.count == 2)
    }

    @Test("a worker asks ten times a second while calls run, gives back after, and rests")
    func cost() async throws {
        let scene = try await BudgetScene(CallLimits(atOnce: 100))
        let place = await scene.enter(scene.budget)
        await scene.pass(10)
        #expect(scene.store.asked.count == 11)
        #expect(await scene.hasRoom(place) && place.mayDepart())
        place.leave()
        await scene.pass(2)
        #expect(scene.store.asked.count == 12)
        #expect(scene.store.asked.last?.running == 0 && scene.store.asked.last?.waiting == 0)
        #expect(!scene.budget.state.withLock { $0.isRenewing })
        await scene.pass(50)
        #expect(scene.store.asked.count == 12)
    }

    @Test("short calls one after the other cost ten transactions a second at most", arguments: [10, 90, 110, 190, 210])
    func shortCalls(pause: Int) async throws {
        let scene = try await BudgetScene(CallLimits(atOnce: 100))
        var passed = 0
        while passed < 5000 {
            let place = await scene.enter(scene.budget)
            #expect(await scene.hasRoom(place) && place.mayDepart())
            await scene.advance(.milliseconds(5))
            place.leave()
            await scene.advance(.milliseconds(pause))
            passed += pause + 5
        }
        #expect(scene.store.asked.count <= 51)
    }

    @Test("one lane, with all its calls hanging, leaves room for the others")
    func lanes() async throws {
        let scene = try await BudgetScene(CallLimits(atOnce: 8))
        let sends = (0..<20).map { _ in scene.budget.lineUp(in: .lane(.send)) }
        await scene.pass(5)
        #expect(await count(scene, sends) == 6)
        let check = scene.budget.lineUp(in: .lane(.check))
        #expect(await scene.hasRoom(check))
        let read = scene.budget.lineUp(in: .read)
        #expect(await scene.hasRoom(read))
        check.leave()
        read.leave()
        await scene.pass(5)
        #expect(await count(scene, sends) == 6)
    }

    @Test("what one lane may hold", arguments: [(0, 0), (1, 1), (2, 1), (3, 2), (4, 3), (100, 75), (.max, .max)])
    func most(places: Int, most: Int) {
        #expect(CallLines.most(of: places) == most)
    }

    @Test("lanes take turns at starts")
    func turns() async throws {
        let scene = try await BudgetScene(CallLimits(perSecond: 4))
        let sends = (0..<9).map { _ in scene.budget.lineUp(in: .lane(.send)) }
        let checks = (0..<9).map { _ in scene.budget.lineUp(in: .lane(.check)) }
        await scene.settle()
        #expect(await count(scene, sends) == 2)
        #expect(await count(scene, checks) == 2)
    }

    @Test("first come, first served, and reads before calls")
    func order() async throws {
        let scene = try await BudgetScene(CallLimits(atOnce: 1))
        var running = await scene.enter(scene.budget)
        let calls = (0..<3).map { _ in scene.budget.lineUp(in: .lane(.send)) }
        let read = scene.budget.lineUp(in: .read)
        for next in [read] + calls {
            let wait = await scene.waiting(next)
            running.leave()
            #expect(await wait.value)
            running = next
        }
    }

    @Test("who has waited long enough is told, and keeps the place in line")
    func timeOut() async throws {
        let scene = try await BudgetScene(CallLimits(atOnce: 1))
        let running = await scene.enter(scene.budget)
        let (second, third) = (scene.budget.lineUp(in: .lane(.send)), scene.budget.lineUp(in: .lane(.send)))
        let wait = await scene.waiting(second, for: .milliseconds(250))
        await scene.pass(3)
        #expect(await !wait.value)
        running.leave()
        #expect(await scene.hasRoom(second))
        #expect(await !scene.hasRoom(third))
    }

    @Test("a cancelled wait ends, and what was given up goes to the next")
    func cancellation() async throws {
        let scene = try await BudgetScene(CallLimits(atOnce: 1))
        let running = await scene.enter(scene.budget)
        let (second, third) = (scene.budget.lineUp(in: .lane(.send)), scene.budget.lineUp(in: .lane(.send)))
        let cancelled = await scene.waiting(second)
        let last = await scene.waiting(third)
        cancelled.cancel()
        #expect(await !cancelled.value)
        second.leave()
        running.leave()
        #expect(await last.value)
        third.leave()
        // Twice is once.
        second.leave()
        await scene.pass(3)
        #expect(!scene.budget.state.withLock { $0.isRenewing })
    }

    @Test("a task that is cancelled already does not wait")
    func cancelledBefore() async throws {
        let scene = try await BudgetScene(CallLimits(atOnce: 1))
        _ = await scene.enter(scene.budget)
        let place = scene.budget.lineUp(in: .lane(.send))
        let until = scene.time.now + .seconds(60)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await place.wait(until: until)
        }
        #expect(await !task.value)
    }

    @Test("while the store is away nobody gets room, until it is back")
    func storeAway() async throws {
        let scene = try await BudgetScene(CallLimits(atOnce: 10))
        scene.store.setAway(true)
        let (first, second) = (scene.budget.lineUp(in: .lane(.send)), scene.budget.lineUp(in: .lane(.send)))
        let short = await scene.waiting(first, for: .seconds(2))
        let long = await scene.waiting(second)
        await scene.settle()
        await scene.pass(20)
        #expect(await !short.value)
        #expect(scene.store.asked.count <= 21)
        scene.store.setAway(false)
        await scene.pass(1)
        #expect(await long.value)
    }

    @Test("a grant that could not be renewed lets nothing leave, not even what has started")
    func lapse() async throws {
        let scene = try await BudgetScene(CallLimits(perSecond: 10, atOnce: 10))
        let (started, left) = (await scene.enter(scene.budget), await scene.enter(scene.budget))
        #expect(left.mayDepart())
        #expect(!left.mayDepart(), "a request leaves once")
        scene.store.setAway(true)
        await scene.pass(3)
        #expect(!started.mayDepart())
        let late = scene.budget.lineUp(in: .lane(.send))
        #expect(await !scene.hasRoom(late))
        scene.store.setAway(false)
        await scene.pass(1)
        // The lease was broken: what had started under it stays stopped.
        #expect(!started.mayDepart())
        #expect(await scene.hasRoom(late) && late.mayDepart())
    }

    @Test("a start that never left is another's")
    func returned() async throws {
        let scene = try await BudgetScene(CallLimits(perSecond: 1))
        let first = await scene.enter(scene.budget)
        let second = scene.budget.lineUp(in: .lane(.send))
        #expect(await scene.hasRoom(first))
        #expect(await !scene.hasRoom(second))
        first.leave()
        #expect(await scene.hasRoom(second) && second.mayDepart())
        second.leave()
        let third = scene.budget.lineUp(in: .lane(.send))
        await scene.pass(11)
        #expect(await !scene.hasRoom(third))
        await scene.pass(2)
        #expect(await scene.hasRoom(third))
    }

    @Test("two workers share, and room given back at rest is the other's")
    func sharing() async throws {
        let scene = try await BudgetScene(CallLimits(atOnce: 4), workers: 2)
        let first = (0..<10).map { scene.budgets[0].lineUp(in: .lane($0 % 2 == 0 ? .send : .check)) }
        await scene.settle()
        let second = (0..<10).map { scene.budgets[1].lineUp(in: .lane($0 % 2 == 0 ? .send : .check)) }
        await scene.pass(3)
        #expect(await count(scene, first) == 4)
        #expect(await count(scene, second) == 0)
        for place in first[..<3] { place.leave() }
        await scene.pass(2)
        #expect(await count(scene, first[3...]) == 2)
        #expect(await count(scene, second) == 2)
        for place in first { place.leave() }
        await scene.pass(4)
        #expect(await count(scene, second) == 4)
    }

    private func count(_ scene: BudgetScene, _ places: some Sequence<CallPlace>) async -> Int {
        var count = 0
        for place in places where await scene.hasRoom(place) { count += 1 }
        return count
    }
}
