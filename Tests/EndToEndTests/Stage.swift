import AMQP
import App
import Basics
import Foundation
import Logging
import TestKit
import Testing
import TwilioSimulator
import VerifyClient
import Wire

/// A broker's virtual host, a simulator of Twilio, a store and a front end of one test's own.
final class Stage: Sendable {
    let client: LoginClient
    let simulator: TwilioSimulator
    /// `amqp://…` of the virtual host.
    let brokerURL: String
    let folder: String
    let environment: [String: String]
    private let running: [Task<Void, Never>]
    private let database: Database?

    /// A schema at a database server.
    private struct Database {
        var server: PrivatePostgres
        var location: String
        var isShared: Bool
    }

    /// - Parameter users: the broker's URLs of a worker and of a front end, with its name, where the topology and rights
    ///   are there already. Without them everybody is `guest` in a virtual host of the test's own.
    /// - Parameters:
    ///   - kind: of the store.
    ///   - server: the test's own for a store of that kind; the common one without.
    init(
        _ more: [String: String] = [:], users: (worker: String, frontEnd: String, name: String)? = nil,
        on kind: StoreKind = .sqlite, at server: PrivatePostgres? = nil
    ) async throws {
        folder = NSTemporaryDirectory() + "verify-courier-e2e-" + RandomID.hex(bytes: 6)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let own = users == nil ? try await PrivateBroker.shared().makeVirtualHost() : ""
        brokerURL = users?.worker ?? own
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var configuration = SimulatorConfiguration()
        configuration.port = 0
        let simulator = TwilioSimulator(configuration: configuration, logger: logger)
        let (ports, port) = AsyncStream<Int>.makeStream()
        let serving = Task {
            try? await simulator.run { port.yield($0) }
            return
        }
        let listening = try await Wait.bounded("the simulator's port") { await ports.first { _ in true } } ?? 0
        database = try await Self.database(kind, server)
        environment = [
            "HOME": folder, "VERIFY_COURIER_BROKER_URL": users?.worker ?? own,
            "VERIFY_COURIER_STORE_URL": database.map { "postgresql:\($0.location)" } ?? "sqlite:\(folder)/store.db",
            "VERIFY_COURIER_TWILIO_BASE_URL": "http://127.0.0.1:\(listening)",
            "VERIFY_COURIER_SITE_2FA_VERIFY_ACCOUNTSID": configuration.accountSID,
            "VERIFY_COURIER_SITE_2FA_VERIFY_SERVICESID": configuration.serviceSID,
            "VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN": configuration.authToken.revealed,
            "VERIFY_COURIER_LIMITS_COOLDOWN_SECONDS": "0", "VERIFY_COURIER_OPS_LISTEN": "off",
        ].merging(database == nil ? [:] : ["VERIFY_COURIER_STORE_KEY_FILE": "\(folder)/store.key"]) { $1 }
            .merging(more) { $1 }
        let settings = try Settings(ConfigLoader(flags: [:], file: nil, environment: environment))
        let app = App(settings: settings, logger: logger)
        if users == nil { try await app.applyTopology() }
        try await app.createStore()
        var broker = try settings.broker(name: "test")
        if let users { broker.urls = [try BrokerURL(users.frontEnd)] }
        let client = LoginClient(broker: broker, frontEnd: users?.name ?? "test", logger: logger)
        self.simulator = simulator
        self.client = client
        running = [serving, Task { await client.run() }]
    }

    deinit {
        for task in running { task.cancel() }
        try? FileManager.default.removeItem(atPath: folder)
        guard let database, database.isShared else { return }
        database.server.drop(shared: database.location)
    }

    private static func database(_ kind: StoreKind, _ own: PrivatePostgres?) async throws -> Database? {
        switch kind {
        case .sqlite: return nil
        case .postgres:
            if let own { return Database(server: own, location: try await own.makeSchema(), isShared: false) }
            let shared = try await PrivatePostgres.sharedSchema()
            return Database(server: shared.server, location: shared.location, isShared: true)
        }
    }

    /// Runs a statement in its schema, as another program would.
    ///
    /// - Returns: what it gives, columns separated by `|`, without line breaks at its ends.
    func query(_ sql: String) async throws -> String {
        let database = try #require(database, "the stage's store is in no database")
        let text = try await database.server.run(sql, at: database.location)
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A worker process; with a failpoint it dies by SIGKILL there, the first time it comes by.
    /// - Parameters:
    ///   - launcher: see ``WorkerProcess``.
    ///   - more: environment of this worker only.
    func worker(
        by launcher: [String] = [], dyingAt failpoint: Failpoint? = nil, more: [String: String] = [:],
        arguments: [String] = []
    ) throws -> WorkerProcess {
        var environment = environment.merging(more) { $1 }
        if let failpoint { environment["VERIFY_COURIER_FAILPOINT"] = failpoint.rawValue }
        return try WorkerProcess(
            by: launcher, ["work"] + arguments, environment: environment,
            log: "\(folder)/worker-\(RandomID.hex(bytes: 4)).log")
    }

    /// People are patient: the machine may be busy.
    func ask(_ kind: JobKind, _ fields: [String: String], id: String = RandomID.uuid()) async throws -> Reply {
        let encoder = JSONEncoder()
        // A repeat under the same id must have the same bytes.
        encoder.outputFormatting = .sortedKeys
        let body = Array(try encoder.encode(fields))
        let reply = try await client.request(kind, body: body, messageID: id, patience: .seconds(110))
        WireCapture.note(kind.rawValue, job: body, reply: reply)
        return try Reply.decode(reply)
    }
}
