import Basics
import Testing

@Suite("Locked")
struct LockedTests {
    private struct Refusal: Error, Equatable {}

    @Test("loses no change under contention")
    func contention() async {
        let count = Locked(0)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    for _ in 0..<1000 { count.withLock { $0 += 1 } }
                }
            }
        }
        #expect(count.withLock { $0 } == 16_000)
    }

    @Test("passes errors on, keeps what was changed before them, and is free again")
    func errors() {
        let list = Locked([1])
        #expect(throws: Refusal()) {
            try list.withLock { list throws(Refusal) in
                list.append(2)
                throw Refusal()
            }
        }
        #expect(list.withLock { $0 } == [1, 2])
    }
}
