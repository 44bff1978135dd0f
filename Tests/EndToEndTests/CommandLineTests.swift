import Foundation
import TestKit
import Testing
import TwilioSimulator
import Wire

/// The commands as an operator types them, against a worker, a broker, a store and a simulator of Twilio.
@Suite("Contract 7: commands that send a job", .timeLimit(.minutes(10)))
struct CommandLineTests {
    @Test("7 options, register phone, send, check, cancel, outcome: one job each; 4 exit code by the outcome")
    func login() async throws {
        let stage = try await Stage(["VERIFY_COURIER_LIMITS_SENDS_PER_USER_HOUR": "2"])
        let worker = try stage.worker()
        let anna = "--user anna --login sign-in-1 --json"
        #expect(try await stage.run("options \(anna)").reply(exit: 0).decision == "not_required")
        let registration = "register phone \(anna) --phone 4155550142 --region US"
        #expect(try await stage.run(registration).reply(exit: 0).to == "+1········42")
        let message = try #require(stage.simulator.outbox(to: "+14155550142").last)
        #expect(try await stage.run("check \(anna)", input: message.wrong).reply(exit: 1).outcome == .denied)
        #expect(try await stage.run("check \(anna)", input: message.code).reply(exit: 0).registered == .phone)
        let call = "send --user anna --login sign-in-2 --channel call --locale en-GB --client home --json"
        #expect(try await stage.run(call).reply(exit: 0).channel == .code(.call))
        #expect(stage.simulator.outbox(to: "+14155550142").last?.channel == "call")
        #expect(try await stage.run(call).reply(exit: 75).limit == .user)
        #expect(try await stage.run("cancel --user anna --login sign-in-2 --json").reply(exit: 0).outcome == .canceled)
        let late = try await stage.run("check --user anna --login sign-in-2 --json", input: message.code)
        #expect(try late.reply(exit: 1).reason == .notPending)
        #expect(try await stage.run("send --user bob --json").reply(exit: 77).reason == .notRegistered)
        #expect(try await stage.run("check \(anna)", input: "12").reply(exit: 65).errors?.first?.field == "code")
        let abroad = try await stage.run("register phone --user bob --phone +46701740605 --json")
        #expect(try abroad.reply(exit: 1).reason == .countryNotAllowed)
        #expect(try await stage.run("outcome --user anna --job-id m-9 --json").reply(exit: 1).reason == .noRecord)
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test("7 --json prints the reply body as it came; without it outcome, reason and message are there for people")
    func shown() async throws {
        let stage = try await Stage()
        let worker = try stage.worker()
        let first = try await stage.run("register phone --user anna --phone +14155550142 --id m-1 --json")
        let again = try await stage.run("register phone --user anna --phone +14155550142 --id m-1 --json")
        let asked = try await stage.run("outcome --user anna --job-id m-1 --json")
        let sent = try first.reply(exit: 0)
        #expect(first.output == String(decoding: sent.encoded(), as: UTF8.self) + "\n")
        #expect(first.output == again.output && first.output == asked.output)
        let text = try await stage.run("outcome --user anna --job-id m-1")
        #expect(text.lines.first == "sent" && text.output.contains(sent.message) && text.output.contains("········42"))
        let refused = try await stage.run("send --user bob")
        #expect(refused.lines.first == "not_allowed / not_registered" && refused.status == 77)
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test(
        "7 exit codes: 64 for what cannot be meant, before anything is sent",
        arguments: [
            "send", "send --user anna --timeout 2", "send --user anna --timeout 121", "check --user anna",
            "check --user anna 123456", "register phone --user anna", "outcome --user anna", "sned --user anna",
            "admin user erase anna --reason left", "admin options set 2FA_VER_SMS", "dead show", "dead discard",
            "admin audit --kind nothing", "outcomes find --outcome nothing", "outcomes find --number 4155550142",
            "admin audit --since yesterday", "simulate --listen 0.0.0.0:8089",
            "simulate --listen 127.0.0.1.example.net:8089",
        ])
    func usage(command: String) async throws {
        let run = try await Program.run(command.words, ["HOME": "/nonexistent"])
        #expect(run.status == 64)
        #expect(run.errors.contains("Error: ") && run.output.isEmpty)
    }

    @Test(
        "7 a command that there is not: the nearest is named, or else which there are",
        arguments: [
            ("sned --user anna", "there is no command 'sned': did you mean 'send'?"),
            ("admin usr get anna", "there is no command 'usr': did you mean 'user'?"),
            ("help outcme", "there is no command 'outcme': did you mean 'outcome'?"),
            ("store paint", "there is no command 'paint' here: there are init, check, backup, migrate, rekey, copy"),
        ])
    func unknown(command: String, answer: String) async throws {
        let run = try await Program.run(command.words, ["HOME": "/nonexistent"])
        #expect(run.status == 64 && run.output.isEmpty)
        #expect(run.errors.hasPrefix("Error: \(answer)\n"), "\(run.errors)")
    }

    @Test("7 --help lists the commands by who uses them")
    func groups() async throws {
        let run = try await Program.run(["--help"], ["HOME": "/nonexistent"])
        let heads = run.lines.filter { $0.hasSuffix("SUBCOMMANDS:") }
        #expect(
            heads == [
                "FRONT END SUBCOMMANDS:", "ADMINISTRATOR SUBCOMMANDS:", "OPERATOR SUBCOMMANDS:", "SET-UP SUBCOMMANDS:",
            ])
    }

    @Test("7 exit codes: 69 when the broker cannot be reached, or nobody answers")
    func unreachable() async throws {
        let nowhere = ["HOME": "/nonexistent", "VERIFY_COURIER_BROKER_URL": "amqp://127.0.0.1:1"]
        // As patient as may be: it ends at once all the same.
        let away = try await Program.run("options --user anna --timeout 120".words, nowhere)
        #expect(away.status == 69 && away.output.isEmpty)
        #expect(away.errors.hasPrefix("verify-courier: the broker cannot be reached: ") && away.errors.lineCount == 1)
        let unanswered = try await Stage().run("options --user anna --timeout 3")
        #expect(unanswered.status == 69 && unanswered.errors.contains("Is one running at this broker?"))
    }
}

extension String {
    /// Its words, as a shell would hand them over.
    var words: [String] { split(separator: " ").map(String.init) }
}

extension Stage {
    /// Runs a command to its end, configured as the stage's workers are.
    func run(_ command: String, input: String = "") async throws -> Program {
        try await Program.run(command.words, environment, input: input.isEmpty ? "" : "\(input)\n")
    }
}

extension Program {
    /// The reply that it printed with `--json`.
    func reply(exit: Int32, sourceLocation: SourceLocation = #_sourceLocation) throws -> Reply {
        #expect(status == exit, "\(errors)", sourceLocation: sourceLocation)
        return try Reply.decode(Array(output.utf8))
    }
}

extension SimulatedMessage {
    /// A code that is surely not the right one.
    fileprivate var wrong: String { code == "999999" ? "999998" : "999999" }
}

extension String {
    fileprivate var lineCount: Int { split(separator: "\n").count }
}
