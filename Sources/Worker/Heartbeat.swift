package import AMQP
import Basics
package import Logging
package import Pipeline
package import Store

/// Tells the store every two seconds how this worker stands, and has it obey what operators want.
///
/// Apart from the jobs: what it writes is a transaction of its own, and while the store is away only the reports stay away.
package final class Heartbeat: Sendable {
    private let worker: WorkerService
    private let pipeline: Pipeline
    private let store: any WorkingStore
    /// What stays the same for as long as the process lives.
    private let identity: WorkerReport
    private let logger: Logger
    private let probe: QueueProbe
    /// As they were read last: while the store is away, they hold and run out all the same.
    private let orders = Locked(WorkerOrders())
    /// It is for this worker to ask the broker of the queues.
    private let samplesQueues = Locked(false)

    /// Nothing is told before ``run()``.
    ///
    /// - Parameters:
    ///   - broker: is asked of the queues, by one worker for all.
    ///   - identity: host, process, version and settings; all else is filled in at each beat.
    package init(
        _ worker: WorkerService, pipeline: Pipeline, store: any WorkingStore, broker: BrokerConfiguration,
        identity: WorkerReport, logger: Logger
    ) {
        probe = QueueProbe(broker, logger: logger)
        self.worker = worker
        self.pipeline = pipeline
        self.store = store
        self.identity = identity
        self.logger = logger
    }

    /// The first word, before any job is taken; a store that does not answer is waited for no longer than that.
    package func begin(within patience: Duration) async { _ = await Worker.within(patience) { await self.beat() } }

    /// Reports until the task is cancelled, through the draining too.
    package func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: WorkerRecord.interval)
            await beat()
        }
    }

    private func beat() async {
        do throws(StoreError) {
            let reply = try await store.beat(report, await readings())
            orders.withLock { $0 = reply.orders }
            samplesQueues.withLock { $0 = reply.samplesQueues }
        } catch {
            logger.debug("nothing reported: the store cannot be used", metadata: ["error": "\(error)"])
        }
        worker.obey(orders.withLock { $0 }, as: store.worker)
    }

    /// Says the last word; waits for the store no longer than that.
    package func end(as end: WorkerEnd, within patience: Duration) async {
        _ = await Worker.within(patience) {
            await self.beat()
            try? await self.store.leave(end)
        }
    }

    /// What the broker tells of the queues, where it is for this worker to ask, and can be told quickly.
    private func readings() async -> [QueueReading] {
        let status = worker.status
        // The connections that jobs need come first.
        guard samplesQueues.withLock({ $0 }), status.hasBegun, !status.isShortOfConnections else {
            await probe.rest()
            return []
        }
        return await probe.ask(within: .milliseconds(1500))
    }

    private var report: WorkerReport {
        let status = worker.status
        var report = identity
        report.state = status.state
        report.obstacles = status.obstaclesInOutline
        report.lanes = status.reports
        report.circuits = pipeline.circuits.compactMap { circuit in
            switch circuit.standing {
            case .closed: nil
            case .open: WorkerReport.OpenCircuit(operation: circuit.operation, isProbing: false)
            case .halfOpen: WorkerReport.OpenCircuit(operation: circuit.operation, isProbing: true)
            }
        }
        return report
    }
}
