import Basics
import Testing

@testable import CurlHTTP

@Suite struct HeardTimesTests {
    private func at(_ second: Int) -> MonotonicTime { MonotonicTime(nanoseconds: Int64(second) * 1_000_000_000) }

    @Test("the last time by each port counts, in whatever order they are told")
    func latest() {
        var heard = HeardTimes()
        heard.note(1, at(5), oldest: at(0))
        heard.note(1, at(3), oldest: at(0))
        #expect(heard.last(1) == at(5))
        #expect(heard.last(2) == nil)
    }

    @Test("ports of connections that are gone are forgotten, and nothing that a call under way is judged by")
    func bounded() {
        var heard = HeardTimes()
        for port in 0..<60_000 {
            heard.note(port, at(port), oldest: at(port - 10))
            #expect(heard.count <= 257)
            for recent in max(0, port - 10)...port { #expect(heard.last(recent) == at(recent)) }
        }
    }
}
