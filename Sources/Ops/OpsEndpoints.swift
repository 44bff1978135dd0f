import Basics

/// What is answered to operators' programs: health, readiness, metrics. Apart from any HTTP.
struct OpsEndpoints: Sendable {
    struct Answer: Sendable, Equatable {
        var status: Int
        var contentType = "text/plain; charset=utf-8"
        var body: String
    }

    let registry: MetricRegistry
    let readiness: @Sendable () -> Readiness
    private let requests: Counter

    init(registry: MetricRegistry, readiness: @escaping @Sendable () -> Readiness) {
        self.registry = registry
        self.readiness = readiness
        requests = registry.counter(
            "verify_courier_http_requests_total", "Requests to the operators' port.", labels: ["handler", "code"])
    }

    func answer(method: String, path: String, accept: String?) async -> Answer {
        let path = path.prefix { $0 != "?" }
        let answer = await answer(method, path, accept)
        let known = ["/live", "/ready", "/metrics"].first { $0 == path } ?? "other"
        requests.add(1, known, String(answer.status))
        return answer
    }

    private func answer(_ method: String, _ path: Substring, _ accept: String?) async -> Answer {
        guard ["/live", "/ready", "/metrics"].contains(path) else {
            return Answer(status: 404, body: "there are /live, /ready and /metrics\n")
        }
        guard method == "GET" || method == "HEAD" else { return Answer(status: 405, body: "only GET\n") }
        switch path {
        case "/live": return Answer(status: 200, body: "live\n")
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
