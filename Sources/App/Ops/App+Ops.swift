import Ops
import ServiceLifecycle
import Worker

extension App {
    /// `nil` when `ops.listen` is off.
    func opsServer(_ worker: WorkerService, _ registry: MetricRegistry) throws(ConfigProblem) -> OpsServer? {
        guard let address = try settings.opsAddress() else { return nil }
        let pages = [
            OpsPage.live,
            .ready {
                let status = worker.status
                return Readiness(obstacles: status.obstaclesInOutline, pauses: status.pauses)
            }, .metrics(registry),
        ]
        return OpsServer(
            host: address.host, port: address.port, pages: pages, registry: registry, logger: logger)
    }
}

/// The worker, which takes no job before operators can see it: a taken port must be known before anything is begun.
struct AfterOps: Service {
    let worker: WorkerService
    let ops: OpsServer?

    func run() async throws {
        if let ops { _ = try await ops.waitUntilListening() }
        try await worker.run()
    }
}
