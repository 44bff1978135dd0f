import AMQP
import App
import Basics
import Foundation
import Logging
import TestKit
import Wire

/// A virtual host with users and rights as `topology definitions` gives them, imported once for all tests.
///
/// Users belong to the whole broker, so their names are this run's own.
final class FrontEndRightsStage: Sendable {
    private static let made = Task { try await FrontEndRightsStage() }

    static var shared: FrontEndRightsStage {
        get async throws { try await made.value }
    }

    /// What the broker made of an attempt.
    enum Verdict: Equatable {
        case ok
        case returned
        /// AMQP's reply code: 403 is "you may not".
        case refused(Int)
        case failed(String)
    }

    let worker: String
    let web: String
    let windows: String
    let desk: String
    let virtualHost: String
    private let url: String
    private let passwords: [String: String]
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    var webListener: String { web + "-listen" }

    init() async throws {
        let run = RandomID.hex(bytes: 4)
        (worker, web, windows, desk) = ("worker-\(run)", "web-\(run)", "windows-\(run)", "desk-\(run)")
        virtualHost = "rights-\(run)"
        let frontEnds = [
            FrontEnd(name: web, scope: .web), FrontEnd(name: windows, scope: .windows),
            FrontEnd(name: desk, scope: .any, isAdmin: true),
        ]
        let plan = TopologyDefinitions.Plan(frontEnds: frontEnds, worker: worker, virtualHost: virtualHost)
        passwords = Dictionary(uniqueKeysWithValues: plan.users.map { ($0, RandomID.hex(bytes: 12)) })
        url = try await PrivateBroker.shared().url
        let folder = NSTemporaryDirectory() + "verify-courier-rights-\(run)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/passwords"
        let lines = passwords.map { "\($0)=\($1)" }.joined(separator: "\n")
        _ = FileManager.default.createFile(
            atPath: file, contents: Data(lines.utf8), attributes: [.posixPermissions: 0o600])
        let hashes = try TopologyDefinitions.hashes(fromFile: file, for: plan.users)
        let definitions = try TopologyDefinitions(plan, hashes: hashes).json()
        try definitions.write(toFile: folder + "/definitions.json", atomically: true, encoding: .utf8)
        // Twice: a second import must do no harm.
        for _ in 0..<2 {
            _ = try await PrivateBroker.shared().ctl(["import_definitions", folder + "/definitions.json"])
        }
    }

    /// The broker's URL for one of the users.
    func url(of user: String) -> String {
        url.replacing("guest:guest", with: "\(user):\(passwords[user] ?? "")") + "/" + virtualHost
    }

    func configuration(_ user: String) throws -> BrokerConfiguration {
        BrokerConfiguration(urls: [try BrokerURL(url(of: user))], connectionName: "rights")
    }

    /// What happens when a user tries something on a connection of its own.
    func attempt<Value: Sendable>(
        as user: String, _ body: (AdminConnection) async throws -> Value
    ) async throws -> Verdict {
        do {
            _ = try await BrokerAdmin.withConnection(try configuration(user), logger: logger, body: body)
            return .ok
        } catch let error as AMQPError {
            return Self.verdict(error)
        }
    }

    func publish(
        as user: String, to exchange: String, key: String, userID: String? = nil
    ) async throws -> Verdict {
        let publisher = Publisher(configuration: try configuration(user), logger: logger)
        let running = Task { await publisher.run() }
        defer { running.cancel() }
        try await publisher.becomesUsable()
        var properties = MessageProperties()
        properties.userID = userID
        properties.messageID = "rights"
        let message = Message(exchange: exchange, routingKey: key, mandatory: true, properties: properties, body: [1])
        do throws(AMQPError) {
            switch try await publisher.publish(message) {
            case .confirmed: return .ok
            case .returned: return .returned
            case .refused: return .failed("the broker did not take it")
            }
        } catch {
            return Self.verdict(error)
        }
    }

    func consume(as user: String, from queue: String) async throws -> Verdict {
        let consumer = Consumer(
            configuration: try configuration(user), lanes: [Lane(queue: queue, prefetch: 1)], logger: logger)
        let running = Task { await consumer.run() }
        defer { running.cancel() }
        try await consumer.becomes("consuming, or refused") {
            $0.isConsuming || $0.lastError != nil || $0.lanes.first?.lastError != nil
        }
        return consumer.lastError.map(Self.verdict) ?? .ok
    }

    private static func verdict(_ error: AMQPError) -> Verdict {
        error.replyCode.map(Verdict.refused) ?? .failed(error.message)
    }

    /// A name that nobody else uses, under a user's prefix.
    static func replyQueue(_ user: String) -> String { "verify.reply.\(user).\(RandomID.hex(bytes: 8))" }
    static func listenQueue(_ user: String) -> String { "verify.listen.\(user).\(RandomID.hex(bytes: 8))" }

    /// A reply queue with the contract's arguments.
    static func replyDeclaration(_ name: String, _ more: [(String, FieldValue)] = []) -> QueueDeclaration {
        let arguments: [(String, FieldValue)] = [
            ("x-queue-type", .string(Array("classic".utf8))), ("x-expires", .int(600_000)),
            ("x-message-ttl", .int(300_000)), ("x-max-length", .int(10_000)),
            ("x-overflow", .string(Array("reject-publish".utf8))),
        ]
        return QueueDeclaration(name: name, arguments: FieldTable(arguments + more))
    }
}
