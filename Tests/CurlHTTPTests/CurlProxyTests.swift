import Basics
import CurlHTTP
import Logging
import TestKit
import Testing

/// Through an HTTP proxy: TLS goes end to end, and what the proxy refuses has surely not been sent.
@Suite("Contract 7: twilio.proxy", .timeLimit(.minutes(10))) struct CurlProxyTests {
    private func client(
        by proxy: ConnectProxy, trusting authority: String = "ca", connectTimeout: Duration = .seconds(20)
    ) async throws -> CurlClient {
        var configuration = CurlConfiguration(userAgent: "test")
        configuration.proxy = proxy.url
        configuration.connectTimeout = connectTimeout
        configuration.caFile = "\(try await Certificates.folder)/\(authority).pem"
        return CurlClient(configuration: configuration, logger: Logger(label: "test"))
    }

    private func get(
        _ url: String, by client: CurlClient, gate: @escaping @Sendable () -> Bool = { true }
    ) async throws(CurlError) -> HTTPResponse {
        try await client.perform(
            HTTPRequest(method: .get, url: url, user: "u", password: Redacted("the-token"), timeLimit: .seconds(30)),
            gate: gate)
    }

    @Test("7 twilio.proxy: CONNECT, TLS end to end, and no credentials for the proxy")
    func tunnel() async throws {
        let server = try await TLSServer("server", "-www")
        let proxy = try ConnectProxy(.tunnel)
        defer { proxy.stop() }
        let answer = try await get("https://localhost:\(server.port)/", by: client(by: proxy))
        #expect(answer.status == 200)
        #expect(String(decoding: answer.body, as: UTF8.self).contains("TLSv1.3"))
        let head = try #require(proxy.heads.first)
        #expect(proxy.heads.count == 1)
        #expect(head.hasPrefix("CONNECT localhost:\(server.port) HTTP/1.1\r\n"))
        #expect(!head.lowercased().contains("authorization"))
        // The name and the password of the Basic header, in the clear or as they are encoded.
        let sent = String(decoding: proxy.bytesFromClients, as: UTF8.self)
        #expect(
            !sent.isEmpty && !sent.contains("the-token") && !sent.contains("dTp0aGUtdG9rZW4") && !sent.contains("GET "))
    }

    @Test("7 twilio.proxy: the server's certificate is verified through it, by name too", arguments: [true, false])
    func certificate(isOfOtherAuthority: Bool) async throws {
        let server = try await TLSServer("server", "-www")
        let proxy = try ConnectProxy(.tunnel)
        defer { proxy.stop() }
        let client = try await client(by: proxy, trusting: isOfOtherAuthority ? "other-ca" : "ca")
        let host = isOfOtherAuthority ? "localhost" : "127.0.0.1"
        await #expect(throws: CurlError(reach: .surelyNotSent, kind: .tls)) {
            try await get("https://\(host):\(server.port)/", by: client)
        }
        #expect(proxy.heads.count == 1)
    }

    @Test("7 twilio.proxy: what it refuses has surely not been sent", arguments: [407, 403, 502, 302])
    func refused(status: Int) async throws {
        let proxy = try ConnectProxy(.refuse(status))
        defer { proxy.stop() }
        let asked = Locked(0)
        let client = try await client(by: proxy)
        await #expect(throws: CurlError(reach: .surelyNotSent, kind: .proxy, proxyStatus: status)) {
            try await get("https://localhost:1/", by: client) {
                asked.withLock { $0 += 1 }
                return true
            }
        }
        #expect(asked.withLock { $0 } == 0)
        #expect(proxy.heads.count == 1)
    }

    @Test("7 twilio.proxy: one that hangs, or hangs up, ends the call; surely nothing was sent")
    func silent() async throws {
        let hanging = try ConnectProxy(.hang)
        let closing = try ConnectProxy(.hangUp)
        defer {
            hanging.stop()
            closing.stop()
        }
        let patient = try await client(by: hanging, connectTimeout: .milliseconds(300))
        await #expect(throws: CurlError(reach: .surelyNotSent, kind: .timeout)) {
            try await get("https://localhost:1/", by: patient)
        }
        let other = try await client(by: closing)
        let error = await #expect(throws: CurlError.self) { try await get("https://localhost:1/", by: other) }
        #expect(error?.reach == .surelyNotSent)
        #expect(closing.heads.count == 1)
    }

    @Test("7 twilio.proxy: plain HTTP to this machine goes by no proxy")
    func plain() async throws {
        let proxy = try ConnectProxy(.tunnel)
        let server = try ScriptedServer { _ in .bytes(ScriptedServer.ok()) }
        defer {
            proxy.stop()
            server.stop()
        }
        #expect(try await get("\(server.url)/a", by: client(by: proxy)).status == 200)
        #expect(proxy.heads.isEmpty)
    }
}
