import Basics
import TestKit
import Testing
import Wire

@testable import Worker

/// Random lives of a lane, each step compared with what the contract says in plain words.
@Suite struct LaneSharesPropertyTests {
    /// Keeps its own lists, in place of counters.
    private struct Witness {
        struct Job: Equatable {
            var name: Int
            var claim: Claim
            var isFirm: Bool

            static func == (left: Job, right: Job) -> Bool { left.name == right.name }
        }

        let count: Int
        var shares: LaneShares<Int>
        var now = MonotonicTime(nanoseconds: 0)
        var random: Seeded
        var waiting: [Job] = []
        var working: [Job] = []
        var resting: [Job] = []
        var arrived = 0
        var granted: Set<Int> = []
        var crowdedOut: Set<Int> = []

        init(seed: UInt64) {
            random = Seeded(seed)
            count = Int.random(in: 1...12, using: &random)
            shares = LaneShares(count: count, prefetch: count * 2)
        }

        var inHand: Int { waiting.count + working.count + resting.count }

        mutating func step() {
            now = now + .milliseconds(Int.random(in: 0...150, using: &random))
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4 where inHand < count * 2: arrive()
            case 4..<7: release(settles: true)
            case 7: release(settles: false)
            case 8: comeBack()
            default: check(shares.crowdOut(at: now))
            }
            #expect(shares.held == working.count)
            #expect(shares.inHand == inHand)
            #expect(working.count <= count)
            #expect(waiting.isEmpty || working.count == count, "a slot is idle while somebody waits")
        }

        private mutating func arrive() {
            // The first front end floods.
            let frontEnd = ["a", "a", "a", "a", "b", "c"].randomElement(using: &random) ?? "a"
            let operations: [ProviderOperation] = [.check, .check, .check, .cancel, .enrol]
            let operation = operations.randomElement(using: &random) ?? .check
            let claim = shares.draw(Share(frontEnd: frontEnd, operation: operation))
            arrived += 1
            let job = Job(name: arrived, claim: claim, isFirm: Int.random(in: 0..<10, using: &random) == 0)
            waiting.append(job)
            check(shares.enter(claim, isFirm: job.isFirm, job.name, at: now))
        }

        private mutating func comeBack() {
            guard let index = resting.indices.randomElement(using: &random) else { return }
            var job = resting.remove(at: index)
            job.isFirm = true
            waiting.append(job)
            check(shares.enter(job.claim, isFirm: true, job.name, at: now))
        }

        mutating func release(settles: Bool) {
            guard let index = working.indices.randomElement(using: &random) else { return }
            let job = working.remove(at: index)
            if settles { shares.leave() } else { resting.append(job) }
            check(shares.release(job.claim.share))
        }

        private mutating func check(_ ended: [LaneShares<Int>.Ended]) {
            for end in ended {
                guard let job = waiting.first(where: { $0.name == end.waiter }) else {
                    Issue.record("ended twice, or never waited")
                    continue
                }
                switch end.verdict {
                case .granted: grant(job)
                case .crowdedOut: crowdOut(job)
                }
            }
        }

        private mutating func grant(_ job: Job) {
            let mine = waiting.filter { $0.claim.share == job.claim.share }
            #expect(mine.allSatisfy { $0.claim.ticket >= job.claim.ticket }, "not first come, first served")
            // Holding nothing of its own kind, it may have been passed over too often.
            if working.contains(where: { $0.claim.share == job.claim.share }) {
                let deserving = waiting.filter { !isBeyond($0) }
                #expect(deserving.isEmpty || !isBeyond(job), "beyond its share while another waits")
            }
            waiting.removeAll { $0 == job }
            working.append(job)
            granted.insert(job.name)
        }

        private mutating func crowdOut(_ job: Job) {
            #expect(!job.isFirm)
            #expect(!granted.contains(job.name))
            #expect(crowdedOut.insert(job.name).inserted)
            #expect(holders(like: job).contains { $0 >= max(1, count / 2) })
            waiting.removeAll { $0 == job }
        }

        private func holders(like job: Job) -> [Int] {
            [
                working.filter { $0.claim.share.frontEnd == job.claim.share.frontEnd }.count,
                working.filter { $0.claim.share.operation == job.claim.share.operation }.count,
            ]
        }

        /// One more would be more than half, and somebody else waits.
        private func isBeyond(_ job: Job) -> Bool {
            let half = max(1, count / 2)
            let held = holders(like: job)
            let own = job.claim.share
            return held[0] >= half && waiting.contains { $0.claim.share.frontEnd != own.frontEnd }
                || held[1] >= half && waiting.contains { $0.claim.share.operation != own.operation }
        }

        mutating func drain() {
            while true {
                while !resting.isEmpty { comeBack() }
                if working.isEmpty { break }
                release(settles: true)
            }
        }
    }

    @Test("whatever happens, slots are shared as promised and every wait ends once", arguments: 0..<60)
    func anyLife(seed: UInt64) {
        var witness = Witness(seed: seed)
        for _ in 0..<1500 { witness.step() }
        witness.drain()
        #expect(witness.waiting.isEmpty)
        #expect(witness.shares.held == 0)
        #expect(witness.shares.inHand == 0)
        #expect(witness.shares.groups.isEmpty)
        #expect(witness.granted.union(witness.crowdedOut).count == witness.arrived)
        #expect(witness.granted.isDisjoint(with: witness.crowdedOut))
    }

    @Test("of two front ends that never let go of the lane each gets half of it", arguments: 1..<8)
    func halves(seed: UInt64) {
        var random = Seeded(seed)
        let count = Int(seed) * 2
        var shares = LaneShares<Claim>(count: count, prefetch: 100_000)
        var working: [Claim] = []
        // The first one asks nine times as often.
        for index in 0..<4000 {
            let claim = shares.draw(Share(frontEnd: index % 10 == 0 ? "b" : "a", operation: .send))
            working += shares.enter(claim, isFirm: false, claim, at: MonotonicTime(nanoseconds: 0)).map(\.waiter)
        }
        for turn in 0..<600 {
            let leaver = working.remove(at: Int.random(in: 0..<working.count, using: &random))
            shares.leave()
            working += shares.release(leaver.share).map(\.waiter)
            #expect(working.count == count)
            let modest = working.filter { $0.share.frontEnd == "b" }.count
            #expect(turn < 200 || modest * 2 == count)
        }
    }
}
