import Basics
import Testing
import Web

@testable import Ops

@Suite struct OpsEndpointsTests {
    private func answer(
        _ path: String, method: String = "GET", _ readiness: Readiness = Readiness()
    ) async -> WebAnswer {
        await endpoints(readiness).answer(request(path, method))
    }

    private func request(_ target: String, _ method: String = "GET", host: String? = nil) -> WebRequest {
        let parts = target.split(separator: "?", maxSplits: 1)
        return WebRequest(
            method: method, path: String(parts[0]), query: FormFields(String(parts.dropFirst().first ?? "")),
            host: host)
    }

    private func endpoints(_ readiness: Readiness = Readiness()) -> OpsEndpoints {
        let registry = MetricRegistry()
        return OpsEndpoints(pages: [.live, .ready { readiness }, .metrics(registry)], registry: registry)
    }

    @Test("it lives as long as it answers, ready or not")
    func live() async {
        #expect(await answer("/live", Readiness(obstacles: ["x"])) == .text("live\n"))
    }

    @Test("not ready is 503 with every reason in words")
    func ready() async {
        #expect(await answer("/ready") == .text("ready\n"))
        let obstacles = ["the store is full", "no connection"]
        #expect(
            await answer("/ready?verbose", Readiness(obstacles: obstacles))
                == .text("not ready: the store is full\nnot ready: no connection\n", status: 503))
    }

    @Test("what an operator has paused is told, and is ready; what else is in the way is 503 with both")
    func paused() async {
        let pauses = ["verify.send is paused by an operator"]
        #expect(
            await answer("/ready", Readiness(pauses: pauses))
                == .text("ready\npaused: verify.send is paused by an operator\n"))
        #expect(
            await answer("/ready", Readiness(obstacles: ["draining"], pauses: pauses))
                == .text("not ready: draining\npaused: verify.send is paused by an operator\n", status: 503))
    }

    @Test("other paths and methods are refused, and all requests counted")
    func others() async {
        let endpoints = endpoints()
        let nothing = await endpoints.answer(request("/", "GET"))
        #expect(nothing == .text("there are /live, /ready and /metrics\n", status: 404))
        for path in ["/metrics/../x", "/%00", "/ready/"] {
            #expect(await endpoints.answer(request(path, "GET")).status == 404)
        }
        #expect(await endpoints.answer(request("/metrics", "POST")).status == 405)
        #expect(await endpoints.answer(request("/ready", "HEAD")).status == 200)
        let text = await endpoints.answer(request("/metrics", "GET")).body
        #expect(text.contains(#"verify_courier_http_requests_total{handler="other",method="GET",code="404"} 4.0"#))
        #expect(text.contains(#"verify_courier_http_requests_total{handler="/metrics",method="other",code="405"} 1.0"#))
        #expect(text.contains(#"verify_courier_http_requests_total{handler="/ready",method="HEAD",code="200"} 1.0"#))
    }

    @Test("the metrics and the readiness are refused to a foreign name; that it lives is told to anybody")
    func foreignNames() async {
        let registry = MetricRegistry()
        let pages = [
            OpsPage.live, .ready { Readiness(obstacles: ["secret"]) }, .metrics(registry),
            OpsPage("/new") { _ in .text("secret") },
        ]
        let endpoints = OpsEndpoints(pages: pages, registry: registry)
        for path in ["/metrics", "/ready", "/new"] {
            let refused = await endpoints.answer(request(path, host: "evil.example"))
            #expect(refused.status == 421 && !refused.body.contains("secret"))
            let asked = await endpoints.answer(request(path, host: "localhost:8090"))
            #expect(asked.status != 421)
        }
        #expect(await endpoints.answer(request("/live", host: "evil.example")).status == 200)
    }
}
