import Web

/// Finds the page that is asked for, and counts what is asked.
///
/// Apart from any HTTP.
struct OpsEndpoints: Sendable {
    private let pages: [OpsPage]
    private let hosts: AllowedHosts
    private let requests: Counter

    init(pages: [OpsPage], registry: MetricRegistry, hosts: AllowedHosts = AllowedHosts(listeningAt: "localhost")) {
        self.pages = pages
        self.hosts = hosts
        requests = registry.add(
            Counter(
                "verify_courier_http_requests_total", "Requests to the operators' port.", labels: ["handler", "code"]))
    }

    func answer(_ request: WebRequest) async -> WebAnswer {
        let page = pages.first { $0.path == request.path }
        let answer = await answer(request, page)
        requests.add(1, page?.path ?? "other", String(answer.status))
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
