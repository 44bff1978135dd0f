import Basics
import FoundationEssentials
import OpsPages

/// Tells the service manager that started the pages' process, if one wants to know, that it serves them and how the site fares.
///
/// A sign of life says that its tasks go on, and nothing of store or broker: a restart mends neither.
struct OpsReports: Sendable {
    private let manager: ServiceManager
    private let watch: SiteWatch
    private let isServing = Watched(false)

    /// - Returns: `nil` when no manager wants to be told.
    init?(of watch: SiteWatch) {
        guard let manager = ServiceManager(environment: ProcessInfo.processInfo.environment) else { return nil }
        self.manager = manager
        self.watch = watch
    }

    /// Requests are taken from now on.
    func begin() { isServing.set(true) }

    /// Goes on until the task is cancelled.
    ///
    /// Of its end nothing is told: it has nothing in hand and ends at once.
    func run() async {
        var plan = ReportPlan(watchdog: manager.watchdog)
        await isServing.wait { $0 }
        while !Task.isCancelled {
            tell(&plan)
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func tell(_ plan: inout ReportPlan) {
        var next = plan
        let notices = next.notices(
            hasBegun: isServing.value, isStopping: false, words: Self.words(watch.last), at: .now())
        if notices.isEmpty || manager.tell(notices) { plan = next }
    }

    /// - Parameter look: the latest; `nil` before the first.
    static func words(_ look: SiteLook?) -> String {
        guard let look else { return "serves pages; looks at the site for the first time" }
        let wrong = look.banners.count { $0.weight == .wrong }
        switch wrong {
        case 0: return "serves pages; the site is well"
        case 1: return "serves pages; one thing is wrong with the site"
        default: return "serves pages; \(wrong) things are wrong with the site"
        }
    }
}
