import App
import ArgumentParser
import Conformance
import Wire

struct ConformanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Judges a front end, or workers, by the contract.",
        subcommands: [ConformanceFrontEndCommand.self, ConformanceWorkerCommand.self])
}

struct ConformanceFrontEndCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "front-end",
        abstract: "Plays a scripted worker against a front end, and says what to mend.",
        discussion: """
            The broker is one on this machine where no worker runs, with the topology applied. COMMAND is run by the shell once for \
            each case: it signs $VERIFY_CONFORMANCE_USER in by a text whose code is $VERIFY_CONFORMANCE_CODE, and ends with 0 when \
            the person is in and with 1 when not.
            Example: verify-courier conformance front-end --run \
            'printf "sms\\n$VERIFY_CONFORMANCE_CODE\\n" | python login.py "$VERIFY_CONFORMANCE_USER"'
            """)

    @OptionGroup var common: CommonOptions

    @Option(name: .customLong("run"), help: "The command that signs one person in.")
    var command: String

    @Option(name: .customLong("case"), help: "Only this case; repeatable.")
    var cases: [String] = []

    @Option(help: "Cases at once.")
    var atOnce = 8

    @Option(help: "Seconds for one sign-in.")
    var limit = 120

    @Option(help: "The command that restarts the broker, for the case broker-restart: by itself, at the end.")
    var restart: String?

    @Flag(help: "Print the verdicts as one JSON array.")
    var json = false

    func validate() throws {
        for name in cases where ConformanceCase(rawValue: name) == nil {
            throw ValidationError("--case: there is no case '\(name)'; there are \(ConformanceCase.choices)")
        }
        guard (1...64).contains(atOnce) else { throw ValidationError("--at-once must be from 1 to 64") }
        guard (30...600).contains(limit) else { throw ValidationError("--limit must be from 30 to 600 seconds") }
    }

    func run() async throws {
        let app = try await common.app()
        let wanted = cases.isEmpty ? ConformanceCase.allCases : cases.compactMap(ConformanceCase.init)
        let tellsAtOnce = !json
        let verdicts = try await orExit {
            try await app.judgeFrontEnd(command: command, cases: wanted, atOnce: atOnce, limit: limit, restart: restart)
            {
                verdict in
                if tellsAtOnce { try? Output.lines(ConformanceReport(verdict).lines) }
            }
        }
        try ConformanceReport.end(verdicts.map(ConformanceReport.init), json: json)
    }
}

struct ConformanceWorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Plays a scripted front end against workers, and says what to mend.",
        discussion: """
            The workers run at the broker of the configuration, as the user of a front end there, and are pointed at a simulator of \
            Twilio: all of them on this machine. Every run takes people whom nobody has seen, so a store need not be new; of a \
            site's own people it touches none.
            Examples: verify-courier conformance worker
                      verify-courier conformance worker --case outage-of-check --case late
            """)

    @OptionGroup var common: CommonOptions

    @Option(name: .customLong("case"), help: "Only this case; repeatable.")
    var cases: [String] = []

    @Option(help: "Seconds that a reply is waited for.")
    var limit = 30

    @Flag(help: "Print the verdicts as one JSON array.")
    var json = false

    func validate() throws {
        for name in cases where WorkerCase(rawValue: name) == nil {
            throw ValidationError("--case: there is no case '\(name)'; there are \(WorkerCase.choices)")
        }
        guard (5...600).contains(limit) else { throw ValidationError("--limit must be from 5 to 600 seconds") }
    }

    func run() async throws {
        let app = try await common.app()
        let wanted = cases.isEmpty ? WorkerCase.allCases : cases.compactMap(WorkerCase.init)
        let tellsAtOnce = !json
        let verdicts = try await orExit {
            try await app.judgeWorkers(cases: wanted, patience: .seconds(limit)) { verdict in
                if tellsAtOnce { try? Output.lines(ConformanceReport(verdict).lines) }
            }
        }
        try ConformanceReport.end(verdicts.map(ConformanceReport.init), json: json)
    }
}

extension ConformanceReport {
    init(_ verdict: ConformanceVerdict) {
        name = verdict.situation.rawValue
        summary = verdict.situation.summary
        findings = verdict.findings.map {
            Finding(rule: $0.rule.rawValue, detail: $0.detail, advice: $0.rule.advice)
        }
        skipped = verdict.skipped
    }

    init(_ verdict: WorkerVerdict) {
        name = verdict.situation.rawValue
        summary = verdict.situation.summary
        findings = verdict.findings.map {
            Finding(rule: $0.rule.rawValue, detail: $0.detail, advice: $0.rule.advice)
        }
        skipped = verdict.skipped
    }
}
