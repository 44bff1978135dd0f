import Basics
import Foundation
import Glibc
import TestKit
import Testing
import TwilioSimulator
import Wire

/// Standard output and error as bad as they can be: none of that ends the program, holds it up or hides its exit code.
@Suite("Standard streams", .timeLimit(.minutes(10))) struct StandardStreamsTests {
    /// A shell that becomes the program, with streams led elsewhere.
    private func led(_ streams: String) -> [String] {
        ["bash", "-c", "exec \"$0\" \"$@\" \(streams)"]
    }

    @Test(
        "a worker works and drains whatever they are",
        arguments: [">&-", ">/dev/full", "2>&-", "2>/dev/full", ">&- 2>&- <&-", ">/dev/full 2>&1"])
    func worker(streams: String) async throws {
        let stage = try await Stage(["VERIFY_COURIER_LOG_LEVEL": "trace"])
        let worker = try stage.worker(by: led(streams))
        #expect(try await stage.ask(.options, ["user": "anna"]).outcome == .options)
        if !streams.contains("2>") { try await worker.waitForOutput("standard output cannot be written") }
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
        let isClosed = streams.contains(">&-")
        #expect(worker.output.contains("cannot be written") == !streams.contains("2>"), "\(isClosed) \(worker.output)")
    }

    @Test("nobody reads the log: jobs are answered, health is told, and SIGTERM drains")
    func unread() async throws {
        let stage = try await Stage(["VERIFY_COURIER_LOG_LEVEL": "trace"])
        let fifo = try Fifo(in: stage.folder)
        let worker = try stage.watchedWorker(by: led("2>\"$FIFO\""), more: ["FIFO": fifo.path])
        // Far more lines than a pipe holds.
        for number in 0..<400 {
            #expect(try await stage.ask(.options, ["user": "anna-\(number)"]).outcome == .options)
        }
        for path in ["/live", "/ready"] { #expect(await worker.get(path).status == 200) }
        #expect(await worker.metric("verify_courier_log_lines_dropped_total") != nil)
        worker.process.kill(SIGTERM)
        #expect(await worker.process.waitUntilEnd() == 0)
    }

    @Test("nobody reads the log: a second signal ends a worker that has jobs in hand")
    func unreadTwice() async throws {
        let stage = try await Stage([
            "VERIFY_COURIER_LOG_LEVEL": "trace", "VERIFY_COURIER_WORKER_DRAIN_SECONDS": "3600",
        ])
        let fifo = try Fifo(in: stage.folder)
        let worker = try stage.worker(by: led("2>\"$FIFO\""), more: ["FIFO": fifo.path])
        for number in 0..<200 {
            #expect(try await stage.ask(.options, ["user": "anna-\(number)"]).outcome == .options)
        }
        stage.simulator.setFault(SimulatorFault(.hang), on: .start)
        let job = Task {
            try await stage.ask(
                .registerPhone,
                ["user": "anna", "login": "sign-in-1", "channel": "sms", "phone": "+14155550142"])
        }
        defer { job.cancel() }
        while stage.simulator.requests(.start) == 0 { try await Task.sleep(for: .milliseconds(10)) }
        // Two kinds, which the kernel does not make one of.
        worker.kill(SIGTERM)
        worker.kill(SIGINT)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test("the log's reader goes: the worker stays")
    func readerGone() async throws {
        let stage = try await Stage(["VERIFY_COURIER_LOG_LEVEL": "trace"])
        let fifo = try Fifo(in: stage.folder, O_RDONLY)
        let worker = try stage.worker(by: led("2>\"$FIFO\""), more: ["FIFO": fifo.path])
        #expect(try await stage.ask(.options, ["user": "anna"]).outcome == .options)
        fifo.closeEnd()
        #expect(try await stage.ask(.options, ["user": "anna"]).outcome == .options)
        #expect(worker.isRunning)
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test(
        "a command whose output cannot be written does not end with 0, and says why",
        arguments: [
            "config show", "config show --json", "topology show", "topology definitions --front-end web=web",
            "twilio check --help", "--help", "help", "options --help",
        ], [">/dev/full", ">&-"])
    func commands(command: String, streams: String) async throws {
        let site = try await BareSite()
        let run = try site.start(command, by: led(streams))
        #expect(await run.waitUntilEnd() == 70)
        #expect(run.output.contains("verify-courier: standard output cannot be written: "), "\(run.output)")
    }

    @Test("and neither do those that ask a worker, though what they asked for is done")
    func jobs() async throws {
        let stage = try await Stage()
        let worker = try stage.worker()
        for (command, code) in [
            ("options --user anna --json", Int32(70)), ("options --user anna", 70),
            ("admin user set anna --required", 70), ("admin audit", 70), ("admin audit --json", 70),
        ] {
            let run = try WorkerProcess(
                by: led(">/dev/full"), command.words, environment: stage.environment,
                log: "\(stage.folder)/\(RandomID.hex(bytes: 4)).log")
            #expect(await run.waitUntilEnd() == code, "\(command)")
        }
        #expect(try await stage.run("admin user get anna").output.contains("anna: required"))
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test("a closed pipe ends a command quietly")
    func pipe() async throws {
        let site = try await BareSite()
        let (input, output) = (try Fifo(in: site.folder), try Fifo(in: site.folder, O_RDONLY))
        let run = try site.start(
            "admin user import - --dry-run", ["IN": input.path, "OUT": output.path],
            by: led("<\"$IN\" >\"$OUT\""))
        try input.write("user,required\n")
        // It has opened the other ends before it became the program.
        try await run.waitUntilSIGPIPEIsIgnored()
        output.closeEnd()
        input.closeEnd()
        #expect(await run.waitUntilEnd() == 128 + SIGPIPE)
        #expect(run.output.isEmpty)
    }

    @Test("an error that cannot be said still has its exit code", arguments: ["2>/dev/full", "2>&-"])
    func errors(streams: String) async throws {
        let site = try await BareSite()
        for (command, code) in [("work --set log.levl=debug", Int32(78)), ("sned", 64), ("options", 64)] {
            #expect(await (try site.start(command, by: led(streams))).waitUntilEnd() == code, "\(command)")
        }
        let fifo = try Fifo(in: site.folder)
        try fill(fifo)
        let unread = try site.start("work --set log.levl=debug", ["FIFO": fifo.path], by: led("2>\"$FIFO\""))
        #expect(await unread.waitUntilEnd() == 78)
    }

    private func fill(_ fifo: Fifo) throws {
        let full = open(fifo.path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        defer { close(full) }
        #expect(throws: WriteFailure.self) {
            try DescriptorOutput.write([UInt8](repeating: 0x78, count: 1 << 21), to: full, within: .zero)
        }
    }

    @Test("no file of the program's gets the number of a stream that is closed")
    func numbers() async throws {
        let stage = try await Stage()
        let worker = try stage.worker(by: led(">&- 2>&- <&-"))
        #expect(try await stage.ask(.options, ["user": "anna"]).outcome == .options)
        for number in 0...2 {
            let target = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(worker.id)/fd/\(number)")
            #expect(target == "/dev/null")
        }
        worker.kill(SIGTERM)
        #expect(await worker.waitUntilEnd() == 0)
    }

    @Test("others' texts reach no terminal as they came, and JSON means the same")
    func escapes() async throws {
        let scene = try await HostileScene()
        let attack = "id\u{1B}[2J\u{1B}]0;owned\u{7}\u{9B}31m\u{202E}x"
        var message = RawMessage("options", "no \u{1B}[2J\u{202E}JSON")
        message.messageID = Array(attack.utf8)
        #expect(try await scene.raw.publish(message) == .confirmed)
        let harmful: Set<Unicode.Scalar> = ["\u{1B}", "\u{7}", "\u{9B}", "\u{202E}"]
        var shown = ""
        for command in ["dead list", "dead show 1", "dead list --json", "dead show 1 --json"] {
            let run = try await scene.stage.run(command)
            #expect(run.status == 0 && run.output.contains("u001b"), "\(command): \(run.output)")
            #expect(!run.output.unicodeScalars.contains(where: harmful.contains), "\(command)")
            shown = run.output
        }
        let waiting = try await scene.stage.run("doctor --json").lines.filter { $0.contains("dead letters") }
        #expect(waiting.count == 1 && waiting[0].contains("1 message waits"))
        let letters = try Reply.decode(Array(shown.utf8)).letters ?? []
        #expect(letters.contains { $0.job == attack || $0.body?.contains("\u{1B}[2J") == true })
        scene.worker.kill(SIGTERM)
        #expect(await scene.worker.waitUntilEnd() == 0)
    }
}
