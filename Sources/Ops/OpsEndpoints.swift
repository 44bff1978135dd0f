import Web

/// Finds the page that is asked for, and counts what is asked.
///
/// Apart from any HTTP.
struct OpsEndpoints: Sendable {
    private let pages: [OpsPage]
    private let hosts: AllowedHosts
    private let requests: Counter
    private let durations: Histogram

    init(pages: [OpsPage], registry: MetricRegistry, hosts: AllowedHosts = AllowedHosts(listeningAt: "localhost")) {
        self.pages = pages
        self.hosts = hosts
        let handlers = pages.map(\.path) + [Self.other]
        requests = registry.add(
            Counter(
                "verify_courier_http_requests_total", "Requests to the operators' port.",
                labels: ["handler", "method", "code"], known: pages.map { [$0.path, "GET", "200"] }))
        durations = registry.add(
            Histogram(
                "verify_courier_http_request_duration_seconds", "From a request to its answer's making.",
                labels: ["handler"], buckets: Buckets.local, known: handlers.map { [$0] }))
    }

    /// What is asked for is anybody's word where it is no page, and so is the method where it is none that is answered.
    private static let other = "other"

    func answer(_ request: WebRequest) async -> WebAnswer {
        let began = ContinuousClock.now
        let page = pages.first { $0.path == request.path }
        let answer = await answer(request, page)
        let handler = page?.path ?? Self.other
        let method = ["GET", "HEAD"].contains(request.method) ? request.method : Self.other
        requests.add(1, handler, method, String(answer.status))
        durations.observe(.now - began, handler)
        return answer
    }

    private func answer(_ request: WebRequest, _ page: OpsPage?) async -> WebAnswer {
        guard let page else { return .text("there are \(paths)\n", status: 404) }
        guard request.method == "GET" || request.method == "HEAD" else { return .text("only GET\n", status: 405) }
        guard page.isForAnyName || hosts.allow(request.host) else {
            return .text("ask by the address, by localhost, or by the name in ops.listen\n", status: 421)
        }
        return await page.answer(request.accept)
    }

    private var paths: String {
        let paths = pages.map(\.path)
        return paths.dropLast().joined(separator: ", ") + " and " + (paths.last ?? "nothing")
    }
}
