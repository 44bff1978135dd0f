import PollExecutor
import Testing

private actor Counter {
    private let executor: PollExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private(set) var count = 0

    init() throws {
        executor = PollExecutor(name: "storm", poller: try EventFDPoller())
        executor.start { nil }
    }

    deinit {
        executor.stop()
    }

    func add() { count += 1 }
}

@Suite(.timeLimit(.minutes(10))) struct StormTests {
    @Test func everyJobRuns() async throws {
        let counter = try Counter()
        await withDiscardingTaskGroup { group in
            for _ in 0..<2000 { group.addTask { await counter.add() } }
        }
        #expect(await counter.count == 2000)
    }

    /// The actor goes with its last job, and the executor with the actor, perhaps while the job is still being handed
    /// over.
    @Test func executorsMayEndWithTheirLastJob() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 { try await Counter().add() }
                }
            }
        }
    }
}
