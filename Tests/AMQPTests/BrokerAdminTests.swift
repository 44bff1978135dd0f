import AMQP
import Logging
import TestKit
import Testing

@Suite("A connection for administration", .timeLimit(.minutes(10)))
struct BrokerAdminTests {
    private func withConnection<Value: Sendable>(_ body: (AdminConnection) async throws -> Value) async throws -> Value
    {
        let url = try await PrivateBroker.shared().makeVirtualHost()
        let configuration = BrokerConfiguration(urls: [try BrokerURL(url)], connectionName: "test")
        return try await BrokerAdmin.withConnection(configuration, logger: Logger(label: "test"), body: body)
    }

    @Test("tells what the broker says of itself")
    func server() async throws {
        let properties = try await withConnection { try await $0.serverProperties() }
        #expect(properties["product"]?.text == "RabbitMQ")
        #expect(properties["version"]?.text?.isEmpty == false)
    }

    @Test("finds an exchange that is there, and makes none that is not")
    func exchange() async throws {
        try await withConnection { admin in
            try await admin.declareExchange(ExchangeDeclaration(name: "there", kind: "fanout", durable: true))
            try await admin.requireExchange("there")
        }
        for _ in 1...2 {
            let error = await #expect(throws: AMQPError.self) {
                try await withConnection { try await $0.requireExchange("nowhere") }
            }
            #expect(error?.code == .notFound)
        }
    }
}
