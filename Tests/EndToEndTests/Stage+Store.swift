import AMQP
import App
import GRDB
import Logging
import Wire

/// What is left of a message that nobody can be answered for, or that was malformed.
struct DeadRow: Equatable {
    var reason: String
    var key: String
    var frontEnd: String
    var messageID: String?
}

extension Stage {
    private func rows<Value: Sendable>(_ sql: String, _ make: @Sendable @escaping (Row) -> Value) async throws
        -> [Value]
    {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: "\(folder)/store.db", configuration: configuration)
        return try await queue.read { try Row.fetchAll($0, sql: sql).map(make) }
    }

    /// The dead letters, oldest first.
    func deadLetters() async throws -> [DeadRow] {
        try await rows("SELECT reason, routing_key, front_end, message_id FROM dead_letter ORDER BY id") {
            DeadRow(reason: $0[0], key: $0[1], frontEnd: $0[2], messageID: $0[3])
        }
    }

    /// Message ids of recorded outcomes, with the outcome and how far the reply has come.
    func recorded() async throws -> [String: (outcome: String?, replyState: Int)] {
        let all = try await rows("SELECT message_id, outcome, reply_state FROM job") { row in
            (row[0] as String, (outcome: row[1] as String?, replyState: row[2] as Int))
        }
        return Dictionary(all) { first, _ in first }
    }

    /// How far the replies of a front end's jobs have come.
    func replyStates(ofFrontEnd name: String) async throws -> [Int] {
        try await rows("SELECT front_end, reply_state FROM job") { ($0[0] as String, $0[1] as Int) }
            .filter { $0.0 == name }.map(\.1)
    }

    /// The workers that had a call to make.
    func callingWorkers() async throws -> Set<Int64> {
        Set(try await rows("SELECT DISTINCT worker FROM job WHERE worker > 0") { $0[0] })
    }

    /// How many messages wait in a queue.
    func waiting(in queue: String) async throws -> Int {
        let settings = try Settings(ConfigLoader(flags: [:], file: nil, environment: environment))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return try await BrokerAdmin.withConnection(settings.broker(name: "test"), logger: logger) {
            try await $0.messageCount(of: queue)
        }
    }
}
