import Basics
import Testing

@testable import Ops

@Suite struct OpsEndpointsTests {
    private func answer(
        _ path: String, method: String = "GET", _ readiness: Readiness = Readiness()
    ) async -> OpsPage.Answer {
        await endpoints(readiness).answer(method: method, path: path, accept: nil)
    }

    private func endpoints(_ readiness: Readiness = Readiness()) -> OpsEndpoints {
        let registry = MetricRegistry()
        return OpsEndpoints(pages: [.live, .ready { readiness }, .metrics(registry)], registry: registry)
    }

    @Test("it lives as long as it answers, ready or not")
    func live() async {
        #expect(await answer("/live", Readiness(obstacles: ["x"])) == .init(status: 200, body: "live\n"))
    }

    @Test("not ready is 503 with every reason in words")
    func ready() async {
        #expect(await answer("/ready") == .init(status: 200, body: "ready\n"))
        let obstacles = ["the store is full", "no connection"]
        #expect(
            await answer("/ready?verbose", Readiness(obstacles: obstacles))
                == .init(status: 503, body: "not ready: the store is full\nnot ready: no connection\n"))
    }

    @Test("other paths and methods are refused, and all requests counted")
    func others() async {
        let endpoints = endpoints()
        let nothing = await endpoints.answer(method: "GET", path: "/", accept: nil)
        #expect(nothing == .init(status: 404, body: "there are /live, /ready and /metrics\n"))
        for path in ["/metrics/../x", "/%00", "/ready/"] {
            #expect(await endpoints.answer(method: "GET", path: path, accept: nil).status == 404)
        }
        #expect(await endpoints.answer(method: "POST", path: "/metrics", accept: nil).status == 405)
        #expect(await endpoints.answer(method: "HEAD", path: "/ready", accept: nil).status == 200)
        let text = await endpoints.answer(method: "GET", path: "/metrics", accept: nil).body
        #expect(text.contains(#"verify_courier_http_requests_total{handler="other",code="404"} 4.0"#))
        #expect(text.contains(#"verify_courier_http_requests_total{handler="/metrics",code="405"} 1.0"#))
        #expect(text.contains(#"verify_courier_http_requests_total{handler="/ready",code="200"} 1.0"#))
    }
}
