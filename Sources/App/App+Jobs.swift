import AMQP
import FoundationEssentials
import VerifyClient
public import Wire

extension App {
    /// Sends one job as a front end would, and awaits its reply.
    public func ask(_ kind: JobKind, _ fields: [String: String], id: String?, patience: Duration) async throws
        -> [UInt8]
    {
        let client = LoginClient(
            broker: try settings.broker(name: "verify-courier command"), frontEnd: "command", logger: logger)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = Array(try encoder.encode(fields))
        return try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            group.addTask {
                await client.run()
                return nil
            }
            group.addTask {
                guard let id else { return try await client.request(kind, body: body, patience: patience) }
                return try await client.request(kind, body: body, messageID: id, patience: patience)
            }
            defer { group.cancelAll() }
            for try await reply in group {
                if let reply { return reply }
            }
            throw ClientError(code: .closed, message: "the client was closed")
        }
    }
}
