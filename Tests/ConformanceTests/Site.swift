import AMQP
import Basics
import Logging
import TestKit
import Wire

/// A virtual host with the lanes, and no worker.
enum Site {
    static let noLog = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Its URL.
    static func make() async throws -> String {
        let url = try await PrivateBroker.shared().makeVirtualHost()
        let broker = BrokerConfiguration(urls: [try BrokerURL(url)], connectionName: "test")
        try await BrokerAdmin.withConnection(broker, logger: noLog) { admin in
            try await admin.declareExchange(ExchangeDeclaration(name: WireName.jobs, kind: "topic", durable: true))
            for lane in [LaneName.send, .check, .account] {
                try await admin.declareQueue(
                    QueueDeclaration(
                        name: lane.queue, durable: true, exclusive: false, autoDelete: false, arguments: FieldTable()))
                for kind in JobKind.allCases where kind.lane == lane {
                    try await admin.bind(Binding(exchange: WireName.jobs, queue: lane.queue, routingKey: kind.rawValue))
                }
            }
        }
        return url
    }
}
