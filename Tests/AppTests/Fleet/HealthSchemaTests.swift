import AMQP
import Basics
import Foundation
import Store
import Testing
import Wire

@testable import App

/// `health --json` against its published schema: the same members, and the same words.
///
/// That its types hold, and its examples, is judged by `Tests/OutsideClients/contract_check.py`, over what the end-to-end tests have seen too.
@Suite("Contract 8: the schema of health") struct HealthSchemaTests {
    private typealias Object = [String: Any]

    private let schema: Object

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: root.appendingPathComponent("docs/contract/schemas/health.v1.json"))
        schema = try #require(JSONSerialization.jsonObject(with: data) as? Object)
    }

    private func definition(_ name: String) throws -> Object {
        try #require((schema["$defs"] as? Object)?[name] as? Object)
    }

    private func words(_ place: Object) -> Set<String> { Set(place["enum"] as? [String] ?? []) }

    private func properties(_ place: Object) -> Object { place["properties"] as? Object ?? [:] }

    @Test("8 health: the schema lists the reasons, kinds, lanes and states that there are")
    func words() throws {
        let code = properties(try definition("reason"))["code"] as? Object ?? [:]
        #expect(words(code) == Set(SiteHealth.Code.allCases.map(\.rawValue)))
        let kind = properties(try definition("figure"))["kind"] as? Object ?? [:]
        #expect(words(kind) == Set(FigureKind.allCases.map(\.rawValue)))
        #expect(words(try definition("lane_name")) == Set(LaneName.allCases.map(\.rawValue)))
        let queue = properties(try definition("queue"))["queue"] as? Object ?? [:]
        #expect(words(queue) == Set(TopologyPlan.queues.map(\.name)))
        let state = properties(try definition("worker"))["state"] as? Object ?? [:]
        let states = WorkerState.allCases.map(\.rawValue) + ["silent"] + WorkerEnd.allCases.map(\.rawValue)
        #expect(words(state) == Set(states))
    }

    @Test("8 health: it prints what the schema says, and the schema has nothing that it never prints")
    func members() throws {
        var printed: [String: Set<String>] = [:]
        for health in [Self.troubled, Self.unreachable] {
            let object = try JSONSerialization.jsonObject(with: Data(health.json.utf8))
            compare(object, schema, at: "", &printed)
        }
        for (path, place) in places(schema, at: "") where !place.isEmpty {
            #expect(printed[path] == place, "\(path)")
        }
    }

    /// Notes the members of every object by its place, and looks that those are there that must be.
    private func compare(_ value: Any, _ place: Object, at path: String, _ printed: inout [String: Set<String>]) {
        let (place, path) = follow(place, from: path)
        if let list = value as? [Any] {
            for element in list { compare(element, place["items"] as? Object ?? [:], at: path + "[]", &printed) }
        }
        guard let object = value as? Object else { return }
        let required = Set(place["required"] as? [String] ?? [])
        #expect(required.subtracting(object.keys).isEmpty, "\(path)")
        printed[path, default: []].formUnion(object.keys)
        for (name, member) in object {
            guard let next = properties(place)[name] as? Object else {
                Issue.record("\(path).\(name) is not in the schema")
                continue
            }
            compare(member, next, at: "\(path).\(name)", &printed)
        }
    }

    /// Every object of the schema by its place, with its members' names.
    private func places(_ place: Object, at path: String) -> [String: Set<String>] {
        let (place, path) = follow(place, from: path)
        var found: [String: Set<String>] = [:]
        if let items = place["items"] as? Object { found.merge(places(items, at: path + "[]")) { $1 } }
        let members = properties(place)
        if !members.isEmpty { found[path] = Set(members.keys) }
        for (name, member) in members {
            found.merge(places(member as? Object ?? [:], at: "\(path).\(name)")) { $1 }
        }
        return found
    }

    /// What a place refers to, which is a place of its own: several refer to it.
    ///
    /// What is of another file is a text of a form.
    private func follow(_ place: Object, from path: String) -> (place: Object, path: String) {
        guard let reference = place["$ref"] as? String else { return (place, path) }
        let name = reference.split(separator: "/").last.map(String.init) ?? ""
        return (reference.hasPrefix("#") ? (try? definition(name)) ?? [:] : [:], name)
    }

    private static let now = Timestamp(seconds: 1_800_000_000)

    private static var worker: WorkerRecord {
        var report = WorkerReport(host: "h", pid: 1, version: "1", listen: "127.0.0.1:8090", settings: "a")
        report.state = .notReady
        report.obstacles = ["replies are refused"]
        report.circuits = [WorkerReport.OpenCircuit(operation: "send by sms", isProbing: false)]
        report.lanes = LaneName.allCases.map {
            WorkerReport.Lane(
                lane: $0, slots: 4, held: 0, inHand: 0, prefetch: 8, isConsumed: false, isPaused: true, settled: 0)
        }
        var record = WorkerRecord(id: 1, startedAt: now - .seconds(60), isAlive: true)
        (record.report, record.reportedAt, record.age) = (report, now - .seconds(1), .seconds(1))
        return record
    }

    /// A site of which there is something to say everywhere.
    private static var troubled: SiteHealth {
        // It lives and ends at once, so that every time of a worker's is told.
        var worker = worker
        worker.endedAt = now
        let orders = [
            WorkerOrder(
                id: 1, worker: nil, lane: .send, wish: .pause, by: "mara", why: "a look", at: now,
                until: now + .seconds(60)),
            WorkerOrder(
                id: 2, worker: 1, lane: nil, wish: .drain, by: "mara", why: "a look", at: now, until: now + .seconds(60)
            ),
        ]
        let fleet = Fleet(workers: [worker], orders: WorkerOrders(orders), now: now)
        let depths = Dictionary(
            uniqueKeysWithValues: TopologyPlan.queues.map { ($0.name, QueueDepth(ready: 5, consumers: 0)) })
        var facts = SiteFacts(now: now, fleet: .success(fleet), depths: .success(depths))
        facts.queues = TopologyPlan.queues.map { queue in
            // One sample alone tells some numbers and says of others why not; the other ones have values.
            let few = [sample(queue.name, at: now, ready: 5)]
            let many = (0..<40).map { sample(queue.name, at: now - .seconds(80 - 2 * $0), ready: 5 + $0) }
            let history = queue.name == LaneName.send.queue ? few : many
            return QueueFigures(of: queue.name, history, at: now)
        }.compactMap(\.self)
        return SiteHealth(facts)
    }

    private static func sample(_ queue: String, at time: Timestamp, ready: Int) -> QueueSnapshot {
        QueueSnapshot(
            at: time, queues: [QueueSample(queue: queue, ready: ready, consumers: 1, inHand: 1, settled: 3)])
    }

    private static var unreachable: SiteHealth {
        SiteHealth(
            SiteFacts(
                now: now, fleet: .failure(StoreError(.missing, "there is none")),
                depths: .failure(AMQPError(.timeout, "it does not answer"))))
    }
}
