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

    /// - Parameter host: the request's `Host`.
    func answer(method: String, path: String, host: String? = nil, accept: String?) async -> OpsPage.Answer {
        let page = pages.first { $0.path == path.prefix { $0 != "?" } }
        let answer = await answer(method, page, host, accept)
        requests.add(1, page?.path ?? "other", String(answer.status))
        return answer
    }

    private func answer(
        _ method: String, _ page: OpsPage?, _ host: String?, _ accept: String?
    ) async -> OpsPage.Answer {
        guard let page else { return OpsPage.Answer(status: 404, body: "there are \(paths)\n") }
        guard method == "GET" || method == "HEAD" else { return OpsPage.Answer(status: 405, body: "only GET\n") }
        guard page.isForAnyName || hosts.allow(host) else {
            return OpsPage.Answer(
                status: 421, body: "ask by the address, by localhost, or by the name in ops.listen\n")
        }
        return await page.answer(accept)
    }

    private var paths: String {
        let paths = pages.map(\.path)
        return paths.dropLast().joined(separator: ", ") + " and " + (paths.last ?? "nothing")
    }
}
