import Basics
import Testing
import Wire

@testable import Worker

@Suite struct CrowdingTests {
    typealias Lane = LaneSharesTests.Lane

    /// Eight slots, all of them a's, and eight more of a's waiting: the prefetch is full.
    private func flooded(by others: [String] = ["b0"]) -> Lane {
        var lane = Lane(count: 8)
        for name in others {
            _ = lane.arrive(name)
            _ = lane.end(name)
        }
        for number in 1...16 { _ = lane.arrive("a\(number)") }
        return lane
    }

    @Test("a lane that moves crowds nobody out, however full it is")
    func moving() {
        var lane = flooded()
        var held = (1...8).map { "a\($0)" }
        for number in 17...200 {
            #expect(lane.look(after: 100) == [])
            held += lane.end(held.removeFirst())
            #expect(lane.arrive("a\(number)") == [])
            #expect(held.count == 8)
        }
    }

    @Test("in a stuck lane the oldest that wait for their share make room, and go on doing so until the flood is over")
    func stuck() {
        var lane = flooded()
        #expect(lane.look(after: 900) == [])
        #expect(lane.look(after: 200) == ["-a9"])
        #expect(lane.look(after: 0) == [])
        #expect(lane.arrive("a17") == ["-a10"])
        #expect(lane.arrive("a18") == ["-a11"])
        // At last one of another front end: room is made for those behind it, and the next slot is its own.
        #expect(lane.arrive("b1") == ["-a12"])
        #expect(lane.end("a1") == ["b1"])
        #expect(lane.shares.inHand == 14)
    }

    @Test("a front end that is alone, with one operation, is never crowded out: it only waits")
    func alone() {
        var lane = flooded(by: [])
        #expect(lane.look(after: 60_000) == [])
    }

    @Test("others are forgotten a minute after they were last heard of")
    func forgotten() {
        var lane = flooded(by: [])
        lane.now = lane.now + .seconds(100)
        var busy = flooded()
        #expect(busy.look(after: 61_000) == [])
        #expect(busy.look(after: 61_000) == [])
        #expect(lane.look(after: 0) == [])
    }

    @Test("another operation of the same front end is reason enough")
    func operations() {
        var lane = Lane(count: 8)
        _ = lane.arrive("a0", .cancel)
        _ = lane.end("a0")
        for number in 1...16 { _ = lane.arrive("a\(number)", .check) }
        #expect(lane.look(after: 1000) == ["-a9"])
    }

    @Test("who is within the shares is not crowded out, however old")
    func within() {
        var lane = Lane(count: 8)
        for number in 1...8 { _ = lane.arrive("a\(number)") }
        _ = lane.arrive("b1")
        for number in 9...15 { _ = lane.arrive("a\(number)") }
        #expect(lane.look(after: 1500) == ["-a9"])
    }

    @Test("firm jobs are never crowded out")
    func firm() {
        var lane = Lane(count: 8)
        _ = lane.arrive("b0")
        _ = lane.end("b0")
        for number in 1...8 { _ = lane.arrive("a\(number)") }
        for number in 9...15 { _ = lane.arrive("a\(number)", isFirm: true) }
        _ = lane.arrive("a16")
        #expect(lane.look(after: 2000) == ["-a16"])
        _ = lane.arrive("a17", isFirm: true)
        #expect(lane.look(after: 2000) == [])
    }

    @Test("a job that rests counts as in hand, and comes back firm")
    func resting() {
        var lane = flooded()
        #expect(lane.rest("a1") == ["a9"])
        #expect(lane.comeBack("a1") == [])
        #expect(lane.look(after: 1000) == ["-a10"])
        #expect(lane.end("a2") == ["a1"])
    }

    @Test("one that cannot be refused is in hand again")
    func stay() {
        var lane = flooded()
        #expect(lane.look(after: 1000) == ["-a9"])
        #expect(lane.shares.inHand == 15)
        lane.shares.stay()
        #expect(lane.comeBack("a9") == ["-a10"])
        #expect(lane.end("a3") == ["a9"])
    }

    @Test("a large lane makes room for several at a time")
    func batch() {
        var lane = Lane(count: 128)
        _ = lane.arrive("b0")
        _ = lane.end("b0")
        for number in 1...256 { _ = lane.arrive("a\(number)") }
        let crowded = lane.look(after: 1000)
        #expect(crowded == (129...144).map { "-a\($0)" })
    }
}
