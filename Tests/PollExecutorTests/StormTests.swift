import PollExecutor
import Testing

private actor Counter {
    nonisolated let executor: PollExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private(set) var count = 0

    init() throws {
        executor = PollExecutor(name: "storm", poller: try EventFDPoller())
        executor.start { nil }
    }

    func add() { count += 1 }
}

@Suite(.timeLimit(.minutes(1))) struct StormTests {
    @Test func everyJobRuns() async throws {
        let counter = try Counter()
        await withDiscardingTaskGroup { group in
            for _ in 0..<2000 { group.addTask { await counter.add() } }
        }
        #expect(await counter.count == 2000)
        counter.executor.stop()
    }
}
