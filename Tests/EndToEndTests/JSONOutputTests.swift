import Foundation
import TestKit
import Testing
import Wire

/// What commands print for programs, against the schemas of docs/operators/json.
@Suite("Contract 7: --json", .timeLimit(.minutes(10))) struct JSONOutputTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/operators/json").path
    private static let blockedID = "m-blocked"
    private let stage: Stage

    init() async throws { stage = try await Stage(["VERIFY_COURIER_WORKER_DRAIN_SECONDS": "19"]) }

    @Test("7 --json: every schema fits what the command prints; numbers and flags are such")
    func outputs() async throws {
        let worker = try stage.worker()
        try await makeRecords()
        for counted in ["queues", "traffic", "conversion", "twilio calls"] {
            try await Wait.until("something to tell by \(counted)") { try await stage.run(counted).status == 0 }
        }
        var seen: Set<String> = []
        for (schema, command, status) in atWork {
            try await expect(schema, try await stage.run(command), status)
            seen.insert(schema)
        }
        let shown = try await stage.run("config show --json")
        #expect(shown.output.contains(#""key":"worker.drain_seconds","place":"VERIFY_COURIER_WORKER_DRAIN_SECONDS""#))
        #expect(shown.output.contains(#""value":19"#) && shown.output.contains(#""value":true"#))
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
        for (schema, command, status) in atRest {
            try await expect(schema, try await stage.run(command), status)
            seen.insert(schema)
        }
        let new = try await Program.run(
            ["store", "init", "--json"],
            stage.environment.merging(["VERIFY_COURIER_STORE_URL": "sqlite:\(stage.folder)/other.db"]) { $1 })
        try await expect("store-init", new, 0)
        seen.insert("store-init")
        let wrong = try await stage.run("config check --json --set front_ends_open=false --set ops.listen=nowhere")
        try await expect("config-check", wrong, 78)
        seen.insert("config-check")
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
        let schemas = files.filter { $0.hasSuffix(".schema.json") }.map { $0.replacing(".schema.json", with: "") }
        #expect(seen == Set(schemas), "a schema that no command is held against, or none for one")
        let page = try String(contentsOfFile: "\(Self.folder)/README.md", encoding: .utf8)
        for schema in schemas { #expect(page.contains("(\(schema).schema.json)"), "\(schema) is not on the page") }
    }

    /// Schema, command, exit code; while a worker works.
    private var atWork: [(String, String, Int32)] {
        [
            ("admin-audit", "admin audit --json", 0), ("admin-audit", "admin audit --json --remote", 0),
            ("outcomes-find", "outcomes find --json", 0), ("outcomes-find", "outcomes find --user bob --json", 0),
            ("outcomes-show", "outcomes show \(Self.blockedID) --json", 0),
            ("traffic", "traffic --json --by front_end,application,job,channel,country,outcome,reason", 0),
            ("conversion", "conversion --json --per hour --by purpose,application,channel,country", 0),
            ("twilio-calls", "twilio calls --json --per day --by operation,result,code", 0),
            ("dead-groups", "dead groups --json", 0), ("queues", "queues --json", 0), ("doctor", "doctor --json", 0),
            ("store-check", "store check --json", 0), ("store-backup", "store backup \(stage.folder)/b.db --json", 0),
            ("config-show", "config show --json", 0), ("topology-apply", "topology apply --json", 0),
            ("twilio-check", "twilio check --json", 0),
            ("admin-user-import", "admin user import \(stage.folder)/people.csv --json --yes", 65),
            ("dry-run", "dead discard --reason malformed --dry-run --json", 0),
            ("dry-run", "admin user reset anna bob --reason lost --dry-run --json", 0),
            ("conformance", "conformance worker --case nothing-pending --json --limit 120", 0),
            ("workers", "workers --json", 0),
            ("brakes", "brakes set country GB --until 1h --why pumping --json", 0),
            ("brakes", "brakes set sends --everyone --until 1h --why pumping --json", 0),
            ("brakes", "brakes --json", 0),
            ("brakes", "brakes lift all --why over --json", 0),
        ]
    }

    private var atRest: [(String, String, Int32)] {
        [
            ("store-migrate", "store migrate --json", 0), ("store-rekey", "store rekey --json", 0),
            ("store-copy", "store copy --to sqlite:\(stage.folder)/copy.db --json", 0),
            ("workers", "workers --json --all", 1),
            ("conformance", "conformance worker --case nothing-pending --json --limit 5", 1),
        ]
    }

    /// A registered phone, a refusal of Twilio's, a dead letter, people to import.
    private func makeRecords() async throws {
        let sent = try await stage.ask(
            .registerPhone, ["user": "anna", "login": "sign-in-1", "phone": "+14155550142", "channel": "sms"])
        #expect(sent.outcome == .sent)
        let blocked = try await stage.ask(
            .registerPhone, ["user": "bob", "login": "sign-in-2", "phone": "+15005560410", "channel": "sms"],
            id: Self.blockedID)
        #expect(blocked.outcome == .blocked)
        #expect(try await stage.ask(.send, ["user": "anna", "channel": "fax"]).outcome == .invalid)
        #expect(try await stage.run("admin user set anna --required --operator root").status == 0)
        try "user,required\ncarl,yes\ndora,maybe\nemil,no\n"
            .write(toFile: "\(stage.folder)/people.csv", atomically: true, encoding: .utf8)
    }

    private func expect(_ schema: String, _ run: Program, _ status: Int32) async throws {
        #expect(run.status == status, "\(schema): \(run.errors) \(run.output)")
        let form = try JSONSchema(contentsOf: "\(Self.folder)/\(schema).schema.json")
        #expect(!run.lines.isEmpty, "\(schema): nothing was printed")
        for line in run.lines {
            let problems = try form.problems(of: line)
            #expect(problems.isEmpty, "\(schema): \(problems) in \(line)")
        }
    }
}
