import Testing

@testable import Web

@Suite("Requests") struct WebRequestTests {
    private func request(_ fetchSite: String?, origin: String?) -> WebRequest {
        WebRequest(method: "POST", path: "/", host: "127.0.0.1:8091", origin: origin, fetchSite: fetchSite)
    }

    @Test("a form counts when the browser says that a page of ours has sent it; silence is refused")
    func thisSite() {
        #expect(request("same-origin", origin: nil).isFromThisSite)
        for site in ["same-site", "cross-site", "none", ""] {
            #expect(!request(site, origin: "http://127.0.0.1:8091").isFromThisSite, "\(site)")
        }
        #expect(request(nil, origin: "http://127.0.0.1:8091").isFromThisSite)
        #expect(request(nil, origin: "https://127.0.0.1:8091").isFromThisSite)
        for origin in [nil, "null", "http://127.0.0.1:8092", "http://127.0.0.1:8091.evil.example", ""] {
            #expect(!request(nil, origin: origin).isFromThisSite, "\(origin ?? "none")")
        }
    }

    @Test("cookies are taken apart; of two with one name the first counts")
    func cookies() {
        #expect(WebRequest.cookies(nil).isEmpty)
        #expect(WebRequest.cookies("a=1; b=x=y;c; a=2") == ["a": "1", "b": "x=y"])
    }
}
