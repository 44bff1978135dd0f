import AMQP
import Basics
import TestKit
import Testing

/// TLS, tried with certificates that are right and wrong.
extension OwnBrokerTests {
    private func tls() async throws -> PrivateBroker.TLS {
        try #require(try await PrivateBroker.withTLS().tls)
    }

    private func configuration(
        _ url: String, _ tls: PrivateBroker.TLS, _ change: (inout BrokerConfiguration) -> Void = { _ in }
    ) throws -> BrokerConfiguration {
        var configuration = BrokerConfiguration(
            urls: [try BrokerURL(url)], connectionName: "tls", caFile: tls.folder + "/ca.pem")
        change(&configuration)
        return configuration
    }

    /// Connects and declares something: proof that all of it works.
    private func connect(_ configuration: BrokerConfiguration) async throws {
        try await BrokerAdmin.withConnection(configuration, logger: Self.logger) { admin in
            try await admin.declareQueue(QueueDeclaration(name: "tls"))
        }
    }

    private func refusal(_ configuration: BrokerConfiguration) async throws -> AMQPError {
        let error = await #expect(throws: AMQPError.self) { try await connect(configuration) }
        return try #require(error)
    }

    @Test("a verified connection publishes, is confirmed, and delivers a body of many frames")
    func exchange() async throws {
        let tls = try await tls()
        let configuration = try configuration(tls.url, tls)
        let lane = Lane(queue: "tls", prefetch: 1, declare: QueueDeclaration(name: "tls"))
        let consumer = Consumer(
            configuration: configuration, lanes: [lane], maximumBodySize: 1 << 20, logger: Self.logger)
        let publisher = Publisher(configuration: configuration, logger: Self.logger)
        let running = [Task { await consumer.run() }, Task { await publisher.run() }]
        defer { for task in running { task.cancel() } }
        try await publisher.becomesUsable()
        try await consumer.becomesConsuming()
        let body = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        #expect(try await publisher.publish(Self.message(body, to: "tls")) == .confirmed)
        let delivery = try await consumer.delivery()
        #expect(delivery.body == .bytes(body))
        await consumer.acknowledge(delivery.tag)
        // What an independent reader of certificates says of the same one.
        let text = try await Tool(
            "openssl", "x509", "-in", tls.folder + "/server.pem", "-noout", "-enddate", "-dateopt", "iso_8601"
        ).run()
        let end = String(decoding: text, as: UTF8.self).dropFirst("notAfter=".count).prefix(20).replacing(
            " ", with: "T")
        for tally in [consumer.tally, publisher.tally] {
            #expect(tally.certificateExpiry == Timestamp(rfc3339: String(end)), "\(end)")
        }
    }

    @Test(
        "a certificate of an unknown authority is refused, ours or the system's authorities alike",
        arguments: [true, false])
    func unknownAuthority(isOurs: Bool) async throws {
        let tls = try await tls()
        let error = try await refusal(
            configuration(tls.url, tls) { $0.caFile = isOurs ? tls.folder + "/other-ca.pem" : nil })
        #expect(error.code == .certificate)
        #expect(error.message.contains("certificate is refused: self-signed"), "\(error)")
        #expect(error.message.contains(isOurs ? "other-ca.pem" : "/etc/ssl/certs"), "\(error)")
        #expect(!error.message.contains("guest:guest"))
    }

    @Test("a certificate for another name is refused, by the URL's host and by the name that is configured")
    func otherName() async throws {
        let tls = try await tls()
        let byAddress = tls.url.replacing("localhost", with: "127.0.0.1")
        for configuration in [
            try configuration(byAddress, tls), try configuration(tls.url, tls) { $0.serverName = "broker.example" },
        ] {
            let error = try await refusal(configuration)
            #expect(error.code == .certificate)
            #expect(error.message.contains("mismatch"), "\(error)")
            #expect(error.message.contains(configuration.serverName ?? "127.0.0.1"))
        }
    }

