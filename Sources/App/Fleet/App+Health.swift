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
        let depths = await Self.depths(broker, patience)
        let readings = ((try? depths.get()) ?? [:]).map {
            QueueReading(queue: $0.key, ready: $0.value.ready, consumers: $0.value.consumers)
        }
        async let writeError = Self.writeError(of: store, readings, patience)
        async let seen = Self.look(at: store, readings, patience)
        let look = await seen
        var facts = SiteFacts(now: .now(), fleet: look.fleet, writeError: await writeError, depths: depths)
        facts.newLetters = look.letters
        facts.queues = look.queues
        return SiteHealth(facts, limits)
    }

    private struct Look {
        var fleet: Result<Fleet, StoreError>
        var letters = 0
        var queues: [QueueFigures] = []
    }

    private static func look(
        at store: any StoreDriver, _ readings: [QueueReading], _ patience: Duration
    ) async -> Look {
        let found = await value(within: patience) { () async -> Look in
            do throws(StoreError) {
                let reader = try await store.look()
                defer { reader.close() }
                let now = Timestamp.now()
                let fleet = Fleet(workers: try await reader.workers(), orders: try await reader.orders(), now: now)
                var look = Look(fleet: .success(fleet))
                look.letters = try await reader.newLetters(since: now - HealthLimits.window)
                let latest = readings.isEmpty ? nil : try await reader.snapshot(readings)
                look.queues = try await QueueFigures.all(latest, at: now) { limit throws(StoreError) in
                    try await reader.snapshots(limit: limit)
                }
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

    private static func depths(
        _ broker: BrokerConfiguration, _ patience: Duration
    ) async -> Result<[String: QueueDepth], AMQPError> {
        let found = await value(within: patience) { () async -> Result<[String: QueueDepth], AMQPError> in
            do throws(AMQPError) {
                return .success(try await QueueDepths.ask(broker))
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
                json.object {
                    Self.write(queue, to: &$0)
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

    private static func write(_ queue: QueueFigures, to json: inout CanonicalJSON) {
        json.member("age_seconds", seconds(queue.age)) { $0.number($1) }
        write("came_in_per_minute", queue.cameIn, to: &json) { $0.number(($1 * 10).rounded() / 10) }
        write("consumers", queue.consumers, to: &json) { $0.number($1) }
        write("done_per_minute", queue.done, to: &json) { $0.number(($1 * 10).rounded() / 10) }
        write("in_hand", queue.inHand, to: &json) { $0.number($1) }
        write("oldest_seconds", queue.oldest, to: &json) { $0.number(seconds($1)) }
        json.member("queue", queue.queue)
        write("ready", queue.ready, to: &json) { $0.number($1) }
        write("seconds_until_empty", queue.untilEmpty, to: &json) { $0.number(seconds($1)) }
        write("waited_over_30_seconds", queue.waitedLong, to: &json) { $0.number($1) }
    }

    private static func seconds(_ duration: Duration) -> Double { (duration / .seconds(1) * 10).rounded() / 10 }

    private static func write<Value>(
        _ name: String, _ figure: Figure<Value>, to json: inout CanonicalJSON,
        _ number: (inout CanonicalJSON, Value) -> Void
    ) {
        json.member(name, object: figure) { json, figure in
            json.member("kind", figure.kind)
            json.member("value", figure.value, number)
            json.member("why", figure.why)
        }
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
