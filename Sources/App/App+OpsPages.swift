import AMQP
import Basics
import OpsPages
import Web

extension App {
    /// Serves the operator's pages until it is cancelled.
    ///
    /// - Parameter onReady: called with the URL once requests are taken.
    /// - Throws: ``ConfigProblem``
    public func serveOpsPages(onReady: @escaping @Sendable (String) async -> Void) async throws {
        let address = try settings.opsPagesAddress()
        let watch = SiteWatch(store: try settings.store(), broker: try settings.broker(name: "verify-courier ops"))
        let name = SiteName(site: settings.text("ops.site") ?? "", environment: settings.text("ops.environment") ?? "")
        let site = OpsSite(view: watch, name: name, listeningAt: address.host)
        let server = WebServer(host: address.host, port: address.port, logger: logger) { await site.answer($0) }
        // Nothing is in hand here: told to end, it ends.
        _ = await Termination.watch(logger)
        let reports = OpsReports(of: watch)
        try await withThrowingTaskGroup { group in
            group.addTask { await watch.run() }
            if let reports { group.addTask { await reports.run() } }
            group.addTask {
                do {
                    try await server.run { port in
                        reports?.begin()
                        await onReady("http://\(address.at(port))/")
                    }
                } catch let problem as WebServer.CannotListen {
                    throw ConfigProblem(
                        "ops.pages: cannot listen at \(problem). Choose another port, or 0 for any free one")
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