    @Test("the name in the certificate may be another than the host that is connected to, if it is configured")
    func serverName() async throws {
        let tls = try await tls()
        let byAddress = tls.url.replacing("localhost", with: "127.0.0.1")
        try await connect(configuration(byAddress, tls) { $0.serverName = "localhost" })
    }

    @Test("an expired certificate is refused")
    func expired() async throws {
        let tls = try await tls()
        let error = try await refusal(configuration(tls.expiredURL, tls))
        #expect(error.code == .certificate)
        #expect(error.message.contains("expired"), "\(error)")
    }

    @Test("a broker that asks for a certificate is connected to with one, and not without; the error says so")
    func clientCertificate() async throws {
        let tls = try await tls()
        try await connect(
            configuration(tls.clientURL, tls) {
                $0.certificateFile = tls.folder + "/client.pem"
                $0.keyFile = tls.folder + "/client-key.pem"
            })
        let error = try await refusal(configuration(tls.clientURL, tls))
        #expect(error.code == .unreachable)
        #expect(error.message.contains("certificate"), "\(error)")
    }

    @Test("a client certificate that cannot be used is named before anything is sent")
    func unusableCertificate() async throws {
        let tls = try await tls()
        let certificate = tls.folder + "/client.pem"
        for (certificate, key, word) in [
            (certificate, tls.folder + "/server-key.pem", "belong together"), (certificate, nil, "go together"),
            (nil, tls.folder + "/client-key.pem", "go together"), ("/nonexistent", "/nonexistent", "/nonexistent"),
        ] as [(String?, String?, String)] {
            let error = try await refusal(
                configuration(tls.url, tls) {
                    $0.certificateFile = certificate
                    $0.keyFile = key
                })
            #expect(error.code == .certificate)
            #expect(error.message.contains(word), "\(error)")
        }
    }

    @Test("authorities that cannot be read are named", arguments: ["/nonexistent/ca.pem", "/etc/hostname"])
    func unreadableAuthorities(path: String) async throws {
        let tls = try await tls()
        let error = try await refusal(configuration(tls.url, tls) { $0.caFile = path })
        #expect(error.code == .certificate)
        #expect(error.message.contains(path))
    }

    @Test("TLS to a port without it, and the other way round, ends soon with an error that names the place")
    func wrongProtocol() async throws {
        let tls = try await tls()
        let plain = try await PrivateBroker.withTLS().url
        for url in [
            plain.replacing("amqp:", with: "amqps:"),
            tls.url.replacing("amqps:", with: "amqp:").replacing("localhost", with: "127.0.0.1"),
        ] {
            let error = try await refusal(configuration(url, tls))
            #expect(error.code == .unreachable)
            let place = try BrokerURL(url)
            #expect(error.message.contains("\(place.host):\(place.port)"), "\(error)")
        }
    }

    @Test("of several URLs the first one that can be trusted is used")
    func severalURLs() async throws {
        let tls = try await tls()
        var configuration = try configuration(tls.expiredURL, tls)
        configuration.urls += [try BrokerURL("amqps://localhost:1"), try BrokerURL(tls.url)]
        try await connect(configuration)
        let publisher = Publisher(configuration: configuration, logger: Self.logger)
        let running = Task { await publisher.run() }
        defer { running.cancel() }
        try await publisher.becomesUsable()
        #expect(publisher.isUsable)
    }

    @Test("over TLS too, a wrong password and an unknown virtual host are told as such")
    func refusedLogin() async throws {
        let tls = try await tls()
        let wrong = tls.url.replacing("guest:guest", with: "guest:not-the-password")
        let password = try await refusal(configuration(wrong, tls))
        #expect(password.code == .authentication)
        #expect(password.replyCode == 403)
        #expect(!password.message.contains("not-the-password"))
        let virtualHost = try await refusal(configuration(tls.url + "/no-such-host", tls))
        #expect(virtualHost.code == .virtualHost)
        #expect(virtualHost.message.contains("no-such-host"))
    }
}
