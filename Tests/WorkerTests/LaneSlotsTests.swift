import Basics
import TestKit
import Testing
import Wire

@testable import Worker

@Suite(.timeLimit(.minutes(10))) struct LaneSlotsTests {
    @Test("no more jobs than slots are at work, however they come, rest and go")
    func bound() async {
        let lane = LaneSlots(count: 5, prefetch: 1000, clocks: .system)
        let atWork = Locked((now: 0, most: 0))
        func work() async {
            atWork.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            await Task.yield()
            atWork.withLock { $0.now -= 1 }
        }
        await withTaskGroup { group in
            for number in 0..<500 {
                group.addTask {
                    let place = lane.place(for: Share(frontEnd: "f\(number % 3)", operation: .send))
                    #expect(await place.enter(mayBeCrowdedOut: true) == .granted)
                    await work()
                    await place.release()
                    await place.acquire()
                    await work()
                    await place.release()
                    place.leave()
                }
            }
        }
        #expect(atWork.withLock { $0.now } == 0)
        #expect(atWork.withLock { $0.most } == 5)
    }

    @Test("who is crowded out hears of it, and can wait on")
    func crowdedOut() async throws {
        let now = Locked(MonotonicTime(nanoseconds: 0))
        let clocks = Clocks(wall: Timestamp.now, monotonic: { now.withLock { $0 } })
        let lane = LaneSlots(count: 1, prefetch: 2, clocks: clocks)
        let other = lane.place(for: Share(frontEnd: "b", operation: .send))
        _ = await other.enter(mayBeCrowdedOut: true)
        await other.release()
        other.leave()
        let first = lane.place(for: Share(frontEnd: "a", operation: .send))
        #expect(await first.enter(mayBeCrowdedOut: true) == .granted)
        let second = lane.place(for: Share(frontEnd: "a", operation: .send))
        let ended = Locked<SlotVerdict?>(nil)
        let waiting = Task {
            let verdict = await second.enter(mayBeCrowdedOut: true)
            ended.withLock { $0 = verdict }
        }
        try await Wait.until("a verdict", pause: .zero) {
            now.withLock { $0 = $0 + .milliseconds(1) }
            lane.look()
            return ended.withLock { $0 } != nil
        }
        await waiting.value
        #expect(ended.withLock { $0 } == .crowdedOut)
        await first.release()
        first.leave()
        await second.stay()
        await second.release()
        second.leave()
    }
}
