import Basics
import Testing

@testable import Worker

@Suite("What keeps a worker from consuming is logged once it lasts")
struct ObstacleLogTests {
    private var log = ObstacleLog()
    private var now = MonotonicTime(nanoseconds: 0)

    private mutating func look(_ obstacles: [String], after time: Duration) -> ObstacleLog.Step {
        now = now + time
        return log.look(obstacles, at: now)
    }

    @Test("not while it starts, however long that takes")
    mutating func starting() {
        for _ in 0..<10 { #expect(look(["no connection"], after: .seconds(5)) == .none) }
        #expect(look([], after: .seconds(1)) == .none)
    }

    @Test("not what passes at once")
    mutating func brief() {
        _ = look([], after: .zero)
        #expect(look(["no connection"], after: .zero) == .none)
        #expect(look(["no connection"], after: .milliseconds(999)) == .none)
        #expect(look([], after: .seconds(1)) == .none)
        #expect(look(["no connection"], after: .zero) == .none)
    }

    @Test("once, and its end; other words only after a while")
    mutating func lasting() {
        _ = look([], after: .zero)
        _ = look(["no connection"], after: .zero)
        #expect(look(["no connection"], after: .seconds(1)) == .tell(["no connection"]))
        #expect(look(["no connection"], after: .seconds(60)) == .none)
        #expect(look(["refused"], after: .seconds(1)) == .tell(["refused"]))
        #expect(look(["a", "b"], after: .seconds(9)) == .none)
        #expect(look(["a", "b"], after: .seconds(1)) == .tell(["a", "b"]))
        #expect(look([], after: .seconds(1)) == .goOn)
        #expect(look([], after: .seconds(1)) == .none)
    }
}
