import AMQP
import Basics
import Logging
import VerifyClient
import Wire

/// What a portal keeps running: one client for all sign-ins, and a listener that knows what works just now.
struct Portal: Sendable {
    let client: LoginClient
    let listener: StatusListener

    init(_ url: String, logger: Logger) throws {
        let broker = BrokerConfiguration(urls: [try BrokerURL(url)], connectionName: "portal")
        let frontEnd = broker.urls[0].user
        client = LoginClient(broker: broker, frontEnd: frontEnd, logger: logger)
        listener = StatusListener(broker: broker, frontEnd: frontEnd, logger: logger)
    }

    /// Keeps both connected until the task is cancelled.
    func run() async {
        await withTaskGroup { group in
            group.addTask { await client.run() }
            group.addTask { await listener.run() }
        }
    }
}
