import Basics
import Testing

@testable import Worker

@Suite("A bound in time", .timeLimit(.minutes(10))) struct WithinTests {
    @Test("what ends in time has ended by itself")
    func ends() async {
        let ran = Locked(false)
        #expect(await within(.seconds(60)) { ran.withLock { $0 = true } })
        #expect(ran.withLock { $0 })
    }

    @Test("what neither ends nor heeds its cancellation, as a call on a thread that is blocked, is not waited for")
    func blocked() async {
        let blocked = Watched<CheckedContinuation<Void, Never>?>(nil)
        let isDone = await within(.milliseconds(50)) { await withCheckedContinuation { blocked.set($0) } }
        #expect(!isDone)
        await blocked.wait { $0 != nil }
        blocked.value?.resume()
    }

    @Test("it ends with its caller")
    func cancelled() async {
        let caller = Task { await within(.seconds(3600)) { try? await Task.sleep(for: .seconds(3600)) } }
        caller.cancel()
        #expect(await !caller.value)
    }
}
