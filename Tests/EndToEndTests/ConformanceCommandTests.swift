import Glibc
import TestKit
import Testing

@Suite("Contract 8: conformance", .timeLimit(.minutes(10))) struct ConformanceCommandTests {
    @Test("8 conformance front-end: by the exit code of a command; what is found is 1, another's broker 78")
    func judges() async throws {
        let stage = try await Stage()
        func judge(_ command: String, _ name: String) async throws -> (status: Int32?, output: String) {
            let run = try await Program.run(
                ["conformance", "front-end", "--case", name, "--run", command], stage.environment)
            return (run.status, run.output + run.errors)
        }
        // Our own commands are a front end: a script of them signs a person in.
        let program = try WorkerProcess.program
        let login = "--user \"$VERIFY_CONFORMANCE_USER\" --login \"login-of-$VERIFY_CONFORMANCE_USER\""
        let signIn =
            "'\(program)' options \(login) && '\(program)' send \(login) --channel sms && "
            + "echo \"$VERIFY_CONFORMANCE_CODE\" | '\(program)' check \(login) --method phone || exit 1"
        for name in ["sign-in", "wrong-code", "blocked-send"] {
            let own = try await judge(signIn, name)
            #expect(own.status == 0 && own.output.contains("1 passed, 0 failed"), "\(name): \(own.output)")
        }
        let trusting = try await judge("(\(signIn)); exit 0", "wrong-code")
        #expect(trusting.status == 1 && trusting.output.contains("let-in"), "\(trusting.output)")
        let broken = try await judge("(\(signIn)); exit 3", "sign-in")
        #expect(broken.status == 1 && broken.output.contains("fails"), "\(broken.output)")
        let silent = try await judge("exit 0", "sign-in")
        #expect(silent.status == 1 && silent.output.contains("never-asked"), "\(silent.output)")

        let far = stage.environment.merging(["VERIFY_COURIER_BROKER_URL": "amqp://a:b@broker.example"]) { $1 }
        let refused = try await Program.run(["conformance", "front-end", "--run", "true"], far)
        #expect(refused.status == 78 && refused.errors.contains("on this machine"), "\(refused.errors)")
        let unknown = try await Program.run(
            ["conformance", "front-end", "--run", "true", "--case", "no-such"], stage.environment)
        #expect(unknown.status == 64 && unknown.errors.contains("lost-reply"), "\(unknown.errors)")
    }

    @Test("8 conformance front-end: --json has every case with its findings")
    func json() async throws {
        let stage = try await Stage()
        let run = try await Program.run(
            ["conformance", "front-end", "--json", "--case", "sign-in", "--run", "exit 0"], stage.environment)
        #expect(run.status == 1)
        for part in [#""case":"sign-in""#, #""rule":"never-asked""#] {
            #expect(run.output.contains(part), "\(run.output)")
        }
    }

    @Test("8 conformance worker: a worker passes every case, over a broker and a simulator")
    func worker() async throws {
        let stage = try await Stage(["VERIFY_COURIER_LIMITS_COOLDOWN_SECONDS": "30,40,60,90,120"])
        let worker = try stage.worker()
        let run = try await Program.run(["conformance", "worker", "--limit", "120"], stage.environment)
        #expect(run.status == 0 && run.lines.last == "30 passed, 0 failed", "\(run.output)\(run.errors)")
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test("8 conformance worker: what is found is 1; a broker or a Twilio beyond this machine, or no simulator, is 78")
    func workerRefusals() async throws {
        let stage = try await Stage()
        let silent = try await Program.run(
            ["conformance", "worker", "--json", "--limit", "5", "--case", "nothing-pending"], stage.environment)
        #expect(silent.status == 1 && silent.output.contains(#""rule":"no-reply""#), "\(silent.output)")
        let cases: [([String: String], [String], Int32, String)] = [
            (["VERIFY_COURIER_BROKER_URL": "amqp://a:b@broker.example"], [], 78, "on this machine"),
            (["VERIFY_COURIER_TWILIO_BASE_URL": "https://verify.twilio.com"], [], 78, "on this machine"),
            (["VERIFY_COURIER_TWILIO_BASE_URL": "http://127.0.0.1:\(FreePort.find())"], [], 78, "simulate"),
            ([:], ["--case", "no-such"], 64, "outage-of-check"),
        ]
        for (more, arguments, status, words) in cases {
            let run = try await Program.run(
                ["conformance", "worker"] + arguments, stage.environment.merging(more) { $1 })
            #expect(run.status == status && run.errors.contains(words), "\(run.errors)")
        }
    }
}
