import Basics
import CurlHTTP
import Logging
import TestKit
import Testing

@Suite(.timeLimit(.minutes(10))) struct CurlClientTests {
    private func client() -> CurlClient {
        var configuration = CurlConfiguration(userAgent: "test")
        configuration.maxConnectionsPerHost = 400
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
}
