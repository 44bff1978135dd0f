import AMQP
import Basics
import Foundation
import Store
import Testing
import Wire

@testable import App

/// Whether a site is well, judged by facts.
@Suite("Contract 8: health, judged") struct SiteHealthTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private func worker(_ id: Int64 = 1, _ change: (inout WorkerRecord) -> Void = { _ in }) -> WorkerRecord {
        var report = WorkerReport(host: "h", pid: 1, version: "1", listen: nil, settings: "a")
        report.state = .ready
        report.lanes = LaneName.allCases.map {
            WorkerReport.Lane(
                lane: $0, slots: 4, held: 0, inHand: 0, prefetch: 8, isConsumed: true, isPaused: false, settled: 0)
        }
        var record = WorkerRecord(id: id, startedAt: Self.now - .seconds(60), isAlive: true)
        (record.report, record.reportedAt, record.age) = (report, Self.now - .seconds(1), .seconds(1))
        change(&record)
        return record
    }

    private func health(
        _ workers: [WorkerRecord], orders: [WorkerOrder] = [], _ change: (inout SiteFacts) -> Void = { _ in }
    ) -> SiteHealth {
        let fleet = Fleet(workers: workers, orders: WorkerOrders(orders), now: Self.now)
        let depth = QueueDepth(ready: 0, consumers: workers.count(where: \.isPresent))
        let depths = Dictionary(uniqueKeysWithValues: TopologyPlan.queues.map { ($0.name, depth) })
        var facts = SiteFacts(now: Self.now, fleet: .success(fleet), depths: .success(depths))
        change(&facts)
        return SiteHealth(facts)
    }

    private func order(_ id: Int64, worker: Int64?, lane: LaneName?, until: Timestamp? = nil) -> WorkerOrder {
        WorkerOrder(
            id: id, worker: worker, lane: lane, wish: .pause, by: "mara", why: "a look", at: Self.now, until: until)
    }

    private func said(_ health: SiteHealth) -> [String] { health.reasons.map(\.message) }

    @Test("8 health: a worker that consumes every lane is all that it takes")
    func well() {
        let health = health([worker()])
        #expect(health.isWell && health.warnings.isEmpty)
    }

    @Test("8 health: a brake is only a warning, while it holds; it says whom it stops, who set it, until when and why")
    func brakes() throws {
        let until = Self.now + .seconds(60)
        let brake = Brake(.country("GB"), everyone: false, by: "mara", why: "pumping", at: Self.now, until: until)
        var brakes = Brakes()
        let isSet = brakes.set(brake)
        #expect(isSet)
        let held = health([worker()]) { $0.brakes = brakes }
        #expect(held.isWell && held.warnings.map(\.code) == [.brakeOn])
        let words = "a brake on country GB for numbers that are not proven by mara until \(until): pumping"
        #expect(held.warnings.first?.message == words)
        let over = health([worker()]) { ($0.brakes, $0.now) = (brakes, until) }
        #expect(over.warnings.isEmpty)
        let damaged = health([worker()]) { $0.brakes = Brakes(stored: "?") }
        #expect(damaged.isWell && damaged.warnings.first?.message.contains("brakes lift all") == true)
    }

    @Test("8 health: no worker runs, and what became of the last one")
    func none() {
        #expect(said(health([]))[0] == "no worker runs")
        let killed = worker { ($0.isAlive, $0.end, $0.endedAt) = (false, .killed, Self.now) }
        let health = health([killed])
        #expect(health.reasons.map(\.code) == [.noWorker] + LaneName.allCases.map { _ in .laneNotConsumed })
        #expect(said(health)[0] == "no worker runs; the last one, 1, was killed at \(Self.now)")
    }

    @Test("8 health: a worker that lives and says nothing")
    func silent() {
        let health = health([worker { $0.age = .seconds(61) }])
        #expect(health.reasons.contains { $0.code == .workerSilent && $0.message.contains("nothing for 61 s") })
    }

    @Test("8 health: a lane that nobody consumes, by the broker's word, or by the workers' where it is silent")
    func lanes() {
        let idle = worker { $0.report?.lanes[1].isConsumed = false }
        let told = health([idle]) {
            $0.depths = $0.depths.map {
                $0.merging(["verify.check": QueueDepth(ready: 7, consumers: 0)]) { $1 }
            }
        }
        #expect(said(told) == ["nobody consumes check: 7 messages wait"] && told.reasons[0].lane == .check)
        let away = health([idle]) { $0.depths = .failure(AMQPError(.unreachable, "gone")) }
        #expect(away.reasons.map(\.code) == [.brokerUnreachable, .laneNotConsumed])
        let silent = health([worker()]) {
            $0.depths = $0.depths.map { $0.merging(["verify.check": QueueDepth(ready: 0, consumers: 0)]) { $1 } }
        }
        #expect(silent.reasons.map(\.code) == [.queueSilent])
    }

    @Test("8 health: who has paused a lane and why; not where another worker still works there")
    func paused() {
        let all = health([worker(1), worker(2)], orders: [order(1, worker: nil, lane: .send)])
        #expect(said(all) == ["send is paused by mara: a look"] && all.reasons[0].workers == [1, 2])
        #expect(health([worker(1), worker(2)], orders: [order(1, worker: 2, lane: nil)]).isWell)
        let end = Self.now + .seconds(60)
        let later = health([], orders: [order(1, worker: nil, lane: .send, until: end)])
        #expect(said(later).contains("send is paused by mara until \(end): a look"))
        #expect(health([worker()], orders: [order(1, worker: nil, lane: nil, until: Self.now)]).isWell)
    }

    @Test("8 health: a store that cannot be read, or not be written")
    func store() {
        let error = StoreError(.full, "The disk is full.")
        let read = health([]) { $0.fleet = .failure(error) }
        #expect(said(read)[0] == "the store cannot be read: The disk is full.")
        #expect(!read.reasons.contains { $0.code == .noWorker })
        let written = health([worker()]) { $0.writeError = error }
        #expect(written.reasons.map(\.code) == [.storeUnusable])
    }

    @Test("8 health: a queue that is missing is said with what to do")
    func missing() {
        let health = health([worker()]) { $0.depths = .failure(AMQPError(.notFound, "no queue")) }
        #expect(health.reasons.map(\.code) == [.queueMissing] && said(health)[0].contains("topology apply"))
    }

    @Test("8 health: one that is not ready counts where nobody else is, and is a warning where somebody is")
    func notReady() {
        let stuck = worker(1) {
            $0.report?.state = .notReady
            $0.report?.obstacles = ["replies are refused"]
        }
        #expect(said(health([stuck])) == ["worker 1 is not ready: replies are refused"])
        let other = health([stuck, worker(2)])
        #expect(other.isWell && other.warnings.map(\.code) == [.workerNotReady])
    }

    @Test("8 health: an open circuit of Twilio's")
    func circuit() {
        let health = health([
            worker { $0.report?.circuits = [WorkerReport.OpenCircuit(operation: "a send", isProbing: false)] }
        ])
        #expect(health.reasons.map(\.code) == [.circuitOpen] && said(health)[0].contains("a send"))
    }

    /// A queue in which five wait, the oldest since then at least.
    private func figures(oldest seconds: Int) -> [QueueFigures] {
        let sample = QueueSample(queue: "verify.send", ready: 5, consumers: 1, inHand: 0, settled: 0)
        let snapshots = [seconds + 1, 1].map { QueueSnapshot(at: Self.now - .seconds($0), queues: [sample]) }
        return [QueueFigures(of: "verify.send", snapshots, at: Self.now)].compactMap(\.self)
    }

    @Test("8 health: a job that has waited for too long")
    func waiting() {
        #expect(health([worker()]) { $0.queues = figures(oldest: 30) }.isWell)
        let late = health([worker()]) { $0.queues = figures(oldest: 31) }
        #expect(said(late) == ["the oldest job in verify.send has waited for at least 31 s, of 5 that wait"])
        #expect(late.reasons[0].code == .jobsWait && late.reasons[0].lane == .send)
    }

    @Test("8 health: dead letters that grow, workers that differ")
    func others() {
        #expect(health([worker()]) { $0.newLetters = 9 }.isWell)
        #expect(health([worker()]) { $0.newLetters = 10 }.reasons.map(\.code) == [.deadLettersGrow])
        let differing = health([worker(1), worker(2) { $0.report?.version = "2" }])
        #expect(differing.isWell && differing.warnings.map(\.message) == ["workers of different versions: 1, 2"])
    }

    @Test("8 health --json: everything that is told is in it, as the page for operators says")
    func json() throws {
        let health = health([worker()], orders: [order(1, worker: nil, lane: .send)]) {
            $0.newLetters = 12
            $0.queues = figures(oldest: 20)
        }
        let read = try JSONSerialization.jsonObject(with: Data(health.json.utf8)) as? [String: Any]
        let object = try #require(read)
        #expect(object["well"] as? Bool == false && object["new_dead_letters"] as? Int == 12)
        let reasons = try #require(object["reasons"] as? [[String: Any]])
        #expect(reasons.map { $0["code"] as? String } == ["lane_paused", "dead_letters_grow"])
        #expect(reasons[0]["lane"] as? String == "send" && reasons[0]["workers"] as? [Int] == [1])
        let queue = try #require((object["queues"] as? [[String: Any]])?.first)
        #expect(queue["queue"] as? String == "verify.send" && queue["age_seconds"] as? Double == 1)
        let oldest = try #require(queue["oldest_seconds"] as? [String: Any])
        #expect(oldest["kind"] as? String == "at_least" && oldest["value"] as? Double == 20)
        #expect((queue["done_per_minute"] as? [String: Any])?["why"] as? String == "watched for less than a minute")
        #expect((object["store"] as? [String: Any])?["usable"] as? Bool == true)
        #expect((object["broker"] as? [String: Any])?["reachable"] as? Bool == true)
        let worker = try #require((object["workers"] as? [[String: Any]])?.first)
        let lanes = try #require(worker["lanes"] as? [[String: Any]])
        #expect((lanes[0]["pause"] as? [String: Any])?["by"] as? String == "mara" && lanes.count == 4)
    }
}
