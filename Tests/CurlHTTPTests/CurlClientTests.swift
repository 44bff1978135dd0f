import Basics
import CurlHTTP
import Logging
import TestKit
import Testing

@Suite(.timeLimit(.minutes(10))) struct CurlClientTests {
    private func client() -> CurlClient {
        var configuration = CurlConfiguration(userAgent: "test")
        configuration.maxConnectionsPerHost = 400
        // Among all tests at once, a minute may lie between two requests of one.
        configuration.longestIdle = .seconds(3600)
        return CurlClient(configuration: configuration, logger: Logger(label: "test"))
    }

    /// Where a limit is not what is tested, a busy machine has plenty of time.
    private func post(_ url: String, limit: Duration = .seconds(300)) -> HTTPRequest {
        HTTPRequest(method: .post, url: url, user: "u", password: Redacted("p"), body: [97], timeLimit: limit)
    }

    private func failure(_ client: CurlClient, _ request: HTTPRequest, gate: Bool = true) async -> CurlError? {
        do {
            _ = try await client.perform(request, gate: { gate })
            return nil
        } catch { return error }
    }

    @Test func aPostOnAConnectionThatDiesIsNotRepeated() async throws {
        let server = try ScriptedServer { $0.path == "/first" ? .bytes(ScriptedServer.ok()) : .close }
        defer { server.stop() }
        let client = client()
        _ = try await client.perform(post(server.url + "/first"), gate: { true })
        let error = await failure(client, post(server.url + "/second"))
        #expect(error == CurlError(reach: .maybeSent, kind: .reset))
        #expect(server.count(path: "/second") == 1)
        #expect(server.all.map(\.connection) == [0, 0])
    }

    @Test func whatWasSurelyNotSent() async throws {
        let server = try ScriptedServer { _ in .bytes(ScriptedServer.ok()) }
        let client = client()
        let withheld = await failure(client, post(server.url + "/"), gate: false)
        #expect(withheld == CurlError(reach: .surelyNotSent, kind: .withheld))
        let tls = await failure(client, post("https://127.0.0.1:\(server.port)/"))
        #expect(tls == CurlError(reach: .surelyNotSent, kind: .tls))
        #expect(server.all.isEmpty)
        let plain = await failure(client, post("http://example.invalid/"))
        #expect(plain == CurlError(reach: .surelyNotSent, kind: .other))
        let refused = await failure(client, post("http://127.0.0.1:1/"))
        #expect(refused == CurlError(reach: .surelyNotSent, kind: .connect))
        server.stop()
    }

    @Test func limits() async throws {
        let server = try ScriptedServer {
            $0.path == "/big" ? .bytes(ScriptedServer.ok(String(repeating: "x", count: 300_000))) : .hang
        }
        defer { server.stop() }
        let client = client()
        let big = await failure(client, post(server.url + "/big"))
        #expect(big == CurlError(reach: .maybeSent, kind: .tooLarge))
        let late = await failure(client, post(server.url + "/hang", limit: .milliseconds(300)))
        #expect(late == CurlError(reach: .maybeSent, kind: .timeout))
    }

    @Test func hundredsAtOnce() async throws {
        let server = try ScriptedServer { _ in .whenReceived(300, ScriptedServer.ok()) }
        defer { server.stop() }
        let client = client()
        let request = post(server.url + "/")
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<300 {
                group.addTask { (try? await client.perform(request, gate: { true }).status) ?? 0 }
            }
            for await status in group { #expect(status == 200) }
        }
    }

    @Test func cancellationSaysHowFarItGot() async throws {
        let server = try ScriptedServer { _ in .hang }
        defer { server.stop() }
        let client = client()
        let request = post(server.url + "/")
        let (passed, pass) = AsyncStream<Void>.makeStream()
        let task = Task {
            try await client.perform(request) {
                pass.yield()
                return true
            }
        }
        try await Wait.bounded("the request to leave") { for await _ in passed { break } }
        task.cancel()
        await #expect(throws: CurlError(reach: .maybeSent, kind: .cancelled)) { try await task.value }
    }

    /// Handles are used again: what one request had set must not show in the next.
    @Test func nothingOfARequestIsLeftForTheNext() async throws {
        let server = try ScriptedServer { _ in .bytes(ScriptedServer.ok()) }
        defer { server.stop() }
        let client = client()
        func request(_ method: HTTPRequest.Method, _ user: String = "u", type: String? = nil) -> HTTPRequest {
            HTTPRequest(
                method: method, url: server.url + "/", user: user, password: Redacted("p"),
                body: method == .post ? Array("a=b".utf8) : nil, contentType: type, timeLimit: .seconds(20))
        }
        let requests = [
            request(.post, type: "text/plain"), request(.delete), request(.get), request(.post), request(.get, "v"),
            request(.post, "v", type: "text/html"),
        ]
        for request in requests {
            let response = try await client.perform(request, gate: { true })
            #expect(response.status == 200 && response.headers.contentType == "application/json")
        }
        let seen = server.all
        #expect(seen.map(\.method) == ["POST", "DELETE", "GET", "POST", "GET", "POST"])
        func field(_ name: String) -> [String?] {
            seen.map { request in
                request.head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name + ":") }
                    .map { $0.dropFirst(name.count + 2).description }
            }
        }
        #expect(field("content-length") == ["3", nil, nil, "3", nil, "3"])
        // libcurl's own word where a body has none.
        let form = "application/x-www-form-urlencoded"
        #expect(field("content-type") == ["text/plain", nil, nil, form, nil, "text/html"])
        #expect(Set(field("authorization").prefix(4)).count == 1 && Set(field("authorization")).count == 2)
        #expect(field("accept") == Array(repeating: "application/json", count: 6))
    }

    @Test func anOriginThatIsAllowedAllowsNoOther() async throws {
        let server = try ScriptedServer { _ in .bytes(ScriptedServer.ok()) }
        defer { server.stop() }
        let client = client()
        _ = try await client.perform(post(server.url + "/"), gate: { true })
        for url in [
            "http://127.0.0.1:\(server.port).example.invalid/", "http://127.0.0.1@example.invalid/",
            "http://example.invalid/",
            server.url + "@example.invalid/",
        ] {
            let error = await failure(client, post(url))
            #expect(
                error?.reach == .surelyNotSent && error?.kind == .other, "\(url): \(error?.description ?? "answered")")
        }
        #expect(server.all.count == 1)
    }
}
