import Basics
import CurlHTTP
import Logging
import TestKit
import Testing

/// Towards a server whose certificate, or whose TLS, is not what it should be (H27): nothing is written to it.
@Suite(.timeLimit(.minutes(10))) struct CurlTLSTests {
    private func client(
        trusting authority: String? = "ca", longestSilence: Duration = .seconds(5)
    ) async throws -> CurlClient {
        var configuration = CurlConfiguration(userAgent: "test")
        configuration.longestSilence = longestSilence
        let folder = try await Certificates.folder
        configuration.caFile = authority.map { "\(folder)/\($0).pem" }
        return CurlClient(configuration: configuration, logger: Logger(label: "test"))
    }

    private func get(
        _ port: Int, host: String = "localhost", path: String = "", by client: CurlClient,
        limit: Duration = .seconds(300)
    ) async throws(CurlError) -> HTTPResponse {
        let request = HTTPRequest(
            method: .get, url: "https://\(host):\(port)/\(path)", user: "u", password: Redacted("the-token"),
            timeLimit: limit)
        return try await client.perform(request, gate: { true })
    }

    /// It is refused for its TLS, and not a byte of the request has left.
    private func expectRefused(
        _ port: Int, host: String = "localhost", trusting authority: String? = "ca",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let client = try await client(trusting: authority)
        await #expect(throws: CurlError(reach: .surelyNotSent, kind: .tls), sourceLocation: sourceLocation) {
            try await get(port, host: host, by: client)
        }
    }

    @Test("a certificate of a trusted authority for this host is taken")
    func good() async throws {
        let server = try await TLSServer("server", "-www")
        let answer = try await get(server.port, by: client())
        #expect(answer.status == 200)
        #expect(String(decoding: answer.body, as: UTF8.self).contains("TLSv1.3"))
    }

    @Test("an unknown authority: another one than ours, or than the system's", arguments: ["other-ca", nil])
    func unknownAuthority(trusted: String?) async throws {
        let server = try await TLSServer("server", "-www")
        try await expectRefused(server.port, trusting: trusted)
    }

    @Test("a certificate for another host")
    func otherHost() async throws {
        let server = try await TLSServer("server", "-www")
        try await expectRefused(server.port, host: "127.0.0.1")
    }

    @Test("a certificate that has expired")
    func expired() async throws {
        let server = try await TLSServer("expired", "-www")
        try await expectRefused(server.port)
    }

    @Test("TLS 1.1, though whoever takes it is served")
    func old() async throws {
        let weak = ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]
        let server = try await TLSServer("server", "-www", weak[0], weak[1], weak[2])
        _ = try await Tool("openssl", "s_client", "-connect", "127.0.0.1:\(server.port)", weak[0], weak[1], weak[2])
            .run()
        try await expectRefused(server.port)
    }

    @Test("a reset amid the handshake")
    func reset() async throws {
        let server = try ResettingServer()
        try await expectRefused(server.port)
        #expect(server.count > 0)
    }

    @Test("HTTP/2 is spoken to whoever offers it")
    func http2() async throws {
        let server = try await TLSServer("server", "-alpn", "h2")
        // It understands no HTTP, so there is no answer: what it has read counts.
        let client = try await client()
        await #expect(throws: CurlError(reach: .maybeSent, kind: .timeout)) {
            try await get(server.port, by: client, limit: .seconds(2))
        }
        #expect(server.output.contains("ALPN protocols selected: h2") && server.output.contains("PRI * HTTP/2.0"))
        #expect(!server.output.contains("HTTP/1.1"))
    }

    @Test("HTTP/2: many requests at once share a connection, and so does the next")
    func shared() async throws {
        let server = try await HTTP2Server()
        let client = try await client()
        _ = try await get(server.port, path: "page", by: client)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
                group.addTask { try await get(server.port, path: "page", by: client).status }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 20))
        #expect(server.connections.count == 1)
    }

    @Test("HTTP/2: a connection that fell silent costs the calls under way, and none after them")
    func silent() async throws {
        let server = try await HTTP2Server()
        let client = try await client(longestSilence: .milliseconds(500))
        #expect(try await get(server.port, path: "page", by: client).status == 200)
        server.fallSilent()
        await #expect(throws: CurlError(reach: .maybeSent, kind: .timeout)) {
            try await get(server.port, path: "page", by: client, limit: .seconds(1))
        }
        #expect(try await get(server.port, path: "page", by: client).status == 200)
        #expect(server.connections.count == 2)
    }

    @Test("HTTP/2: a slow answer does not cost the connection that others are answered on")
    func slow() async throws {
        let server = try await HTTP2Server()
        let client = try await client(longestSilence: .seconds(3))
        #expect(try await get(server.port, path: "page", by: client).status == 200)
        server.fallSilent()
        await #expect(throws: CurlError(reach: .maybeSent, kind: .timeout)) {
            try await get(server.port, path: "page", by: client, limit: .milliseconds(200))
        }
        server.speakAgain()
        #expect(try await get(server.port, path: "page", by: client).status == 200)
        #expect(server.connections.count == 1)
    }
}
