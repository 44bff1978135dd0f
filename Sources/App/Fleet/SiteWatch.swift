import AMQP
import Basics
import OpsPages
import Store

/// Looks at store and broker every two seconds, so that pages answer at once, however many look at them.
final class SiteWatch: SiteView {
    /// Enough for the last hour at every grain that snapshots are kept in.
    private static let past = 260

    private let broker: HeldBroker
    private let store: any StoreDriver
    private let latest = Watched<SiteLook?>(nil)

    init(store: any StoreDriver, broker: BrokerConfiguration) {
        self.store = store
        self.broker = HeldBroker(broker)
    }

    /// Looks until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            latest.set(await lookNow())
            try? await Task.sleep(for: WorkerRecord.interval)
        }
        await broker.close()
    }

    /// What was found last; `nil` before the first look has ended.
    var last: SiteLook? { latest.value }

    func look() async -> SiteLook {
        await latest.wait { $0 != nil }
        return latest.value ?? SiteLook(at: .now(), banners: [], fleet: Self.unseen(), queues: Self.unseen())
    }

    private static func unseen<Value>() -> Result<Value, Unknown> {
        .failure(Unknown("Nothing was looked at yet. Load the page again."))
    }

    private func lookNow() async -> SiteLook {
        let depths = await App.answer(within: .seconds(4)) { [broker] () throws(AMQPError) in try await broker.depths()
        }
        return SiteLook(await App.health(HealthLimits(), store, depths, past: Self.past))
    }
}

extension SiteLook {
    /// What `health` judges, for pages.
    init(_ health: SiteHealth) {
        let facts = health.facts
        let fleet = facts.fleet.map { FleetLook(workers: $0.workers, orders: $0.orders) }
            .mapError { Unknown("The store cannot be read: \($0)") }
        self.init(
            at: facts.now,
            banners: health.reasons.map { Banner(.wrong, $0) } + health.warnings.map { Banner(.odd, $0) },
            fleet: fleet, queues: Self.queues(facts), past: facts.past, newLetters: facts.newLetters)
    }

    /// What was told last is better than nothing: each says how old it is.
    private static func queues(_ facts: SiteFacts) -> Result<[QueueFigures], Unknown> {
        guard facts.queues.isEmpty else { return .success(facts.queues) }
        switch facts.depths {
        case .failure(let error): return .failure(Unknown("The broker does not tell of the queues: \(error)"))
        case .success: return .failure(Unknown("The store tells nothing of the queues."))
        }
    }
}

extension Banner {
    fileprivate init(_ weight: Weight, _ reason: SiteHealth.Reason) {
        self.init(
            weight, code: reason.code.rawValue, message: reason.message, lane: reason.lane, workers: reason.workers)
    }
}

/// One connection to the broker, made anew after it broke.
private actor HeldBroker {
    private let configuration: BrokerConfiguration
    private var connection: AdminConnection?

    init(_ configuration: BrokerConfiguration) { self.configuration = configuration }

    func depths() async throws(AMQPError) -> [String: QueueDepth] {
        let connection = try await opened()
        do throws(AMQPError) {
            return try await QueueDepths.ask(connection)
        } catch {
            await close()
            throw error
        }
    }

    private func opened() async throws(AMQPError) -> AdminConnection {
        if let connection { return connection }
        let made = try await AdminConnection.open(configuration)
        // Another question may have been quicker: its connection stays.
        if let connection {
            await made.close()
            return connection
        }
        connection = made
        return made
    }

    func close() async {
        let broken = connection
        connection = nil
        await broken?.close()
    }
}
