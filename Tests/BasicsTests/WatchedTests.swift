import Basics
import Testing

@Suite("A watched value", .timeLimit(.minutes(10))) struct WatchedTests {
    @Test("who waits goes on when the value fits, and at once when it fits already")
    func fits() async {
        let watched = Watched(0)
        async let waiting: Void = watched.wait { $0 > 2 }
        for value in 1...3 { watched.set(value) }
        await waiting
        await watched.wait { $0 == 3 }
        #expect(watched.value == 3)
    }

    @Test("a cancelled task waits no longer", arguments: [false, true])
    func cancelled(beforeWaiting: Bool) async {
        let watched = Watched(false)
        let started = Watched(false)
        let task = Task {
            if beforeWaiting { withUnsafeCurrentTask { $0?.cancel() } }
            started.set(true)
            await watched.wait { $0 }
        }
        await started.wait { $0 }
        task.cancel()
        await task.value
        #expect(!watched.value)
    }

    @Test("many wait, each for its own value, while others change it")
    func many() async {
        let watched = Watched(0)
        await withDiscardingTaskGroup { group in
            for goal in 1...500 { group.addTask { await watched.wait { $0 >= goal } } }
            group.addTask { for value in 1...500 { watched.set(value) } }
        }
        #expect(watched.value == 500)
    }
}
