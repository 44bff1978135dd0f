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
        let broker = try settings.broker(name: "verify-courier health")
        let depths = await Self.answer(within: patience) { () throws(AMQPError) in try await QueueDepths.ask(broker) }
        return await Self.health(limits, try settings.store(), depths, within: patience)
    }

    /// Judges the whole site by what the broker has told.
    ///
    /// - Parameter past: so many of the latest snapshots of the queues are looked up as well.
    static func health(
        _ limits: HealthLimits, _ store: any StoreDriver, _ depths: Result<[String: QueueDepth], AMQPError>,
        past: Int = 0, within patience: Duration = .seconds(4)
    ) async -> SiteHealth {
        let readings = ((try? depths.get()) ?? [:]).map {
            QueueReading(queue: $0.key, ready: $0.value.ready, consumers: $0.value.consumers)
        }
        async let writeError = Self.writeError(of: store, readings, patience)
        async let seen = Self.look(at: store, readings, past, patience)
        let look = await seen
        var facts = SiteFacts(now: .now(), fleet: look.fleet, writeError: await writeError, depths: depths)
        (facts.newLetters, facts.brakes) = (look.letters, look.brakes)
        (facts.queues, facts.past) = (look.queues, look.past)
        return SiteHealth(facts, limits)
    }

    private struct Look {
        var fleet: Result<Fleet, StoreError>
        var letters = 0
        var brakes = Brakes()
        var queues: [QueueFigures] = []
        var past: [QueueSnapshot] = []
    }

    private static func look(
        at store: any StoreDriver, _ readings: [QueueReading], _ past: Int, _ patience: Duration
    ) async -> Look {
        let found = await value(within: patience) { () async -> Look in
            do throws(StoreError) {
                let reader = try await store.look()
                defer { reader.close() }
                let now = Timestamp.now()
                let fleet = Fleet(workers: try await reader.workers(), orders: try await reader.orders(), now: now)
                var look = Look(fleet: .success(fleet))
                look.letters = try await reader.newLetters(since: now - HealthLimits.window)
                look.brakes = try await reader.brakes()
                let latest = readings.isEmpty ? nil : try await reader.snapshot(readings)
                look.queues = try await QueueFigures.all(latest, at: now) { limit throws(StoreError) in
                    try await reader.snapshots(limit: limit)
                }
                if past > 0 { look.past = try await reader.snapshots(limit: past) }
                return look
            } catch {
                return Look(fleet: .failure(error))
            }
        }
        return found ?? Look(fleet: .failure(stuck(patience)))
    }

    /// A full disk can be read, so only a write tells.
    private static func writeError(
        of store: any StoreDriver, _ readings: [QueueReading], _ patience: Duration
    ) async -> StoreError? {
        let found = await value(within: patience) { () async -> StoreError? in
            do throws(StoreError) {
                try await store.note(readings)
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

    /// What the broker says within that time.
    static func answer<Value: Sendable>(
        within patience: Duration, _ ask: @escaping @Sendable () async throws(AMQPError) -> Value
    ) async -> Result<Value, AMQPError> {
        let found = await value(within: patience) { () async -> Result<Value, AMQPError> in
            do throws(AMQPError) {
                return .success(try await ask())
            } catch {
                return .failure(error)
            }
        }
        return found ?? .failure(AMQPError(.timeout, "it does not answer within \(patience.components.seconds) s"))
    }
}

/// How full the contract's queues are.
enum QueueDepths {
    static func ask(_ broker: BrokerConfiguration) async throws(AMQPError) -> [String: QueueDepth] {
        let connection = try await AdminConnection.open(broker)
        do throws(AMQPError) {
            let depths = try await ask(connection)
            await connection.close()
            return depths
        } catch {
            await connection.close()
            throw error
        }
    }

    static func ask(_ connection: AdminConnection) async throws(AMQPError) -> [String: QueueDepth] {
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
            json.member("queues", list: facts.queues) { json, queue in
                json.object { queue.write(to: &$0) }
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
