import Basics
import Testing
import Wire

@testable import Worker

@Suite struct LaneSharesTests {
    /// A lane whose jobs are told apart by a name that begins with their front end's.
    struct Lane {
        var shares: LaneShares<String>
        var now = MonotonicTime(nanoseconds: 0)
        var claims: [String: Claim] = [:]

        init(count: Int, prefetch: Int? = nil) {
            shares = LaneShares(count: count, prefetch: prefetch ?? count * 2)
        }

        /// Whose wait ends with the arrival of a job.
        mutating func arrive(_ name: String, _ operation: ProviderOperation = .send, isFirm: Bool = false) -> [String] {
            let claim = shares.draw(Share(frontEnd: String(name.prefix(1)), operation: operation))
            claims[name] = claim
            return told(shares.enter(claim, isFirm: isFirm, name, at: now))
        }

        mutating func comeBack(_ name: String) -> [String] {
            claims[name].map { told(shares.enter($0, isFirm: true, name, at: now)) } ?? []
        }

        mutating func rest(_ name: String) -> [String] {
            claims[name].map { told(shares.release($0.share)) } ?? []
        }

        mutating func end(_ name: String) -> [String] {
            shares.leave()
            return rest(name)
        }

        mutating func look(after milliseconds: Int) -> [String] {
            now = now + .milliseconds(milliseconds)
            return told(shares.crowdOut(at: now))
        }

        /// `-` marks who was crowded out.
        private func told(_ ended: [LaneShares<String>.Ended]) -> [String] {
            ended.map { $0.verdict == .granted ? $0.waiter : "-\($0.waiter)" }
        }
    }

    @Test("slots are given as long as there are any, whoever asks")
    func workConserving() {
        var lane = Lane(count: 4)
        for name in ["a1", "a2", "a3", "a4"] { #expect(lane.arrive(name) == [name]) }
        #expect(lane.arrive("a5") == [])
        #expect(lane.shares.held == 4)
        #expect(lane.end("a2") == ["a5"])
        #expect(lane.shares.held == 4)
    }

    @Test("who holds half of the slots lets a younger job of another front end go first")
    func frontEnds() {
        var lane = Lane(count: 4)
        for name in ["a1", "a2", "a3", "a4", "a5", "a6", "b1"] { _ = lane.arrive(name) }
        #expect(lane.end("a1") == ["b1"])
        #expect(lane.end("a2") == ["a5"])
        #expect(lane.end("a3") == ["a6"])
    }

    @Test("an operation that holds half of the slots lets another one of the same front end go first")
    func operations() {
        var lane = Lane(count: 4)
        for name in ["a1", "a2", "a3", "a4", "a5"] { _ = lane.arrive(name, .check) }
        _ = lane.arrive("a6", .cancel)
        _ = lane.arrive("a7", .enrol)
        #expect(lane.end("a1") == ["a6"])
        #expect(lane.end("a2") == ["a7"])
        #expect(lane.end("a3") == ["a5"])
    }

    @Test("below their half all are equal: first come, first served")
    func order() {
        var lane = Lane(count: 4)
        for name in ["a1", "b1", "c1", "d1", "b2", "a2", "c2"] { _ = lane.arrive(name) }
        #expect(lane.end("d1") == ["b2"])
        #expect(lane.end("c1") == ["a2"])
        #expect(lane.end("b1") == ["c2"])
    }

    @Test("with a single slot nobody is beyond anything, and the turns go round")
    func single() {
        var lane = Lane(count: 1)
        for name in ["a1", "a2", "a3", "b1"] { _ = lane.arrive(name) }
        #expect(lane.end("a1") == ["a2"])
        #expect(lane.end("a2") == ["a3"])
        #expect(lane.end("a3") == ["b1"])
    }

    @Test("two that are each at their half with one slot between them take it by age")
    func oddCount() {
        var lane = Lane(count: 3)
        for name in ["a1", "b1", "c1", "b2", "a2"] { _ = lane.arrive(name) }
        #expect(lane.end("c1") == ["b2"])
    }

    @Test("a job that gave its slot up comes back before those that were delivered after it")
    func comeBack() {
        var lane = Lane(count: 1)
        for name in ["a1", "a2", "a3"] { _ = lane.arrive(name) }
        #expect(lane.rest("a1") == ["a2"])
        #expect(lane.comeBack("a1") == [])
        #expect(lane.end("a2") == ["a1"])
        #expect(lane.end("a1") == ["a3"])
    }

    @Test("a job that counts against two shares at their half is not kept out for ever by those taking turns")
    func noStarvation() {
        var lane = Lane(count: 4)
        // a is at its half through cancels, check through b's: a's check is within neither.
        for name in ["a1", "a2"] { _ = lane.arrive(name, .cancel) }
        for name in ["b1", "b2"] { _ = lane.arrive(name, .check) }
        #expect(lane.arrive("a-starving", .check) == [])
        var served = ""
        var turns = 0
        var holders = ["a1", "b1", "a2", "b2"]
        while served != "a-starving", turns < 20 {
            let leaver = holders.removeFirst()
            let operation: ProviderOperation = leaver.hasPrefix("a") ? .cancel : .check
            _ = lane.arrive("\(leaver.prefix(1))-next-\(turns)", operation)
            served = lane.end(leaver).first ?? ""
            holders.append(served)
            turns += 1
        }
        #expect(served == "a-starving")
        #expect(turns <= 8)
    }
}
