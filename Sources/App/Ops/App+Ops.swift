import Ops
import ServiceLifecycle
import Worker

extension App {
    /// `nil` when `ops.listen` is off.
    func opsServer(_ worker: WorkerService, _ registry: MetricRegistry) throws(ConfigProblem) -> OpsServer? {
        guard let address = try settings.opsAddress() else { return nil }
        return OpsServer(
            host: address.host, port: address.port, registry: registry,
            readiness: { Readiness(obstacles: worker.status.obstaclesInOutline) }, logger: logger)
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
