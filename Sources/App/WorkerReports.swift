import Basics
import FoundationEssentials
import ServiceLifecycle
import Worker

/// Tells the service manager that started this process, if one wants to know, how the worker fares.
///
/// A sign of life says that the tasks of this process go on and that the worker's locks are free, and nothing of broker,
/// store or Twilio: a restart mends none of them.
struct WorkerReports: Service {
    private let manager: ServiceManager
    private let worker: WorkerService
    private let hasBegun: Watched<Bool>

    private static var manager: ServiceManager? { ServiceManager(environment: ProcessInfo.processInfo.environment) }

    /// Before there is a worker.
    static func tellStart() {
        manager?.tell([.status("starts: waits for the broker and its lanes")])
    }

    /// - Returns: `nil` when no manager wants to be told.
    init?(of worker: WorkerService, hasBegun: Watched<Bool>) {
        guard let manager = Self.manager else { return nil }
        self.manager = manager
        self.worker = worker
        self.hasBegun = hasBegun
    }

    /// Goes on until the worker has drained, for draining takes its time.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            var plan = ReportPlan(watchdog: manager.watchdog)
            while !Task.isCancelled {
                tell(&plan)
                await pause()
            }
            // It may have drained meanwhile.
            tell(&plan)
        }
    }

    private func tell(_ plan: inout ReportPlan) {
        let status = worker.status
        var next = plan
        let notices = next.notices(
            hasBegun: hasBegun.value, isDraining: status.isDraining, obstacles: status.obstaclesInOutline,
            pauses: status.pauses, at: .now())
        if notices.isEmpty || manager.tell(notices) { plan = next }
    }

    /// A second, or until it has begun: whoever waits for its start need not wait longer.
    private func pause() async {
        guard !hasBegun.value else {
            try? await Task.sleep(for: .seconds(1))
            return
        }
        await withTaskGroup { group in
            group.addTask { try? await Task.sleep(for: .seconds(1)) }
            group.addTask { await hasBegun.wait { $0 } }
            await group.next()
            group.cancelAll()
        }
    }
}
