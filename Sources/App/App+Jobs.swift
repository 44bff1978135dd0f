import AMQP
import Basics
import Logging
public import VerifyClient
import Wire

extension App {
    /// Runs `body` with a client, as a front end has one.
    ///
    /// Under a broker user that is a known front end, the reply queue is that one's; see `topology definitions`.
    public func withClient<Value: Sendable>(
        _ body: @escaping @Sendable (LoginClient) async throws -> Value
    ) async throws -> Value {
        let broker = try settings.broker(name: "verify-courier command")
        let name = broker.urls.first.map(\.user) ?? ""
        // What goes wrong is said once, by the command's own error. Whoever wants to see more sets log.level.
        var logger = self.logger
        if settings.entry("log.level")?.source == ConfigEntry.Source.none { logger.logLevel = .critical }
        let client = LoginClient(
            broker: broker, frontEnd: FrontEnd.isValid(name: name) ? name : "command",
            // One of several brokers may still take us.
            endsAtRefusal: broker.urls.count == 1, endsWhenUnreachable: true, logger: logger)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                await client.run()
                return nil
            }
            group.addTask { try await body(client) }
            defer { group.cancelAll() }
            for try await value in group {
                if let value { return value }
            }
            throw ClientError(code: .closed, message: "the client was closed")
        }
    }
}
