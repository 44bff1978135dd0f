import AMQP
import Basics
import Foundation
import Logging
import TestKit
import Testing
import TwilioSimulator

@testable import App

@Suite("Doctor", .timeLimit(.minutes(10)))
struct DoctorTests {
    /// A machine of the test's own: a virtual host, a simulator of Twilio, a home folder.
    private struct Machine: Sendable {
        let folder: Folder
        var environment: [String: String]

        init(_ port: Int) async throws {
            folder = try Folder()
            let token = try folder.write("token", "secret")
            environment = [
                "HOME": folder.path, "VERIFY_COURIER_BROKER_URL": try await PrivateBroker.shared().makeVirtualHost(),
                "VERIFY_COURIER_TWILIO_BASE_URL": "http://127.0.0.1:\(port)",
                "VERIFY_COURIER_SITE_2FA_VERIFY_ACCOUNTSID": "AC00000000000000000000000000000001",
                "VERIFY_COURIER_SITE_2FA_VERIFY_SERVICESID": "VA00000000000000000000000000000001",
                "VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN_FILE": token,
            ]
        }

        func app() throws -> App {
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            return App(settings: try Configured.settings(environment), logger: logger)
        }

        /// What doctor finds, by check; `hidden` must be in none of it.
        func findings() async throws -> [String: Finding] {
            let settings = Settings(unchecked: try Configured.loader(environment))
            var found: [String: Finding] = [:]
            _ = await Doctor(settings).run { found[$0.check] = $0 }
            return found
        }
    }

    /// Runs `body` with the port of a simulator.
    private func withSimulator(_ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        var configuration = SimulatorConfiguration()
        configuration.port = 0
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let simulator = TwilioSimulator(configuration: configuration, logger: logger)
        let (ports, ready) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { ready.finish() }
                try await simulator.run { ready.yield($0) }
            }
            let port = try await Wait.bounded("the simulator's port") { await ports.first { _ in true } }
            try await body(try #require(port))
            group.cancelAll()
        }
    }

    @Test("finds what a new machine lacks, makes none of it, and is content when it is there")
    func fromNothing() async throws {
        try await withSimulator { port in
            let machine = try await Machine(port)
            let before = try await machine.findings()
            #expect(Set(before.filter { $0.value.level == .fail }.keys) == ["state folder", "store", "topology"])
            #expect(before["topology"]?.message.contains("queue verify.send") == true)
            #expect(!FileManager.default.fileExists(atPath: machine.folder.path + "/.local"))
            let again = try await machine.findings()
            #expect(again["topology"] == before["topology"])

            try await machine.app().applyTopology()
            try await machine.app().createStore()
            let after = try await machine.findings()
            #expect(after.filter { $0.value.level == .fail }.isEmpty)
            #expect(after["broker"]?.message.contains("RabbitMQ ") == true)
            #expect(after["twilio"]?.message == "twilio.base_url is not Twilio's: a simulator sends no messages")
            #expect(after["clock"]?.level == .ok)
            #expect(after["secrets"]?.level == .ok)
            let files = try FileManager.default.contentsOfDirectory(
                atPath: machine.folder.path + "/.local/state/verify-courier")
            #expect(Set(files).isSuperset(of: ["verify-courier.db", "verify-courier.db.key"]))
        }
    }

    @Test("names queue, argument and both values where one differs")
    func difference() async throws {
        let machine = try await Machine(1)
        try await machine.app().applyTopology()
        let broker = try machine.app().settings.broker(name: "test")
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await BrokerAdmin.withConnection(broker, logger: logger) { admin in
            try await admin.deleteQueue("verify.check")
            var queue = try #require(TopologyPlan.queues.first { $0.name == "verify.check" })
            queue.arguments.entries = queue.arguments.entries.map { $0.0 == "x-delivery-limit" ? ($0.0, .int(7)) : $0 }
            try await admin.declareQueue(queue)
        }
        let topology = try await machine.findings()["topology"]
        #expect(
            topology?.message
                == "queue verify.check has x-delivery-limit 7, and must have 100; empty and delete it, then run 'verify-courier topology apply'"
        )
        #expect(topology?.details == [])
    }

    @Test("does not compare arguments as a user that may declare nothing")
    func leastRights() async throws {
        var machine = try await Machine(1)
        try await machine.app().applyTopology()
        let url = try BrokerURL(machine.environment["VERIFY_COURIER_BROKER_URL"] ?? "")
        let user = "w" + RandomID.hex(bytes: 4)
        let broker = try await PrivateBroker.shared()
        _ = try await broker.ctl(["add_user", user, "hidden-password"])
        _ = try await broker.ctl(["set_permissions", "-p", url.virtualHost, user, "^$", "^verify", "^verify"])
        machine.environment["VERIFY_COURIER_BROKER_URL"] =
            "amqp://\(user):hidden-password@127.0.0.1:\(url.port)/\(url.virtualHost)"
        let findings = try await machine.findings()
        #expect(findings["topology"]?.level == .ok)
        #expect(findings["topology"]?.message.contains("may not compare") == true)
        machine.environment["VERIFY_COURIER_BROKER_URL"] =
            "amqp://\(user):hidden-wrong@127.0.0.1:\(url.port)/\(url.virtualHost)"
        let refused = try await machine.findings()
        #expect(refused["broker"]?.level == .fail)
        #expect(refused["broker"]?.message.contains("look at user and password") == true)
        for finding in findings.values.map(\.message) + refused.values.map(\.message) {
            #expect(!finding.contains("hidden"))
        }
        _ = try await broker.ctl(["delete_user", user])
    }

    @Test("tells refused credentials, and reports a wrong configuration without stopping")
    func wrong() async throws {
        try await withSimulator { port in
            var machine = try await Machine(port)
            try machine.folder.write("token", "hidden-token")
            machine.environment["VERIFY_COURIER_WORKR_SEND_SLOTS"] = "1"
            let findings = try await machine.findings()
            #expect(findings["configuration"]?.message.hasPrefix("unknown key VERIFY_COURIER_WORKR") == true)
            #expect(findings["twilio"]?.message.hasPrefix("Twilio refuses the credentials") == true)
            #expect(findings.values.allSatisfy { !$0.message.contains("hidden") })
            machine.environment["VERIFY_COURIER_BROKER_URL"] = "amqp://a:hidden@"
            let worse = try await machine.findings()
            #expect(worse["broker"]?.message.hasPrefix("not checked: ") == true)
            #expect(worse.values.allSatisfy { !$0.message.contains("hidden") })
        }
    }

    @Test("sees a store that is damaged, of another key, or no store")
    func store() async throws {
        let machine = try await Machine(1)
        try await machine.app().createStore()
        let path = machine.folder.path + "/.local/state/verify-courier/verify-courier.db"
        #expect(try await machine.findings()["store"]?.level == .ok)
        try FileManager.default.moveItem(atPath: path + ".key", toPath: path + ".aside")
        #expect(try await machine.findings()["store"]?.message.contains(".key cannot be opened") == true)
        try FileManager.default.moveItem(atPath: path + ".aside", toPath: path + ".key")
        try Data(repeating: 7, count: 8192).write(to: URL(filePath: path))
        #expect(try await machine.findings()["store"]?.message.contains("damaged or no database") == true)
    }
}
