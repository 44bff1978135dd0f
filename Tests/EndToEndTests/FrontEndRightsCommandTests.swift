import AMQP
import Basics
import Foundation
import Logging
import TestKit
import Testing

@Suite("topology definitions", .timeLimit(.minutes(10))) final class FrontEndRightsCommandTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let folder = NSTemporaryDirectory() + "verify-courier-definitions-" + RandomID.hex(bytes: 6)

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func run(_ arguments: [String]) async throws -> Program {
        try await Program.run(["topology", "definitions"] + arguments, ["HOME": folder])
    }

    private func write(_ text: String) throws -> String {
        let path = "\(folder)/definitions.json"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func configuration(_ user: String, _ password: String, _ virtualHost: String) async throws
        -> BrokerConfiguration
    {
        let url = try await PrivateBroker.shared().url.replacing("guest:guest", with: "\(user):\(password)")
        return BrokerConfiguration(urls: [try BrokerURL("\(url)/\(virtualHost)")], connectionName: "definitions")
    }

    private func count(
        _ queue: String, as user: String, _ password: String, _ virtualHost: String
    ) async throws -> Int {
        try await BrokerAdmin.withConnection(configuration(user, password, virtualHost), logger: logger) { admin in
            try await admin.messageCount(of: queue)
        }
    }

    private func canLogIn(_ user: String, _ password: String, _ virtualHost: String) async throws -> Bool {
        do {
            _ = try await count("verify.send", as: user, password, virtualHost)
            return true
        } catch let error as AMQPError where error.code == .authentication {
            return false
        }
    }

    @Test("without passwords nobody can log in, and it says what to do; another import leaves passwords alone")
    func withoutPasswords() async throws {
        let id = RandomID.hex(bytes: 4)
        let arguments = ["--front-end", "web-\(id)=web", "--worker", "worker-\(id)", "--vhost", "definitions-\(id)"]
        let first = try await run(arguments)
        #expect(first.status == 0)
        for user in ["worker-\(id)", "web-\(id)", "web-\(id)-listen"] {
            #expect(first.errors.contains("rabbitmqctl change_password \(user)\n"))
        }
        let broker = try await PrivateBroker.shared()
        _ = try await broker.ctl(["import_definitions", try write(first.output)])
        #expect(try await !canLogIn("worker-\(id)", "", "definitions-\(id)"))
        _ = try await broker.ctl(["change_password", "worker-\(id)", "of-the-test"])
        #expect(try await canLogIn("worker-\(id)", "of-the-test", "definitions-\(id)"))
        let second = try await run(arguments + ["--omit-users"])
        #expect(second.status == 0)
        #expect(second.errors.isEmpty)
        _ = try await broker.ctl(["import_definitions", try write(second.output)])
        #expect(try await canLogIn("worker-\(id)", "of-the-test", "definitions-\(id)"))
    }

    @Test(
        "--command-line makes a user with an administrator's rights and without a listener, and says what to configure")
    func commandLine() async throws {
        let id = RandomID.hex(bytes: 4)
        let arguments = [
            "--front-end", "web-\(id)=web", "--worker", "worker-\(id)", "--vhost", "definitions-\(id)",
            "--command-line", "shell-\(id)",
        ]
        let made = try await run(arguments)
        #expect(made.status == 0 && made.errors.contains("shell-\(id): {application: any, admin: true}"))
        #expect(!made.output.contains("shell-\(id)-listen"))
        let broker = try await PrivateBroker.shared()
        _ = try await broker.ctl(["import_definitions", try write(made.output)])
        _ = try await broker.ctl(["change_password", "shell-\(id)", "of-the-test"])
        let url = broker.url.replacing("guest:guest", with: "shell-\(id):of-the-test") + "/definitions-\(id)"
        // It has its reply queue and may publish; nobody works here.
        let asked = try await Program.run(
            ["admin", "user", "get", "anna", "--timeout", "3"], ["HOME": folder, "VERIFY_COURIER_BROKER_URL": url])
        #expect(asked.status == 69 && asked.errors.contains("the broker has taken the job"))
        // It signs nobody in.
        let send = try await Program.run(
            ["send", "--user", "anna", "--timeout", "30"], ["HOME": folder, "VERIFY_COURIER_BROKER_URL": url])
        #expect(send.status == 77 && send.errors.contains("may not publish 'send'"))
        #expect(try await run(arguments + ["--front-end", "shell-\(id)=web"]).status == 78)
    }

    @Test("403 names the right that is missing and who has it, at once, and is exit code 77")
    func missingRight() async throws {
        let id = RandomID.hex(bytes: 4)
        let made = try await run(
            ["--front-end", "web-\(id)=web", "--worker", "worker-\(id)", "--vhost", "definitions-\(id)"])
        let broker = try await PrivateBroker.shared()
        _ = try await broker.ctl(["import_definitions", try write(made.output)])
        for (user, words) in [
            ("worker-\(id)", "may not have the reply queue verify.reply.worker-\(id)."),
            ("web-\(id)", "may not publish 'admin.user.get'"),
        ] {
            _ = try await broker.ctl(["change_password", user, "of-the-test"])
            let url = broker.url.replacing("guest:guest", with: "\(user):of-the-test") + "/definitions-\(id)"
            let run = try await Program.run(
                ["admin", "user", "get", "anna", "--timeout", "120"],
                ["HOME": folder, "VERIFY_COURIER_BROKER_URL": url])
            #expect(run.status == 77 && run.errors.contains(words), "\(run.errors)")
            // One line, and none of the log.
            #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        }
    }

    @Test("with a passwords file hashes are in, no password is, and another import keeps messages and passwords")
    func withPasswords() async throws {
        let id = RandomID.hex(bytes: 4)
        let file = "\(folder)/passwords.yaml"
        let passwords = ["worker": "for-workers", "web-\(id)": "for-web"]
        let text = passwords.map { "\($0 == "worker" ? "worker-\(id)" : $0): \($1)\n" }.joined()
        _ = FileManager.default.createFile(
            atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        let arguments = [
            "--front-end", "web-\(id)=web", "--worker", "worker-\(id)", "--vhost", "definitions-\(id)",
            "--passwords-file", file,
        ]
        let broker = try await PrivateBroker.shared()
        for round in 1...2 {
            let made = try await run(arguments)
            #expect(made.status == 0)
            #expect(!made.output.contains("for-w") && !made.errors.contains("for-w"))
            #expect(made.errors.contains("change_password web-\(id)-listen") && !made.errors.contains("web-\(id)\n"))
            _ = try await broker.ctl(["import_definitions", try write(made.output)])
            #expect(try await canLogIn("worker-\(id)", "for-workers", "definitions-\(id)"))
            #expect(try await canLogIn("web-\(id)", "for-web", "definitions-\(id)"))
            if round == 1 { try await publishOption(as: "web-\(id)", "for-web", "definitions-\(id)") }
        }
        let left = try await count("verify.account", as: "worker-\(id)", "for-workers", "definitions-\(id)")
        #expect(left == 1)
    }

    private func publishOption(as user: String, _ password: String, _ virtualHost: String) async throws {
        let publisher = Publisher(
            configuration: try await configuration(user, password, virtualHost), logger: logger)
        let running = Task { await publisher.run() }
        defer { running.cancel() }
        try await publisher.becomesUsable()
        let message = Message(
            exchange: "verify", routingKey: "options", mandatory: true, properties: MessageProperties(), body: [])
        #expect(try await publisher.publish(message) == .confirmed)
    }

    @Test(
        "what cannot be meant is refused with what to do",
        arguments: [
            (["--front-end", "web"], 64, "NAME=web"), (["--front-end", "a.b=web"], 64, "NAME=web"),
            (["--front-end", "web=admin"], 64, "NAME=web"), (["--front-end", "web=any,root"], 64, "NAME=web"),
            ([], 78, "--front-end NAME=web"), (["--front-end", "guest=web"], 78, "administrator"),
            (["--front-end", "web=web", "--passwords-file", "/nonexistent"], 78, "cannot read /nonexistent"),
        ] as [([String], Int32, String)])
    func refused(arguments: [String], status: Int32, word: String) async throws {
        let run = try await run(arguments)
        #expect(run.status == status)
        #expect(run.errors.contains(word), "\(run.errors)")
        #expect(run.output.isEmpty)
    }
}
