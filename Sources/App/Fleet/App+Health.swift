import AMQP
import Basics
import Logging
import Store
import Wire
import Worker

extension App {
    /// Looks at store and broker, and judges the whole site.
    ///
    /// - Parameter patience: how long each of them may take; what takes longer counts as out of reach.
    public func health(_ limits: HealthLimits, within patience: Duration = .seconds(4)) async throws -> SiteHealth {
        let store = try settings.store()
        let broker = try settings.broker(name: "verify-courier health")
        async let depths = Self.depths(broker, patience)
        async let writeError = Self.writeError(of: store, patience)
        async let seen = Self.look(at: store, patience)
        let (fleet, letters) = await seen
        var facts = SiteFacts(
            now: .now(), fleet: fleet, writeError: await writeError, depths: await depths)
        facts.newLetters = letters
        return SiteHealth(facts, limits)
    }

    private static func look(
        at store: any StoreDriver, _ patience: Duration
    ) async -> (Result<Fleet, StoreError>, Int) {
        let found = await bounded(patience) { () async -> (Result<Fleet, StoreError>, Int) in
            do throws(StoreError) {
                let look = try await store.look()
                defer { look.close() }
                let now = Timestamp.now()
                let fleet = Fleet(workers: try await look.workers(), orders: try await look.orders(), now: now)
                return (.success(fleet), try await look.newLetters(since: now - HealthLimits.window))
            } catch {
                return (.failure(error), 0)
            }
        }
        return found ?? (.failure(stuck(patience)), 0)
    }

    /// A full disk can be read, so only a write tells.
    private static func writeError(of store: any StoreDriver, _ patience: Duration) async -> StoreError? {
        let found = await bounded(patience) { () async -> StoreError? in
            do throws(StoreError) {
                try await store.probe()
                return nil
            } catch {
                return error
            }
        }
        return found ?? stuck(patience)
    }

    private static func stuck(_ patience: Duration) -> StoreError {
        StoreError(
            .busy,
            """
            It does not answer within \(patience.components.seconds) s: another program holds its lock file or its database, \
            or its disk hangs.
            """)
    }

    private static func depths(
        _ broker: BrokerConfiguration, _ patience: Duration
    ) async -> Result<[String: QueueDepth], AMQPError> {
        let found = await bounded(patience) { () async -> Result<[String: QueueDepth], AMQPError> in
            do throws(AMQPError) {
                return .success(try await QueueDepths.ask(broker))
            } catch {
                return .failure(error)
            }
        }
        return found ?? .failure(AMQPError(.timeout, "it does not answer within \(patience.components.seconds) s"))
    }

    /// What `body` makes, if it does so in time; what does not heed its cancellation is left alone.
    private static func bounded<Value: Sendable>(
        _ time: Duration, _ body: @escaping @Sendable () async -> Value
    ) async -> Value? {
        let value = Watched<Value?>(nil)
        _ = await within(time) {
            let made = await body()
            value.set(made)
        }
        return value.value
    }
}

/// How full the contract's queues are.
enum QueueDepths {
    static func ask(_ broker: BrokerConfiguration) async throws(AMQPError) -> [String: QueueDepth] {
        let connection = try await KeptAdminConnection.open(broker)
        do throws(AMQPError) {
            let depths = try await ask(connection)
            await connection.close()
            return depths
        } catch {
            await connection.close()
            throw error
        }
    }

    static func ask(_ connection: KeptAdminConnection) async throws(AMQPError) -> [String: QueueDepth] {
        var depths: [String: QueueDepth] = [:]
        for queue in TopologyPlan.queues { depths[queue.name] = try await connection.depth(of: queue.name) }
        return depths
    }
}

extension SiteHealth {
    /// All of it as a JSON object (contract, section 8).
    public var json: String {
        let bytes = CanonicalJSON.object { json in
            json.member("at", facts.now.description)
            json.member("broker", object: facts) { json, facts in
                if case .failure(let error) = facts.depths { json.member("error", error.description) }
                json.member("reachable", (try? facts.depths.get()) != nil)
            }
            json.member("new_dead_letters", facts.newLetters)
            json.member("queues", list: queues) { json, queue in
                json.object {
                    $0.member("consumers", queue.depth.consumers)
                    $0.member("queue", queue.name)
                    $0.member("ready", queue.depth.ready)
                }
            }
            json.member("reasons", list: reasons, Self.write)
            json.member("store", object: facts) { json, facts in
                let error = facts.storeError
                json.member("error", error?.description)
                json.member("usable", error == nil)
            }
            json.member("warnings", list: warnings, Self.write)
            json.member("well", isWell)
            let fleet = try? facts.fleet.get()
            json.member("workers", list: fleet?.workers.filter(\.isAlive)) { json, worker in
                json.object { fleet?.write(worker, to: &$0) }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private var queues: [(name: String, depth: QueueDepth)] {
        let depths = (try? facts.depths.get()) ?? [:]
        return TopologyPlan.queues.compactMap { queue in depths[queue.name].map { (queue.name, $0) } }
    }

    private static func write(_ json: inout CanonicalJSON, _ reason: Reason) {
        json.object {
            $0.member("code", reason.code)
            $0.member("lane", reason.lane)
            $0.member("message", reason.message)
            $0.member("workers", list: reason.workers.isEmpty ? nil : reason.workers) { $0.number($1) }
        }
    }
}

extension SiteFacts {
    fileprivate var storeError: StoreError? {
        if case .failure(let error) = fleet { return error }
        return writeError
    }
}
