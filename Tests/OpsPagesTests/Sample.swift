import Basics
import Store
import Web
import Wire

@testable import OpsPages

/// A site that stands still.
struct ScriptedView: SiteView {
    var seen: SiteLook
    func look() async -> SiteLook { seen }
}

enum Sample {
    static let now = Timestamp(seconds: 1_800_000_000)

    /// Six jobs wait in each lane that is named, the oldest for ten seconds; all others are empty.
    static func snapshots(waiting lanes: [LaneName] = []) -> [QueueSnapshot] {
        stride(from: -120, through: 0, by: 2).map { second in
            QueueSnapshot(
                at: now + .seconds(second),
                queues: LaneName.allCases.map { lane in
                    let ready = lanes.contains(lane) && second >= -10 ? 6 : 0
                    return QueueSample(queue: lane.queue, ready: ready, consumers: 1, inHand: 2, settled: 100)
                })
        }
    }

    static func figures(_ snapshots: [QueueSnapshot]) -> [QueueFigures] {
        LaneName.allCases.compactMap { QueueFigures(of: $0.queue, snapshots, at: now) }
    }

    static func worker(_ id: Int64, _ change: (inout WorkerReport) -> Void = { _ in }) -> WorkerRecord {
        var report = WorkerReport(host: "mq<1>", pid: 42, version: "0.9.0", listen: nil, settings: "abc")
        report.state = .ready
        report.lanes = LaneName.allCases.map {
            WorkerReport.Lane(
                lane: $0, slots: 4, held: 1, inHand: 2, prefetch: 8, isConsumed: true, isPaused: false, settled: 100)
        }
        change(&report)
        var record = WorkerRecord(id: id, startedAt: now - .seconds(3600), isAlive: true)
        (record.report, record.age, record.reportedAt) = (report, .seconds(1), now - .seconds(1))
        return record
    }

    static func look(
        waiting: [LaneName] = [], banners: [Banner] = [], workers: [WorkerRecord] = [worker(7)]
    ) -> SiteLook {
        let past = snapshots(waiting: waiting)
        return SiteLook(
            at: now, banners: banners, fleet: .success(FleetLook(workers: workers, orders: WorkerOrders())),
            queues: .success(figures(past)), past: past)
    }

    static func site(_ look: SiteLook, name: SiteName = SiteName()) -> OpsSite {
        OpsSite(view: ScriptedView(seen: look), name: name, listeningAt: "127.0.0.1")
    }
}

extension OpsSite {
    func get(_ target: String, method: String = "GET", host: String? = "127.0.0.1:8091") async -> WebAnswer {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        return await answer(
            WebRequest(
                method: method, path: parts[0], query: FormFields(parts.count > 1 ? parts[1] : ""), host: host))
    }
}
