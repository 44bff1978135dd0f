import Basics
import Testing

@testable import Worker

@Suite(.timeLimit(.minutes(10))) struct InFlightTests {
    @Test("waits until the last one has left")
    func last() async {
        let inFlight = InFlight()
        await inFlight.wait(until: 0)
        for _ in 0..<100 { inFlight.enter() }
        let order = Locked<[String]>([])
        await withTaskGroup { group in
            for _ in 0..<3 {
                group.addTask {
                    await inFlight.wait(until: 0)
                    #expect(inFlight.count == 0)
                    order.withLock { $0.append("empty") }
                }
            }
            for _ in 0..<100 {
                group.addTask {
                    await Task.yield()
                    inFlight.leave()
                }
            }
        }
        #expect(order.withLock { $0 } == ["empty", "empty", "empty"])
    }

    @Test("waits until few enough are left")
    func few() async {
        let inFlight = InFlight()
        for _ in 0..<3 { inFlight.enter() }
        await inFlight.wait(until: 3)
        let waiting = Task { await inFlight.wait(until: 1) }
        inFlight.leave()
        inFlight.leave()
        await waiting.value
        #expect(inFlight.count == 1)
    }

    @Test("a wait that is cancelled ends, before its start and after it")
    func cancelled() async {
        let inFlight = InFlight()
        inFlight.enter()
        for _ in 0..<200 {
            let waiting = Task { await inFlight.wait(until: 0) }
            if Bool.random() { await Task.yield() }
            waiting.cancel()
            await waiting.value
        }
        #expect(inFlight.count == 1)
        inFlight.leave()
        await inFlight.wait(until: 0)
    }
}
