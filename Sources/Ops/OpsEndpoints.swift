import Basics

/// What is answered to operators' programs: health, readiness, metrics.
///
/// Apart from any HTTP.
struct OpsEndpoints: Sendable {
    struct Answer: Sendable, Equatable {
        var status: Int
        var contentType = "text/plain; charset=utf-8"
        var body: String
    }

    let registry: MetricRegistry
    let hosts: AllowedHosts
    let readiness: @Sendable () -> Readiness
    private let requests: Counter

    init(
        registry: MetricRegistry, hosts: AllowedHosts = AllowedHosts(listeningAt: "localhost"),
        readiness: @escaping @Sendable () -> Readiness
    ) {
        self.registry = registry
        self.hosts = hosts
        self.readiness = readiness
        requests = registry.counter(
            "verify_courier_http_requests_total", "Requests to the operators' port.", labels: ["handler", "code"])
    }

    /// - Parameter host: the request's `Host`.
    func answer(method: String, path: String, host: String? = nil, accept: String?) async -> Answer {
        let path = path.prefix { $0 != "?" }
        let answer = await answer(method, path, host, accept)
        let known = ["/live", "/ready", "/metrics"].first { $0 == path } ?? "other"
        requests.add(1, known, String(answer.status))
        return answer
    }

    private func answer(
        _ method: String, _ path: Substring, _ host: String?, _ accept: String?
    ) async -> Answer {
        guard ["/live", "/ready", "/metrics"].contains(path) else {
            return Answer(status: 404, body: "there are /live, /ready and /metrics\n")
        }
        guard method == "GET" || method == "HEAD" else { return Answer(status: 405, body: "only GET\n") }
        // That it lives says nothing, and orchestrators ask for it by whatever name they like.
        if path == "/live" { return Answer(status: 200, body: "live\n") }
        guard hosts.allow(host) else {
            return Answer(status: 421, body: "ask by the address, by localhost, or by the name in ops.listen\n")
        }
        switch path {
        case "/ready": return ready(readiness())
        default:
            let format = ExpositionFormat(accept: accept)
            return Answer(status: 200, contentType: format.contentType, body: await registry.exposition(format))
        }
    }

    private func ready(_ readiness: Readiness) -> Answer {
        guard !readiness.isReady else { return Answer(status: 200, body: "ready\n") }
        // A line each: whoever polls by hand reads why.
        return Answer(status: 503, body: readiness.obstacles.map { "not ready: \($0)\n" }.joined())
    }
}
